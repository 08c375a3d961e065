import { afterEach, describe, expect, it } from 'vitest'
import { ManualClock, setHost } from '../../engine/index.js'
import { type Does, never, Scripted, tracking, turns, until } from '../support/receivers.js'

afterEach(() => setHost({}))

describe('a receiver', () => {
	it('has onStop once for each onStart, through restarts', async () => {
		const receiver = new Scripted()
		const { tracker, events } = tracking([receiver])
		receiver.restart('again', new RangeError('broken'))
		receiver.restart('while restarting')
		receiver.stop('while restarting')
		expect([receiver.isStarted(), receiver.isStopped()]).toEqual([false, true])
		await until(() => receiver.calls.length === 3)
		await tracker.stop(true)
		expect(receiver.calls).toEqual(['onStart', 'onStop', 'onStart', 'onStop'])
		expect(events).toEqual([
			'receiverStarted',
			'receiverStopped Restarting receiver with delay 1ms: again',
			'receiverStarted',
			'receiverStopped Stopped by driver',
		])
	})

	it('is not started again once its context ends', async () => {
		const receiver = new Scripted()
		const { tracker } = tracking([receiver])
		receiver.restart('again', undefined, 5)
		await tracker.stop(true)
		await turns(50)
		expect(receiver.calls).toEqual(['onStart', 'onStop'])
	})

	it('that ends at once and again waits before the next start', async () => {
		const receiver = new Scripted((self) => self.stop('no'))
		const { tracker, notices } = tracking([receiver], { 'spark.streaming.receiverRestartDelay': '60000' })
		await turns()
		expect(receiver.calls).toEqual(['onStart', 'onStop', 'onStart', 'onStop'])
		expect(notices).toEqual(['Receiver stream [0]: no; trying again every 60 s, batches go on'])
		await tracker.stop(true)
	})

	it.each<[string, Does]>([
		[
			'throws',
			() => {
				throw new RangeError('no door')
			},
		],
		[
			'rejects',
			async () => {
				await turns(1)
				throw new RangeError('no door')
			},
		],
	])('whose onStart %s stops with that error and is started again', async (_, onStart) => {
		let starts = 0
		const receiver = new Scripted((self) => (++starts === 1 ? onStart(self) : undefined))
		const { infos } = tracking([receiver])
		await until(() => infos.length === 3)
		expect(infos.map((info) => [info.active, info.lastErrorMessage, info.lastErrorTime])).toEqual([
			[true, '', -1],
			[false, 'Error starting receiver 0', 5_000],
			[true, '', -1],
		])
		expect(infos[1]?.lastError).toContain('RangeError: no door')
	})

	it('whose onStart of an earlier life rejects goes on', async () => {
		let fail: (error: Error) => void = () => undefined
		const receiver = new Scripted((self) =>
			self.calls.length > 1
				? undefined
				: new Promise((_, reject) => {
						fail = reject
					}),
		)
		const { events, infos } = tracking([receiver])
		receiver.restart('again')
		await until(() => receiver.calls.length === 3)
		fail(new RangeError('late'))
		await until(() => infos.length === 4)
		expect([receiver.isStarted(), events.at(-1)]).toEqual([true, 'receiverError Error starting receiver 0'])
	})

	it('whose onStart never ends is stopped like any other', async () => {
		const receiver = new Scripted(never)
		const { tracker } = tracking([receiver])
		await tracker.stop(true)
		expect(receiver.calls).toEqual(['onStart', 'onStop'])
	})

	it.each<[string, Does]>([
		[
			'throws',
			() => {
				throw new RangeError('stuck')
			},
		],
		['rejects', () => Promise.reject(new RangeError('stuck'))],
	])('whose onStop %s says so and has stopped', async (_, onStop) => {
		const receiver = new Scripted(undefined, onStop)
		const { tracker, events } = tracking([receiver])
		await tracker.stop(true)
		await turns(1)
		expect(events.slice(1)).toEqual(['receiverError Error stopping receiver 0', 'receiverStopped Stopped by driver'])
	})

	it('whose onStop never ends is waited for 10 s unless the stop is graceful', async () => {
		const { tracker, notices } = tracking([new Scripted(undefined, never)])
		const patience = new ManualClock()
		let isOver = false
		const stopped = tracker.stop(false, patience).then(() => {
			isOver = true
		})
		await turns(3)
		patience.advance(9_999)
		await turns(3)
		expect(isOver).toBe(false)
		patience.advance(1)
		await stopped
		expect(notices).toEqual(['Not all of the receivers have deregistered, Scripted-0'])
	})

	it('keeps the time of the error before when it reports one', async () => {
		const receiver = new Scripted()
		const { infos, tracker } = tracking([receiver])
		receiver.reportError('odd', new RangeError('report exception'))
		await tracker.stop(true)
		await turns(1)
		expect(infos.map((info) => [info.active, info.lastErrorMessage, info.lastErrorTime])).toEqual([
			[true, '', -1],
			[true, 'odd', -1],
			[false, 'Stopped by driver', -1],
		])
		expect(infos[1]?.lastError).toContain('report exception')
	})

	it('does not start with a log it cannot have', () => {
		const text =
			'Cannot enable receiver write-ahead log without checkpoint directory set. Please use streamingContext.checkpoint() to set the checkpoint directory. See documentation for more details.'
		const receiver = new Scripted()
		const { reported, notices } = tracking([receiver], {}, { lacksLog: true })
		expect([receiver.calls, reported.map(({ message }) => message), notices]).toEqual([
			[],
			[text],
			[`Receiver stream [0]: ${text}`],
		])
	})
})
