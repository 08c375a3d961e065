import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { RDD } from '../../engine/index.js'
import { manualContext } from '../support/timeline.js'

describe('a thousand batches with windows and state', () => {
	it('leave behind no RDDs and no checkpoints but those that are remembered', async () => {
		const { queryObjects } = (await import('node:v8')) as unknown as { queryObjects?: (kind: unknown) => number }
		const checkpointDirectory = mkdtempSync(join(tmpdir(), 'rivulet-soak-'))
		const { sc, ssc, close } = manualContext({ checkpointDirectory })
		const sum = (a: number, b: number): number => a + b
		const pairs = ssc.rateStream(20, (i) => [i % 7, 1])
		const ends = [
			pairs.reduceByKeyAndWindow(sum, '10s', '1s'),
			pairs.reduceByKeyAndWindow(sum, (a, b) => a - b, '10s', '2s'),
			pairs.updateStateByKey((values, state) => values.reduce(sum, state ?? 0)),
		]
		for (const end of ends) end.foreachRDD(async (rdd) => void (await rdd.collect()))
		const counts = async (batches: number) => {
			await ssc.step(batches)
			const rdds = queryObjects?.(RDD) ?? 0
			return {
				rdds,
				persisted: sc.getPersistentRDDs().size,
				files: readdirSync(sc.getCheckpointDir() as string).length,
			}
		}
		const early = await counts(200)
		const late = await counts(800)
		expect(late).toEqual({ ...early, rdds: expect.closeTo(early.rdds, -2) })
		await close()
		rmSync(checkpointDirectory, { recursive: true })
	})
})
