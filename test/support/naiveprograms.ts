/**
 * Random programs: inputs, a graph of operators over them, and what each of its streams holds by plain array code.
 *
 * Stream i of a program is called `s<i>`: the inputs come first. A stream's parents are counted back from it, so that
 * every list of steps is a program, and one with fewer steps is, too.
 */

import fc from 'fast-check'
import { type At, type Operator, operators, type Row, type Rows, type Sizes } from './naiveoperators.js'

export type Input =
	| { readonly kind: 'script'; readonly batches: readonly Rows[] }
	/** What is pushed before each batch. */
	| { readonly kind: 'queue'; readonly oneAtATime: boolean; readonly pushes: readonly (readonly Rows[])[] }
	| { readonly kind: 'rate'; readonly perSecond: number }
export interface Step {
	readonly op: keyof typeof operators
	readonly a: number
	readonly b: number
	readonly w: number
	readonly s: number
	readonly n: number
	readonly isPersisted: boolean
	/** Somebody sees it. */
	readonly isSeen: boolean
}
export interface Program {
	readonly parallelism: number
	readonly batches: number
	readonly inputs: readonly Input[]
	readonly steps: readonly Step[]
}

const rows = fc.array(fc.tuple(fc.nat(2), fc.nat(6)), { maxLength: 4 })
const input: fc.Arbitrary<Input> = fc.oneof(
	fc.record({ kind: fc.constant('script' as const), batches: fc.array(rows, { minLength: 1, maxLength: 12 }) }),
	fc.record({
		kind: fc.constant('queue' as const),
		oneAtATime: fc.boolean(),
		pushes: fc.array(fc.array(rows, { maxLength: 2 }), { minLength: 1, maxLength: 12 }),
	}),
	fc.record({ kind: fc.constant('rate' as const), perSecond: fc.constantFrom(2, 0.5, 1.5, 3) }),
)
const step: fc.Arbitrary<Step> = fc.record({
	op: fc.constantFrom(...(Object.keys(operators) as (keyof typeof operators)[])),
	a: fc.nat(5),
	b: fc.nat(9),
	w: fc.integer({ min: 1, max: 4 }),
	s: fc.integer({ min: 1, max: 3 }),
	n: fc.integer({ min: 1, max: 3 }),
	isPersisted: fc.boolean(),
	isSeen: fc.boolean(),
})
export const programs: fc.Arbitrary<Program> = fc.record({
	parallelism: fc.integer({ min: 1, max: 3 }),
	batches: fc.integer({ min: 4, max: 13 }),
	inputs: fc.array(input, { minLength: 1, maxLength: 3 }),
	steps: fc.array(step, { minLength: 1, maxLength: 8 }),
})

/** A stream of a program. */
export interface Stream {
	readonly name: string
	/** Batches between two results. */
	readonly slide: number
	/** The places of its parents; an input has none. */
	readonly parents: readonly number[]
	readonly isSeen: boolean
	/** The expression that makes it. */
	readonly code: string
	readonly input: Input | undefined
	readonly operator: Operator | undefined
	readonly sizes: Sizes
}

/** The streams of a program in order: parents before children. */
export function streamsOf({ inputs, steps }: Program): readonly Stream[] {
	const streams: Stream[] = inputs.map((input, i) => ({
		name: `s${i}`,
		slide: 1,
		parents: [],
		isSeen: input.kind === 'queue',
		code: inputCode(input, i),
		input,
		operator: undefined,
		sizes: { parentSlide: 1, w: 1, s: 1, n: 1 },
	}))
	for (const [i, { op, a, b, w, s, n, isPersisted, isSeen }] of steps.entries()) {
		const operator: Operator = operators[op]
		const left = streams.length - 1 - (a % streams.length)
		const parent = streams[left] as Stream
		const fitting = [...streams.keys()].filter((j) => (streams[j] as Stream).slide === parent.slide)
		const right = fitting[b % fitting.length] as number
		const parentSlide = parent.slide
		const sizes = { parentSlide, w: w * parentSlide, s: (parentSlide * s > 6 ? 1 : s) * parentSlide, n }
		streams.push({
			name: `s${streams.length}`,
			slide: operator.isWindow ? sizes.s : parentSlide,
			parents: operator.isBinary ? [left, right] : [left],
			isSeen: isSeen || i === steps.length - 1,
			code: operator.code(parent.name, (streams[right] as Stream).name, sizes) + (isPersisted ? '.persist()' : ''),
			input: undefined,
			operator,
			sizes,
		})
	}
	return streams
}

function inputCode(input: Input, i: number): string {
	if (input.kind === 'script') return `ssc.script(${JSON.stringify(input.batches)})`
	if (input.kind === 'queue') return `ssc.queueStream(q${i}, ${input.oneAtATime})`
	return `ssc.rateStream(${input.perSecond}, (i) => [i % 3, i % 7])`
}

/** What an input brings in each batch when it begins after batch `floor`. */
function inputModel(input: Input, floor: number): At {
	if (input.kind === 'script') return (t) => input.batches[t - floor - 1] ?? []
	if (input.kind === 'rate') {
		const upTo = (t: number): number => Math.floor(input.perSecond * t)
		return (t) =>
			Array.from({ length: upTo(t) - upTo(t - 1) }, (_, i): Row => [(upTo(t - 1) + i) % 3, (upTo(t - 1) + i) % 7])
	}
	const taken = new Map<number, Rows>()
	const waiting: Rows[] = []
	for (let t = 1; t <= 100; t++) {
		waiting.push(...(input.pushes[t - 1] ?? []))
		if (t > floor) taken.set(t, waiting.splice(0, input.oneAtATime ? 1 : waiting.length).flat())
	}
	return (t) => taken.get(t)
}

/** What a stream holds that sees nothing at or before `floor`; each time is worked out once. */
export function modelOf(stream: Stream, parents: readonly At[], floor: number): At {
	const isValid = (t: number): boolean => t > floor && t > 0 && t % stream.slide === 0
	const compute =
		stream.input !== undefined
			? inputModel(stream.input, floor)
			: (stream.operator as Operator).model({
					...stream.sizes,
					a: parents[0] as At,
					b: (parents[1] ?? parents[0]) as At,
					fold<S>(step: (t: number, before: S | undefined) => S) {
						const known = new Map<number, S>()
						const at = (t: number): S => {
							if (!known.has(t)) known.set(t, step(t, isValid(t - stream.slide) ? at(t - stream.slide) : undefined))
							return known.get(t) as S
						}
						return at
					},
				})
	const known = new Map<number, Rows | undefined>()
	return (t) => {
		if (!isValid(t)) return undefined
		if (!known.has(t)) known.set(t, compute(t))
		return known.get(t)
	}
}

/** What every stream of a program holds when all are there from the start. */
export function modelsOf(streams: readonly Stream[]): readonly At[] {
	const models: At[] = []
	for (const stream of streams) {
		models.push(
			modelOf(
				stream,
				stream.parents.map((i) => models[i] as At),
				0,
			),
		)
	}
	return models
}

/** True unless joins make a batch too long for a quick test. */
export function isSmall({ batches }: Program, models: readonly At[]): boolean {
	for (let t = 1; t <= batches; t++) for (const at of models) if ((at(t)?.length ?? 0) > 200) return false
	return true
}
/** A program with few records. */
export const smallPrograms = programs.filter((program) => isSmall(program, modelsOf(streamsOf(program))))

/** Rows in one order, as text. */
export const textOf = (rows: Rows | undefined): string | undefined =>
	rows
		?.map(([k, v]) => `${k}:${v}`)
		.sort()
		.join(' ')
