/** Random programs, some of whose outputs throw at random batches: everything else is as if they had not. */

import fc from 'fast-check'
import { afterEach, describe, it } from 'vitest'
import { type Bench, codeOf, judge, runs } from '../support/naivebench.js'
import type { Row, Rows } from '../support/naiveoperators.js'
import { modelsOf, type Program, smallPrograms, streamsOf, textOf } from '../support/naiveprograms.js'
import { stopAll } from '../support/timeline.js'

afterEach(stopAll)

/** An output of a stream, counted back from the last one: its function, or that of its records, throws at `batches`. */
interface Failing {
	readonly stream: number
	readonly where: 'output' | 'record'
	readonly batches: readonly number[]
}

const failings: fc.Arbitrary<readonly Failing[]> = fc.array(
	fc.record({
		stream: fc.nat(9),
		where: fc.constantFrom('output' as const, 'record' as const),
		batches: fc.array(fc.integer({ min: 1, max: 13 }), { minLength: 1, maxLength: 5 }),
	}),
	{ minLength: 1, maxLength: 4 },
)

/** Adds the output; what it reads comes into `seen`. */
function fail(bench: Bench, place: number, f: number, { where, batches }: Failing, seen: Map<number, Rows>): void {
	const burst = (kind: Failing['where'], t: number): void => {
		if (kind === where && batches.includes(t)) throw new RangeError(`boom ${f} at ${t}`)
	}
	const passed = bench.define(place).transform((rdd, time) =>
		rdd.map((row: Row): Row => {
			burst('record', time.milliseconds / 1_000)
			return row
		}),
	)
	passed.foreachRDD(async (rdd, time) => {
		const t = time.milliseconds / 1_000
		burst('output', t)
		seen.set(t, await rdd.collect())
	})
}

async function check(program: Program, fails: readonly Failing[]): Promise<void> {
	const streams = streamsOf(program)
	const models = modelsOf(streams)
	const places = fails.map(({ stream }) => streams.length - 1 - (stream % streams.length))
	const seen = streams.map(() => new Map<number, Rows>())
	const got = fails.map(() => new Map<number, Rows>())
	const log = fails.map((failing, f) => `// output ${f} of s${places[f]}: ${JSON.stringify(failing)}`)
	const code = (): string => [codeOf(program, streams), ...log].join('\n')
	await judge({ program, streams }, code, async (bench, wrong) => {
		const expect = (what: string, actual: string | undefined, right: string | undefined): void => {
			if (actual !== right) wrong.push(`${what}: ${actual}, not ${right}`)
		}
		for (const i of streams.keys()) bench.define(i)
		for (const [f, failing] of fails.entries())
			fail(bench, places[f] as number, f, failing, got[f] as Map<number, Rows>)
		for (const [i, { isSeen }] of streams.entries()) {
			if (isSeen) bench.look(i, 'output', false, seen[i] as Map<number, Rows>)
		}
		for (let t = 1; t <= program.batches; t++) {
			const thrown = await bench.batch(t).then(
				() => undefined,
				(error: unknown) => String(error),
			)
			const booms: string[] = []
			for (const [f, { where, batches }] of fails.entries()) {
				const rows = models[places[f] as number]?.(t)
				const bursts = rows !== undefined && batches.includes(t) && (where === 'output' || rows.length > 0)
				if (bursts) booms.push(`boom ${f} at ${t}`)
				expect(`failing output ${f} at ${t}`, textOf(got[f]?.get(t)), bursts ? undefined : textOf(rows))
			}
			const batch = bench.ssc.progress.completedBatches.find(({ batchTime }) => batchTime === t * 1_000)
			const reasons = Object.values(batch?.outputOperationInfos ?? {}).flatMap((info) => info.failureReason ?? [])
			const told = reasons.map((reason) => /boom \d+ at \d+/.exec(reason)?.[0] ?? reason)
			expect(`failures at ${t}`, told.sort().join(), booms.sort().join())
			if (booms.length === 0) expect(`step at ${t}`, thrown, undefined)
			else if (!booms.some((boom) => thrown?.includes(boom))) wrong.push(`step at ${t} gave ${thrown}`)
			for (const [i, { name, isSeen }] of streams.entries()) {
				if (isSeen) expect(`${name} at ${t}`, textOf(seen[i]?.get(t)), textOf(models[i]?.(t)))
			}
		}
	})
}

describe('random programs with outputs that throw', () => {
	it(
		'report every error and lose nothing else, neither elsewhere nor later',
		() => fc.assert(fc.asyncProperty(smallPrograms, failings, check), runs(120)),
		120_000,
	)
	it('find the last written state when the outputs of all batches since have thrown', async () => {
		const step = { op: 'stateSnapshots', a: 0, b: 0, w: 1, s: 1, n: 1, isPersisted: false, isSeen: false } as const
		const program: Program = {
			parallelism: 1,
			batches: 9,
			inputs: [{ kind: 'rate', perSecond: 2 }],
			steps: [step, { ...step, op: 'map', a: 1 }],
		}
		await check(program, [{ stream: 1, where: 'output', batches: [3, 4, 6, 7, 8] }])
	})
})
