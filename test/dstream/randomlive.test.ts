/** Random programs whose outputs, views and inputs come and go while batches run. */

import fc from 'fast-check'
import { afterEach, describe, it } from 'vitest'
import { codeOf, judge, runs } from '../support/naivebench.js'
import type { At, Rows } from '../support/naiveoperators.js'
import {
	modelOf,
	modelsOf,
	type Program,
	type Stream,
	smallPrograms,
	streamsOf,
	textOf,
} from '../support/naiveprograms.js'
import { stopAll } from '../support/timeline.js'

afterEach(stopAll)

/** Somebody looks at a stream, from the batch after `joins` up to batch `leaves`. */
interface View {
	readonly stream: number
	readonly kind: 'output' | 'observer'
	readonly backfill: boolean
	readonly joins: number
	readonly leaves: number
}

const views: fc.Arbitrary<readonly View[]> = fc.array(
	fc
		.record({
			stream: fc.nat(9),
			kind: fc.constantFrom('output' as const, 'observer' as const),
			backfill: fc.boolean(),
			joins: fc.nat(10),
			leaves: fc.nat(10),
		})
		.map((view) => ({ ...view, leaves: view.joins + 1 + view.leaves })),
	{ minLength: 1, maxLength: 6 },
)

/** The stream a view looks at, counted back from the last one. */
const placeOf = ({ stream }: View, streams: readonly Stream[]): number => streams.length - 1 - (stream % streams.length)

/** The same graph in the naive model: which streams have a place in it, since when, and what they hold. */
class NaiveGraph {
	readonly #streams: readonly Stream[]
	readonly #models: (At | undefined)[] = []
	/** The batch after which each input began. */
	readonly #begun: number[] = []

	constructor(streams: readonly Stream[]) {
		this.#streams = streams
	}
	#parents(i: number): readonly number[] {
		return (this.#streams[i] as Stream).parents
	}
	/** A stream and everything it is made of. */
	needs(i: number): number[] {
		return [i, ...this.#parents(i).flatMap((parent) => this.needs(parent))]
	}
	/** What comes into the graph sees everything since the last of its own inputs began. */
	join(i: number): void {
		for (const parent of this.#parents(i)) this.join(parent)
		if (this.#models[i] !== undefined) return
		const parents = this.#parents(i).map((parent) => this.#models[parent] as At)
		const floor = Math.max(...this.needs(i).map((each) => this.#begun[each] ?? 0))
		this.#models[i] = modelOf(this.#streams[i] as Stream, parents, floor)
	}
	begin(input: number, floor: number): void {
		this.#begun[input] ??= floor
		this.join(input)
	}
	/** Streams that nobody looks at any more forget everything. */
	keep(seen: readonly number[]): void {
		const needed = new Set(seen.flatMap((i) => this.needs(i)))
		for (const i of this.#streams.keys()) {
			if (this.#parents(i).length > 0 && !needed.has(i)) this.#models[i] = undefined
		}
	}
	at(i: number, t: number): string | undefined {
		return textOf(this.#models[i]?.(t))
	}
}

/** Runs a program with views and with inputs that begin after these batches, or before when a view needs them. */
async function check(program: Program, looks: readonly View[], begins: readonly number[]): Promise<void> {
	const streams = streamsOf(program)
	const graph = new NaiveGraph(streams)
	const log = [`// inputs begin after batches ${begins.join(', ')}, or before the first view that needs them`]
	const code = (): string => codeOf(program, streams, log)
	const places = looks.map((look) => placeOf(look, streams))
	const seen = looks.map(() => new Map<number, Rows>())
	const expected = looks.map(() => new Map<number, string | undefined>())
	const ends = looks.map(() => (): void => undefined)
	await judge({ program, streams, settings: { 'rivulet.liveGraph': 'true' } }, code, async (bench, wrong) => {
		const begin = (input: number, t: number): void => {
			bench.define(input)
			graph.begin(input, t - 1)
		}
		for (let t = 1; t <= program.batches; t++) {
			for (const input of program.inputs.keys()) if ((begins[input] ?? 0) === t - 1) begin(input, t)
			for (const [v, look] of looks.entries()) {
				const place = places[v] as number
				if (look.leaves === t - 1) ends[v]?.()
				if (look.joins !== t - 1) continue
				for (const each of graph.needs(place)) if (each < program.inputs.length) begin(each, t)
				graph.join(place)
				log.push(`// before batch ${t}: view ${v} of ${streams[place]?.name}: ${JSON.stringify(look)}`)
				ends[v] = bench.look(place, look.kind, look.backfill, seen[v] as Map<number, Rows>)
				if (look.backfill) for (let past = 1; past < t; past++) expected[v]?.set(past, graph.at(place, past))
			}
			await bench.batch(t)
			const now = looks.flatMap((look, v) => (look.joins < t && t <= look.leaves ? [v] : []))
			for (const v of now) expected[v]?.set(t, graph.at(places[v] as number, t))
			graph.keep(now.map((v) => places[v] as number))
		}
		for (const [v, place] of places.entries()) {
			for (let t = 1; t <= program.batches; t++) {
				const [actual, right] = [textOf(seen[v]?.get(t)), expected[v]?.get(t)]
				if (actual !== right) wrong.push(`view ${v} of ${streams[place]?.name} at ${t}: ${actual}, not ${right}`)
			}
		}
	})
}

/** Everybody from the start sees the same, whoever else looks from time to time, however little is remembered. */
async function checkOthers(program: Program, looks: readonly View[], remembered: number): Promise<void> {
	const streams = streamsOf(program)
	const models = modelsOf(streams)
	const settings = { 'rivulet.liveGraph': 'true', 'rivulet.backfill': String(remembered) }
	const log = [`// rivulet.backfill ${remembered}`]
	const ends = looks.map(() => (): void => undefined)
	const seen = streams.map(() => new Map<number, Rows>())
	await judge(
		{ program, streams, settings },
		() => codeOf(program, streams, log),
		async (bench, wrong) => {
			for (const i of program.inputs.keys()) bench.define(i)
			for (const [i, { isSeen }] of streams.entries()) {
				if (!isSeen) continue
				log.push(`s${i}.print()`)
				bench.look(i, 'output', false, seen[i] as Map<number, Rows>)
			}
			for (let t = 1; t <= program.batches; t++) {
				for (const [v, look] of looks.entries()) {
					if (look.leaves === t - 1) ends[v]?.()
					if (look.joins !== t - 1) continue
					log.push(`// before batch ${t}: view of s${placeOf(look, streams)}: ${JSON.stringify(look)}`)
					ends[v] = bench.look(placeOf(look, streams), look.kind, look.backfill, new Map())
				}
				await bench.batch(t)
			}
			for (const [i, { name, isSeen }] of streams.entries()) {
				for (let t = 1; isSeen && t <= program.batches; t++) {
					const [actual, right] = [textOf(seen[i]?.get(t)), textOf(models[i]?.(t))]
					if (actual !== right) wrong.push(`${name} at ${t}: ${actual}, not ${right}`)
				}
			}
		},
	)
}

describe('random programs in a live graph', () => {
	it(
		'show whoever looks, whenever that is, what is there for those who looked from the start',
		() =>
			fc.assert(
				fc.asyncProperty(smallPrograms, views, (program, looks) => check(program, looks, [])),
				runs(200),
			),
		600_000,
	)
	it(
		'begin where all of their inputs have begun',
		() =>
			fc.assert(
				fc.asyncProperty(smallPrograms, views, fc.array(fc.nat(5), { minLength: 3, maxLength: 3 }), check),
				runs(200),
			),
		600_000,
	)
	it(
		'are the same for others, whoever comes and goes',
		() => fc.assert(fc.asyncProperty(smallPrograms, views, fc.nat(3), checkOthers), runs(200)),
		600_000,
	)
})
