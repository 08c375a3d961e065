import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ManualClock, setHost } from '../../engine/index.js'
import { setDisplaySink } from '../../kernel/display/index.js'
import { manualContext } from '../support/timeline.js'

const nothing = () => undefined
beforeEach(() => {
	const views = { viewOpened: nothing, viewFrame: nothing, viewClosed: nothing, viewShown: nothing }
	setDisplaySink({ display: nothing, clear: nothing, ...views })
})
afterEach(() => {
	setDisplaySink()
	setHost({})
})

/** Everything a program can tell of itself, run with or without somebody who looks at each of its streams. */
async function told(isLookedAt: boolean): Promise<unknown> {
	const checkpointDirectory = mkdtempSync(join(tmpdir(), 'rv-'))
	const errors: string[] = []
	setHost({ batchError: (error, { timeMs, group }) => void errors.push(`${timeMs} ${group} ${error.message}`) })
	const { ssc, sc, close } = manualContext({ checkpointDirectory, settings: { 'rivulet.liveGraph': 'true' } })
	const calls: number[] = []
	const seen: unknown[] = []
	const numbers = ssc.script([[1, 2], [3], [4, 5], [6]]).map((x) => {
		// What throws leaves nothing to look at: whoever looks calls it again.
		if (x === 3) throw new RangeError('three')
		calls.push(x)
		return x
	})
	const pairs = numbers.map((x): [string, number] => [x % 2 === 0 ? 'even' : 'odd', x])
	const totals = pairs.updateStateByKey((values: number[], state?: number) =>
		values.reduce((a, b) => a + b, state ?? 0),
	)
	const windowed = numbers.window('2s', '1s')
	const look = (): void => {
		if (!isLookedAt) return
		const pace = { pace: new ManualClock() } as object
		for (const stream of [numbers, pairs, totals, windowed]) {
			stream.chart(undefined, pace)
			stream.table(pace)
		}
	}
	look()
	const ids = [totals, windowed].map(
		(stream) => stream.foreachRDD(async (rdd) => void seen.push(await rdd.collect())).id,
	)
	look()
	const outcomes: unknown[] = []
	for (let i = 0; i < 4; i++) {
		outcomes.push(
			await ssc.step().then(
				() => 'ok',
				(error: Error) => error.message,
			),
		)
	}
	const files = (readdirSync(sc.getCheckpointDir() as string, { recursive: true }) as string[]).sort()
	const bytes = files
		.map((file) => join(sc.getCheckpointDir() as string, file))
		.filter((file) => statSync(file).isFile())
		.map((file) => readFileSync(file).length)
	const { outputs } = ssc.describe()
	const persisted = sc.getPersistentRDDs().size
	await close()
	rmSync(checkpointDirectory, { recursive: true })
	return { ids, outputs, calls, seen, outcomes, errors: [...new Set(errors)], files, bytes, persisted }
}

describe('a program that is looked at', () => {
	it('has the ids, results, calls, errors, storage and checkpoint files that it has without', async () => {
		expect(await told(true)).toEqual(await told(false))
	})

	it('that has views only does not pass the start check', async () => {
		const { ssc, close } = manualContext()
		ssc.script([[1]]).chart()
		expect(() => ssc.start()).toThrow('No output operations registered, so nothing to execute')
		await close()
	})
})
