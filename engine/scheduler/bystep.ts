/** Batches by hand on a ManualClock, and waiting for batches on the system clock. */

import { currentBatch } from '../base/batchscope.js'
import { type Clock, ManualClock } from '../base/clock.js'
import { StreamError } from '../base/errors.js'
import type { BatchInfo } from '../base/events.js'
import type { StreamingRun } from './run.js'
import type { Settlement } from './settlements.js'

/** Finishes what is pending, then moves on to the next batch time `n` times, each awaited. */
export async function stepBatches(run: StreamingRun, clock: Clock, n: number): Promise<BatchInfo[]> {
	if (!(clock instanceof ManualClock)) {
		throw new StreamError('time/manual', 'step() needs a ManualClock, but this context runs on the system clock', {
			remedy: 'use await ssc.nextBatch(), or make the context with { clock: new ManualClock() }',
		})
	}
	if (currentBatch() !== undefined) {
		throw new StreamError('time/manual', 'step() was called inside an output operation', {
			remedy: 'call it after the batch: an output operation cannot wait for the next one',
		})
	}
	requireGrid(run)
	await run.receiversStarted()
	await run.loop.idle()
	const settlements: Settlement[] = []
	for (let i = 0; i < n; i += 1) {
		// Timers and connections of the program, and an interrupt, come in between however many batches there are.
		if (i > 0) await new Promise((resolve) => setImmediate(resolve))
		const nextMs = run.loop.nextTime.milliseconds
		const settled = run.loop.settlements.wait(nextMs)
		clock.setTime(nextMs)
		settlements.push(await settled)
		// Who moves time by hand finds every checkpoint of the past written.
		await run.checkpointed()
	}
	return infosOf(settlements)
}

/** The next `n` batches that are completed. */
export async function awaitBatches(run: StreamingRun, n: number): Promise<BatchInfo[]> {
	requireGrid(run)
	const settlements: Settlement[] = []
	for (let i = 0; i < n; i += 1) settlements.push(await run.loop.settlements.wait())
	return infosOf(settlements)
}

/** @throws argument/duration when the context has no batches to wait for */
function requireGrid(run: StreamingRun): void {
	if (run.loop.noGrid !== undefined) throw run.loop.noGrid
}

function infosOf(settlements: readonly Settlement[]): BatchInfo[] {
	for (const { error } of settlements) if (error !== undefined) throw error
	return settlements.map(({ info }) => info)
}
