/** Random programs that are made again while they run, as a cell that runs again: they go on as if they had not been. */

import fc from 'fast-check'
import { afterEach, describe, it } from 'vitest'
import { setHost } from '../../engine/index.js'
import { codeOf, judge, runs } from '../support/naivebench.js'
import type { Rows } from '../support/naiveoperators.js'
import { modelsOf, type Program, smallPrograms, streamsOf, textOf } from '../support/naiveprograms.js'
import { stopAll } from '../support/timeline.js'

afterEach(async () => {
	await stopAll()
	setHost({})
})

/** Runs the program; all but its inputs is made again before each of the batches `again`. */
async function check(program: Program, again: readonly number[]): Promise<void> {
	let group = 'inputs'
	setHost({ group: () => group, liveGraph: true, batchError: () => undefined, notice: () => undefined })
	const streams = streamsOf(program)
	const models = modelsOf(streams)
	const seen = streams.map(() => new Map<number, Rows>())
	const code = (): string => `${codeOf(program, streams)}\n// made again before batches ${again.join(', ')}`
	await judge({ program, streams, settings: { 'rivulet.liveGraph': 'true' } }, code, async (bench, wrong) => {
		const make = (): void => {
			for (const i of streams.keys()) bench.define(i)
			for (const [i, { isSeen }] of streams.entries()) {
				if (isSeen) bench.look(i, 'output', false, seen[i] as Map<number, Rows>)
			}
		}
		for (const i of program.inputs.keys()) bench.define(i)
		bench.ssc.live.release(group)
		group = 'run 1'
		make()
		bench.ssc.live.release(group)
		for (let t = 1; t <= program.batches; t++) {
			if (again.includes(t)) {
				const before = group
				group = `run before ${t}`
				bench.forgetSteps()
				make()
				bench.ssc.live.replace({ by: group, groups: [before], successions: [] })
				bench.ssc.live.release(group)
			}
			await bench.batch(t)
			for (const [i, { name, isSeen }] of streams.entries()) {
				const [actual, right] = [textOf(seen[i]?.get(t)), textOf(models[i]?.(t))]
				if (isSeen && actual !== right) wrong.push(`${name} at ${t}: ${actual}, not ${right}`)
			}
		}
	})
}

const times = fc.array(fc.integer({ min: 2, max: 13 }), { minLength: 1, maxLength: 4 })

describe('random programs that are made again', () => {
	it('go on where they were', () => fc.assert(fc.asyncProperty(smallPrograms, times, check), runs(100)), 120_000)
})
