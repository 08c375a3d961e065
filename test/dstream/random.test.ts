/** Random programs against plain array code. RIVULET_TEST_RUNS and RIVULET_TEST_SEED run more and others. */

import fc from 'fast-check'
import { afterEach, describe, it } from 'vitest'
import { codeOf, judge, runs } from '../support/naivebench.js'
import type { Rows } from '../support/naiveoperators.js'
import { modelsOf, type Program, smallPrograms, streamsOf, textOf } from '../support/naiveprograms.js'
import { stopAll } from '../support/timeline.js'

afterEach(stopAll)

async function check(program: Program): Promise<void> {
	const streams = streamsOf(program)
	const models = modelsOf(streams)
	await judge(
		{ program, streams },
		() => codeOf(program, streams),
		async (bench, wrong) => {
			for (const i of streams.keys()) bench.define(i)
			const seen = streams.map(() => new Map<number, Rows>())
			for (const [i, { isSeen }] of streams.entries()) {
				if (isSeen) bench.look(i, 'output', false, seen[i] as Map<number, Rows>)
			}
			for (let t = 1; t <= program.batches; t++) {
				await bench.batch(t)
				for (const [i, { name, isSeen }] of streams.entries()) {
					const expected = textOf(models[i]?.(t))
					const actual = textOf(seen[i]?.get(t))
					if (isSeen && actual !== expected) wrong.push(`${name} at ${t}: ${actual}, not ${expected}`)
				}
			}
		},
	)
}

describe('random programs', () => {
	it(
		'hold what plain array code says, batch by batch',
		() => fc.assert(fc.asyncProperty(smallPrograms, check), runs(150)),
		120_000,
	)
})
