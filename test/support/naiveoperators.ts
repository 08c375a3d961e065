/**
 * Operators twice: as the code of a program on streams of [key, value], and as plain array code.
 *
 * Numbers stay in 0 … 96, so that sums never lose anything, and every function gives the same whatever the order of the
 * records. Times are counted in batches from 1 on. `undefined` is no RDD. Source: Spark's operators, windows and state.
 */

export type Row = readonly [number, number]
export type Rows = readonly Row[]
/** What a stream holds at a time. */
export type At = (t: number) => Rows | undefined

/** The numbers an operator is made with. */
export interface Sizes {
	/** Batches between two results of the parent. */
	readonly parentSlide: number
	/** Window and slide in batches. */
	readonly w: number
	readonly s: number
	/** A number of partitions. */
	readonly n: number
}
export interface Scope extends Sizes {
	readonly a: At
	readonly b: At
	/** The value that `step` gave one slide earlier, undefined at the beginning. */
	readonly fold: <S>(step: (t: number, before: S | undefined) => S) => (t: number) => S
}
export interface Operator {
	readonly isBinary?: boolean
	readonly isWindow?: boolean
	readonly code: (a: string, b: string, sizes: Sizes) => string
	readonly model: (scope: Scope) => At
}

const sum = (values: readonly number[]): number => values.reduce((x, y) => x + y, 0)

function byKey(rows: Rows): Map<number, number[]> {
	const groups = new Map<number, number[]>()
	for (const [k, v] of rows) groups.set(k, [...(groups.get(k) ?? []), v])
	return groups
}
const reduced = (rows: Rows, f: (values: number[]) => number): Rows =>
	[...byKey(rows)].map(([k, values]): Row => [k, f(values)])

/** The rows of the parent's times after `from` up to `to`. */
function between({ a, parentSlide }: Scope, from: number, to: number): Rows {
	const rows: Row[] = []
	for (let t = from + parentSlide; t <= to; t += parentSlide) rows.push(...(a(t) ?? []))
	return rows
}
const windowOf = (scope: Scope, t: number): Rows => between(scope, t - scope.w, t)

const each =
	(f: (rows: Rows, t: number) => Rows) =>
	({ a }: Scope): At =>
	(t) => {
		const rows = a(t)
		return rows === undefined ? undefined : f(rows, t)
	}
const both =
	(f: (l: Rows, r: Rows) => Rows) =>
	({ a, b }: Scope): At =>
	(t) => {
		const [l, r] = [a(t), b(t)]
		return l === undefined || r === undefined ? undefined : f(l, r)
	}
const windowed =
	(f: (rows: Rows) => Rows) =>
	(scope: Scope): At =>
	(t) =>
		f(windowOf(scope, t))

/** All pairs of values of a key; `l` and `r` say what stands for no values. */
const pairs = (l: readonly number[], r: readonly number[], f: (x: number, y: number) => number) => (a: Rows, b: Rows) =>
	[...new Set([...a, ...b].map(([k]) => k))].flatMap((k) => {
		const lefts = byKey(a).get(k) ?? l
		const rights = byKey(b).get(k) ?? r
		return lefts.flatMap((x) => rights.map((y): Row => [k, f(x, y) % 97]))
	})

/** The value of every key that ever came: what entered is added, what left is taken back. */
const incremental = (entry: (v: number) => number, keepsZero: boolean) => (scope: Scope) => {
	const { w, s, fold } = scope
	const counts = fold<Map<number, number>>((t, before = new Map()) => {
		const next = new Map(before)
		for (const [k, v] of between(scope, t - s - w, t - w)) {
			if (before.has(k)) next.set(k, (next.get(k) as number) - entry(v))
		}
		for (const [k, v] of between(scope, t - s, t)) next.set(k, (next.get(k) ?? 0) + entry(v))
		return next
	})
	return (t: number): Rows => [...counts(t)].filter(([, v]) => keepsZero || v !== 0).map(([k, v]): Row => [k, v % 97])
}

const secs = (batches: number): string => `Seconds(${batches})`
const spec = ({ n, w }: Sizes): string =>
	`StateSpec.function((time, k, v, state) => {
	if (v === undefined) return [k, 90 + state.get()]
	const c = (state.getOption() ?? 0) + 1
	if (c === 4) state.remove()
	else state.update(c)
	return c === 3 ? undefined : [k, c]
}).numPartitions(${n}).timeout(${secs(w)})`

/** The states after a batch and the records mapped in it. */
function mapped(scope: Scope, initial: Rows = []) {
	const { a, w, s, fold } = scope
	return fold<{ states: Map<number, { c: number; at: number }>; rows: Rows }>((t, before) => {
		const states = new Map(before?.states ?? initial.map(([k, c]) => [k, { c, at: t }]))
		const rows: Row[] = []
		for (const [k] of a(t) ?? []) {
			const c = (states.get(k)?.c ?? 0) + 1
			if (c === 4) states.delete(k)
			else states.set(k, { c, at: t })
			if (c !== 3) rows.push([k, c])
		}
		for (const [k, { c, at }] of [...states]) {
			if (t % s !== 0 || at >= t - w) continue
			rows.push([k, 90 + c])
			states.delete(k)
		}
		return { states, rows }
	})
}

function updated(initial: Rows) {
	return ({ a, fold }: Scope): At =>
		fold<Rows>((t, before) => {
			const states = new Map(before ?? initial)
			const values = byKey(a(t) ?? [])
			return [...new Set([...states.keys(), ...values.keys()])].flatMap((k): Rows => {
				const state = states.get(k)
				const news = values.get(k) ?? []
				if (news.length === 0 && (state ?? 0) % 3 === 0) return []
				return [[k, ((state ?? 0) + sum(news) + 1) % 97]]
			})
		})
}
const update = `(values, state) => values.length === 0 && state % 3 === 0 ? undefined :
	(values.reduce((x, y) => x + y, state ?? 0) + 1) % 97`

const lengths = ({ w, s }: Sizes): string => `${secs(w)}, ${secs(s)}`
const ones = (rows: Rows): Rows => rows.map(() => [0, 1])
const isCounted = (rows: Rows): Rows =>
	[...new Set(rows.map(([k, v]) => k * 100 + v))].map((x): Row => {
		const [k, v] = [Math.floor(x / 100), x % 100]
		return [k, (v + rows.filter(([l, w]) => l === k && w === v).length) % 97]
	})

const add = '([k, v], [l, w]) => [Math.min(k, l), (v + w) % 97]'
const added = (rows: Rows): Rows =>
	rows.length === 0 ? [] : [[Math.min(...rows.map(([k]) => k)), sum(rows.map(([, v]) => v)) % 97]]

export const operators = {
	map: {
		code: (a) => `${a}.map(([k, v]) => [k, (v + 1) % 97])`,
		model: each((rows) => rows.map(([k, v]) => [k, (v + 1) % 97])),
	},
	filter: {
		code: (a) => `${a}.filter(([, v]) => v % 2 === 1)`,
		model: each((rows) => rows.filter(([, v]) => v % 2 === 1)),
	},
	flatMap: {
		code: (a) => `${a}.flatMap(([k, v]) => (v % 3 === 0 ? [] : [[k, v], [(k + 1) % 3, v]]))`,
		model: each((rows) =>
			rows.flatMap(
				([k, v]): Rows =>
					v % 3 === 0
						? []
						: [
								[k, v],
								[(k + 1) % 3, v],
							],
			),
		),
	},
	mapValues: {
		code: (a) => `${a}.mapValues((v) => (v * 2) % 97)`,
		model: each((rows) => rows.map(([k, v]) => [k, (v * 2) % 97])),
	},
	flatMapValues: {
		code: (a) => `${a}.flatMapValues((v) => (v % 3 === 0 ? [] : [v, (v + 5) % 97]))`,
		model: each((rows) =>
			rows.flatMap(([k, v]): Rows => (v % 3 === 0 ? [] : [v, (v + 5) % 97].map((x): Row => [k, x]))),
		),
	},
	mapPartitions: {
		code: (a) => `${a}.mapPartitions(function* (rows) { for (const [k, v] of rows) if (v % 4 > 0) yield [k, v - 1] })`,
		model: each((rows) => rows.filter(([, v]) => v % 4 > 0).map(([k, v]): Row => [k, v - 1])),
	},
	glom: {
		code: (a) => `${a}.glom().flatMap((rows) => rows.map(([k, v]) => [k, (v + 3) % 97]))`,
		model: each((rows) => rows.map(([k, v]) => [k, (v + 3) % 97])),
	},
	repartition: { code: (a, _, { n }) => `${a}.repartition(${n})`, model: each((rows) => rows) },
	union: { isBinary: true, code: (a, b) => `${a}.union(${b})`, model: both((l, r) => [...l, ...r]) },
	transform: {
		code: (a) => `${a}.transform((rdd, time) => rdd.map(([k, v]) => [k, (v + time.milliseconds / 1000) % 97]))`,
		model: each((rows, t) => rows.map(([k, v]) => [k, (v + t) % 97])),
	},
	transformWith: {
		isBinary: true,
		code: (a, b) => `${a}.transformWith(${b}, (x, y) => x.subtractByKey(y.filter(([, v]) => v % 2 === 0)))`,
		model: both((l, r) => l.filter(([k]) => !r.some(([o, v]) => o === k && v % 2 === 0))),
	},
	reduce: { code: (a) => `${a}.reduce(${add})`, model: each(added) },
	count: { code: (a) => `${a}.count().map((n) => [0, n % 97])`, model: each((rows) => [[0, rows.length % 97]]) },
	countByValue: {
		code: (a, _, { n }) => `${a}.countByValue(${n}).map(([[k, v], n]) => [k, (v + n) % 97])`,
		model: each(isCounted),
	},
	groupByKey: {
		code: (a, _, { n }) => `${a}.groupByKey(${n}).mapValues((vs) => vs.reduce((x, y) => x + y + 10, 0) % 97)`,
		model: each((rows) => reduced(rows, (vs) => (sum(vs) + 10 * vs.length) % 97)),
	},
	reduceByKey: {
		code: (a, _, { n }) => `${a}.reduceByKey((x, y) => (x + y) % 97, ${n})`,
		model: each((rows) => reduced(rows, (vs) => sum(vs) % 97)),
	},
	combineByKey: {
		code: (a, _, { n }) =>
			`${a}.combineByKey((v) => (v + 1) % 97, (c, v) => (c + v + 1) % 97, (c, d) => (c + d) % 97, new HashPartitioner(${n}))`,
		model: each((rows) => reduced(rows, (vs) => (sum(vs) + vs.length) % 97)),
	},
	cogroup: {
		isBinary: true,
		code: (a, b, { n }) =>
			`${a}.cogroup(${b}, ${n}).mapValues(([l, r]) => (l.reduce((x, y) => x + y, l.length) + r.reduce((x, y) => x + 3 * y, 0)) % 97)`,
		model: both((l, r) =>
			[...new Set([...l, ...r].map(([k]) => k))].map((k): Row => {
				const lefts = byKey(l).get(k) ?? []
				return [k, (sum(lefts) + lefts.length + 3 * sum(byKey(r).get(k) ?? [])) % 97]
			}),
		),
	},
	join: {
		isBinary: true,
		code: (a, b, { n }) => `${a}.join(${b}, ${n}).mapValues(([v, w]) => (v * 3 + w) % 97)`,
		model: both(pairs([], [], (x, y) => x * 3 + y)),
	},
	leftOuterJoin: {
		isBinary: true,
		code: (a, b, { n }) => `${a}.leftOuterJoin(${b}, ${n}).mapValues(([v, w]) => (v * 3 + (w ?? 50)) % 97)`,
		model: both(pairs([], [50], (x, y) => x * 3 + y)),
	},
	rightOuterJoin: {
		isBinary: true,
		code: (a, b, { n }) => `${a}.rightOuterJoin(${b}, ${n}).mapValues(([v, w]) => ((v ?? 20) * 3 + w) % 97)`,
		model: both(pairs([20], [], (x, y) => x * 3 + y)),
	},
	fullOuterJoin: {
		isBinary: true,
		code: (a, b, { n }) => `${a}.fullOuterJoin(${b}, ${n}).mapValues(([v, w]) => ((v ?? 20) * 3 + (w ?? 50)) % 97)`,
		model: both(pairs([20], [50], (x, y) => x * 3 + y)),
	},
	window: { isWindow: true, code: (a, _, sizes) => `${a}.window(${lengths(sizes)})`, model: windowed((rows) => rows) },
	reduceByWindow: {
		isWindow: true,
		code: (a, _, z) => `${a}.reduceByWindow(${add}, ${lengths(z)})`,
		model: windowed(added),
	},
	inverseByWindow: {
		isWindow: true,
		code: (a, _, z) =>
			`${a}.map(([, v]) => [0, v]).reduceByWindow(([k, v], [, w]) => [k, v + w], ([k, v], [, w]) => [k, v - w], ${lengths(z)}).mapValues((v) => v % 97)`,
		model: (scope) => incremental((v) => v, true)({ ...scope, a: each((rows) => rows.map(([, v]) => [0, v]))(scope) }),
	},
	countByValueAndWindow: {
		isWindow: true,
		code: (a, _, z) =>
			`${a}.countByValueAndWindow(${lengths({ ...z, w: Math.max(z.w, z.s) })}, ${z.n}).map(([[k, v], n]) => [k, (v + n) % 97])`,
		model: (scope) => (t) => isCounted(windowOf({ ...scope, w: Math.max(scope.w, scope.s) }, t)),
	},
	reduceByKeyAndWindow: {
		isWindow: true,
		code: (a, _, z) => `${a}.reduceByKeyAndWindow((x, y) => (x + y) % 97, ${lengths(z)}, ${z.n})`,
		model: windowed((rows) => reduced(rows, (vs) => sum(vs) % 97)),
	},
	groupByKeyAndWindow: {
		isWindow: true,
		code: (a, _, z) =>
			`${a}.groupByKeyAndWindow(${lengths(z)}, ${z.n}).mapValues((vs) => vs.reduce((x, y) => x + y + 10, 0) % 97)`,
		model: windowed((rows) => reduced(rows, (vs) => (sum(vs) + 10 * vs.length) % 97)),
	},
	inverse: {
		isWindow: true,
		code: (a, _, z) =>
			`${a}.reduceByKeyAndWindow((x, y) => x + y, (x, y) => x - y, ${lengths(z)}, ${z.n}).mapValues((v) => v % 97)`,
		model: incremental((v) => v, true),
	},
	inverseFiltered: {
		isWindow: true,
		code: (a, _, z) =>
			`${a}.mapValues((v) => v + 1).reduceByKeyAndWindow((x, y) => x + y, (x, y) => x - y, ${lengths({ ...z, w: Math.max(z.w, z.s) })}, ${z.n}, ([, v]) => v !== 0).mapValues((v) => v % 97)`,
		model: (scope) => incremental((v) => v + 1, false)({ ...scope, w: Math.max(scope.w, scope.s) }),
	},
	countByWindow: {
		isWindow: true,
		code: (a, _, z) => `${a}.countByWindow(${lengths(z)}).map((n) => [0, n % 97])`,
		model: (scope) => incremental(() => 1, true)({ ...scope, a: each(ones)(scope) }),
	},
	updateStateByKey: { code: (a, _, { n }) => `${a}.updateStateByKey(${update}, ${n})`, model: updated([]) },
	updateFromInitial: {
		code: (a, _, { n }) => `${a}.updateStateByKey(${update}, ${n}, sc.parallelize([[0, 5], [7, 3]]))`,
		model: updated([
			[0, 5],
			[7, 3],
		]),
	},
	mapWithState: {
		code: (a, _, z) => `${a}.mapWithState(${spec(z)}).checkpoint(${secs(z.s)})`,
		model: (scope) => {
			const at = mapped(scope)
			return (t) => at(t).rows
		},
	},
	mapFromInitial: {
		code: (a, _, z) =>
			`${a}.mapWithState(${spec(z)}.initialState(sc.parallelize([[0, 1], [7, 2]]))).checkpoint(${secs(z.s)})`,
		model: (scope) => {
			const at = mapped(scope, [
				[0, 1],
				[7, 2],
			])
			return (t) => at(t).rows
		},
	},
	stateSnapshots: {
		code: (a, _, z) => `((m) => (m.checkpoint(${secs(z.s)}), m.stateSnapshots()))(${a}.mapWithState(${spec(z)}))`,
		model: (scope) => {
			const at = mapped(scope)
			return (t) => [...at(t).states].map(([k, { c }]): Row => [k, c])
		},
	},
} as const satisfies Record<string, Operator>
