import { describe, expect, it } from 'vitest'
import { EventBus } from '../../engine/base/events.js'
import type { BatchInfo } from '../../engine/index.js'
import { RateController } from '../../engine/scheduler/ratecontroller.js'

function batch(facts: Partial<BatchInfo>): BatchInfo {
	return {
		batchTime: 1_000,
		streamIdToInputInfo: { 0: { inputStreamId: 0, numRecords: 7, metadata: {} } },
		submissionTime: 1_000,
		processingStartTime: 1_010,
		processingEndTime: 1_030,
		schedulingDelay: 10,
		processingDelay: 20,
		totalDelay: 30,
		numRecords: 7,
		outputOperationInfos: {},
		...facts,
	}
}

/** The rates that a stream's receiver is told after these batches. */
async function published(rates: readonly (number | undefined)[], batches: readonly BatchInfo[], streamId = 0) {
	const bus = new EventBus(() => undefined)
	const told: number[] = []
	const asked: unknown[] = []
	const controller = new RateController(bus, (id, rate) => void told.push(id, rate))
	controller.add(streamId, {
		compute: (sample) => {
			asked.push(sample)
			return rates[asked.length - 1]
		},
	})
	for (const batchInfo of batches) bus.post({ kind: 'batchCompleted', batchInfo })
	await bus.drained()
	return { told, asked }
}

describe('the rate controller', () => {
	it('tells each new rate after its batch, as whole records', async () => {
		const { told } = await published([100, undefined, 200.9], [batch({}), batch({}), batch({})])
		expect(told).toEqual([0, 100, 0, 200])
	})

	it('asks with what Spark asks with', async () => {
		const { asked } = await published([1], [batch({})])
		expect(asked).toEqual([{ timeMs: 1_030, numRecords: 7, processingDelayMs: 20, schedulingDelayMs: 10 }])
	})

	it('asks nothing for a batch to which the stream brought nothing', async () => {
		const { asked } = await published([1], [batch({ streamIdToInputInfo: {} })])
		expect(asked).toEqual([])
	})

	it('tells no rate of 0 or less', async () => {
		expect((await published([0.5, -3], [batch({}), batch({})])).told).toEqual([])
	})
})
