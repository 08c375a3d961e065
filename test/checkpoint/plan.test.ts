import { describe, expect, it } from 'vitest'
import { Seconds } from '../../engine/base/time.js'
import type { CheckpointRecord } from '../../engine/checkpoint/record.js'
import { Recovery } from '../../engine/checkpoint/recovery.js'

const record = (pending: readonly number[]): CheckpointRecord => ({
	timeMs: 5_000,
	zeroMs: 1_000,
	batchMs: 1_000,
	directory: 'memory:/cp',
	settings: [],
	pending,
	operators: [],
	outputs: [],
	folders: [],
})

describe('the batches of a recovery', () => {
	it.each<[string, number, readonly number[], readonly number[], number]>([
		['right after the checkpoint', 5_200, [], [5_000], 6_000],
		['with batches that had not ended', 5_200, [3_000, 5_000], [3_000, 5_000], 6_000],
		['after a time without a program', 8_000, [], [5_000, 6_000, 7_000, 8_000], 9_000],
		['with a clock that was set back a little', 4_100, [4_000], [4_000, 5_000], 6_000],
		['with a clock that was set back before the first batch', 10, [], [5_000], 6_000],
		['with a clock that was set back, and a batch after the checkpoint', 10, [6_000], [5_000, 6_000], 7_000],
	])('%s: none comes twice with other records', (_, nowMs, pending, again, restartMs) => {
		const plan = new Recovery(record(pending), [], []).plan(nowMs, Seconds(1))
		expect([plan.again.map((time) => time.milliseconds), plan.restart.milliseconds]).toEqual([again, restartMs])
	})
})
