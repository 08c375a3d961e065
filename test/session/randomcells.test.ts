/**
 * Random notebooks in a real session: cells run, run again edited, fail and are deleted in any order between batches.
 *
 *   a = s.map    b = (s|a).filter    c = (s|a|b).updateStateByKey    w = (a|b|c).window      each prints itself
 *   p, q print something of a name; they may be deleted
 *
 * The model knows the live graph's promises: a name is its stream, also for what hangs on it; a cell's run takes the place
 * of its last one; a failed run changes nothing; the past stays what it was, and state goes on.
 */

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { runs } from '../support/naivebench.js'
import { type Scene, scene } from './client.js'

type Pair = readonly [number, number]
type Name = 'a' | 'b' | 'c' | 'w'
type Source = Name | 's'

/** One thing that a person does. `pick` chooses among the sources that are there. */
type Deed =
	| { readonly kind: 'batch' }
	| { readonly kind: 'define'; readonly name: Name; readonly pick: number; readonly k: number }
	| { readonly kind: 'print'; readonly cell: 'p' | 'q'; readonly pick: number; readonly op: 'map' | 'count' }
	| { readonly kind: 'fail'; readonly cell: Name | 'p' | 'q' }
	| { readonly kind: 'forget'; readonly cell: 'p' | 'q' }

const names: readonly Name[] = ['a', 'b', 'c', 'w']
const cells = fc.constantFrom('p' as const, 'q' as const)
const pick = fc.nat(5)
const deeds: fc.Arbitrary<readonly Deed[]> = fc.array(
	fc.oneof(
		{ weight: 4, arbitrary: fc.constant({ kind: 'batch' as const }) },
		{
			weight: 5,
			arbitrary: fc.record({
				kind: fc.constant('define' as const),
				name: fc.constantFrom(...names),
				pick,
				k: fc.integer({ min: 1, max: 3 }),
			}),
		},
		{
			weight: 2,
			arbitrary: fc.record({
				kind: fc.constant('print' as const),
				cell: cells,
				pick,
				op: fc.constantFrom('map' as const, 'count' as const),
			}),
		},
		{
			weight: 1,
			arbitrary: fc.record({
				kind: fc.constant('fail' as const),
				cell: fc.constantFrom(...names, 'p' as const, 'q' as const),
			}),
		},
		{ weight: 1, arbitrary: fc.record({ kind: fc.constant('forget' as const), cell: cells }) },
	),
	{ minLength: 4, maxLength: 24 },
)

/** What the input holds at batch `t`. */
const input = (t: number): readonly Pair[] => [
	[t % 3, t],
	[1, 10 * t],
]

/** A named stream: what it does with its parent from now on, and what it held. */
interface Stream {
	parent: Source
	k: number
	/** False until a batch has come: then what it is made of has made its past, too. */
	hasRun: boolean
	/** True when it was made again since: its forgotten past may be that of either run. */
	isEdited: boolean
	readonly past: (readonly Pair[])[]
	readonly state: Map<number, number>
}

const codeOf = (name: Name, parent: string, k: number): string =>
	({
		a: `${parent}.map(([key, n]) => [key, n * ${k}])`,
		b: `${parent}.filter(([key, n]) => n % ${k + 1} !== 0)`,
		c: `${parent}.updateStateByKey((ns, sum = 0) => sum + ${k} * ns.reduce((x, y) => x + y, 0))`,
		w: `${parent}.window('${k}s')`,
	})[name]

/** The same graph, naively. */
class Notebook {
	readonly streams = new Map<Name, Stream>()
	readonly prints = new Map<'p' | 'q', { readonly source: Source; readonly op: 'map' | 'count' }>()
	t = 0

	/** Which sources a cell may use now: for the first time, and for windows, only those whose past is beyond doubt. */
	sources(name: Name | 'p' | 'q'): readonly Source[] {
		const rank = names.indexOf(name as Name)
		const before = rank === -1 ? names : names.slice(0, rank)
		const isNew = rank !== -1 && this.streams.get(name as Name)?.hasRun !== true
		// What has not made its past yet would see that of a stream that is edited now.
		if (rank !== -1 && !isNew && this.#isAwaited(name as Name)) return []
		const there = before.filter((each) => this.streams.has(each))
		const usable = isNew || name === 'w' ? there.filter((each) => !this.#isEdited(each)) : there
		return name === 'a' ? ['s'] : name === 'w' ? usable : ['s', ...usable]
	}
	#isEdited(name: Source): boolean {
		const stream = name === 's' ? undefined : this.streams.get(name)
		return stream !== undefined && (stream.isEdited || this.#isEdited(stream.parent))
	}
	#isAwaited(name: Name): boolean {
		return [...this.streams].some(([each, { parent, hasRun }]) => parent === name && (!hasRun || this.#isAwaited(each)))
	}
	define(name: Name, parent: Source, k: number): void {
		const before = this.streams.get(name)
		if (before?.hasRun === true) Object.assign(before, { parent, k, isEdited: true })
		else this.streams.set(name, { parent, k, hasRun: false, isEdited: false, past: [], state: new Map() })
	}
	batch(): ReadonlyMap<string, string> {
		this.t += 1
		const printed = new Map<string, string>()
		for (const name of names) {
			const stream = this.streams.get(name)
			if (stream === undefined) continue
			for (let t = stream.hasRun ? this.t : 1; t <= this.t; t++) stream.past[t] = this.#made(name, stream, t)
			stream.hasRun = true
			printed.set(name, textOf(this.#at(name, this.t).map(pairText)))
		}
		for (const [cell, { source, op }] of this.prints) {
			const rows = this.#at(source, this.t)
			printed.set(cell, op === 'count' ? String(rows.length) : textOf(rows.map(pairText)))
		}
		return printed
	}
	#at(source: Source, t: number): readonly Pair[] {
		return t < 1 ? [] : source === 's' ? input(t) : (this.streams.get(source)?.past[t] ?? [])
	}
	#made(name: Name, { parent, k, state }: Stream, t: number): readonly Pair[] {
		const rows = this.#at(parent, t)
		if (name === 'a') return rows.map(([key, n]) => [key, n * k])
		if (name === 'b') return rows.filter(([, n]) => n % (k + 1) !== 0)
		if (name === 'w') return Array.from({ length: k }, (_, i) => this.#at(parent, t - i)).flat()
		for (const [key, n] of rows) state.set(key, (state.get(key) ?? 0) + k * n)
		return [...state]
	}
}

const pairText = ([key, n]: Pair): string => `(${key},${n})`
const textOf = (lines: readonly string[]): string => [...lines].sort().join(' ')

let scripts = 0

/** Does the deeds in the session and in the model, and compares what every cell printed of every batch. */
async function check({ run, said, session }: Scene, done: readonly Deed[]): Promise<void> {
	scripts += 1
	const id = (name: string): string => `${name}${scripts}`
	const model = new Notebook()
	const log: string[] = []
	const execute = async (owner: string, js: string, bound: readonly string[] = [], status = 'ok'): Promise<void> => {
		log.push(`${owner}: ${js}`)
		const done = await run(js, { owner: id(owner), names: bound })
		if (done.status !== status) throw new Error(`${done.status}: ${done.error?.lines.join('\n')}\n${log.join('\n')}`)
	}
	const rows = JSON.stringify(Array.from({ length: 30 }, (_, i) => input(i + 1)))
	const made = `let ${id('t')} = new StreamingContext(sc, '1s', { clock: new ManualClock() }); let ${id('s')} = ${id('t')}.script(${rows}); ${id('t')}.start()`
	await execute('set-up', made, [id('t'), id('s')])
	try {
		for (const deed of done) {
			if (deed.kind === 'batch') {
				const from = said.length
				await execute(`batch ${model.t + 1}`, `await ${id('t')}.step()`)
				const shown = said.slice(from).flatMap((one): [string, string][] => {
					if (one.kind !== 'printed' || one.text === '') return []
					return [[one.owner.replace(/\d+$/, ''), textOf(one.lines)]]
				})
				expect(shown.sort(), log.join('\n')).toEqual([...model.batch()].sort())
			} else if (deed.kind === 'define') {
				const { name, k } = deed
				const usable = model.sources(name)
				const parent = usable[deed.pick % usable.length]
				if (parent === undefined) continue
				await execute(name, `let ${id(name)} = ${codeOf(name, id(parent), k)}; ${id(name)}.print(99)`, [id(name)])
				model.define(name, parent, k)
			} else if (deed.kind === 'print') {
				const usable = model.sources(deed.cell)
				const source = usable[deed.pick % usable.length] as Source
				const op = deed.op === 'map' ? 'map(x => x)' : 'count()'
				await execute(deed.cell, `${id(source)}.${op}.print(99)`)
				model.prints.set(deed.cell, { source, op: deed.op })
			} else if (deed.kind === 'fail') {
				await execute(deed.cell, `${id('s')}.print(); throw new RangeError('on purpose')`, [], 'error')
			} else {
				log.push(`${deed.cell} is deleted`)
				session.send({ kind: 'forget', owners: [id(deed.cell)] })
				model.prints.delete(deed.cell)
			}
		}
	} finally {
		await execute('end', `await ${id('t')}.stop()`)
		session.send({ kind: 'forget', owners: [...names, 'p', 'q', 'set-up'].map(id) })
	}
}

describe('random cells', () => {
	it('have printed of each batch what the promises of the live graph say', async () => {
		const session = await scene()
		await fc.assert(
			fc.asyncProperty(deeds, (done) => check(session, done)),
			runs(40),
		)
	})
})
