/** Ten thousand batches: nothing grows. */

import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { describe, expect, it } from 'vitest'
import { manualContext } from '../support/timeline.js'

setFlagsFromString('--expose-gc')
const gc = runInNewContext('gc') as () => void

describe('ten thousand batches with windows and state', () => {
	it('keep heap, persisted RDDs and checkpoint files as they were after the first thousand', async () => {
		const checkpointDirectory = mkdtempSync(join(tmpdir(), 'rivulet-soak-'))
		const { sc, ssc, close } = manualContext({ checkpointDirectory })
		const sum = (a: number, b: number): number => a + b
		const pairs = ssc.rateStream(10, (i): [number, number] => [i % 7, 1])
		const windowed = pairs.window('10s', '1s').reduceByKey(sum)
		const inverse = pairs.reduceByKeyAndWindow(sum, (a, b) => a - b, '10s', '2s')
		const updated = pairs.updateStateByKey((values, state) => values.reduce(sum, state ?? 0))
		const mapped = pairs.mapWithState((key, value, state) => {
			state.update(sum(value ?? 0, state.getOption() ?? 0))
			return [key, state.get()]
		})
		const last: unknown[] = []
		const ends = [windowed.join(updated), inverse, mapped]
		for (const [i, end] of ends.entries()) {
			end.foreachRDD(async (rdd) => {
				last[i] = (await rdd.collect()).length
			})
		}
		const measure = async (batches: number) => {
			await ssc.step(batches)
			// What weak references held is let go between two turns of the event loop.
			for (let i = 0; i < 3; i++) {
				gc()
				await new Promise((resolve) => setImmediate(resolve))
			}
			gc()
			return {
				heap: process.memoryUsage().heapUsed,
				persisted: sc.getPersistentRDDs().size,
				files: readdirSync(sc.getCheckpointDir() as string).length,
			}
		}
		const early = await measure(1_000)
		const late = []
		for (let i = 0; i < 9; i++) late.push(await measure(1_000))
		await close()
		rmSync(checkpointDirectory, { recursive: true })
		expect(last).toEqual([7, 7, 10])
		for (const { heap, ...rest } of late) {
			expect(rest).toEqual({ persisted: early.persisted, files: early.files })
			expect(heap).toBeLessThan(early.heap * 1.1)
		}
	}, 900_000)
})
