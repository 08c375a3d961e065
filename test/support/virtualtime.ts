/**
 * The system clock in virtual time: whoever waits on it waits a moment, and how fast the machine is means nothing.
 *
 *     code that runs, input that is there       time stands still
 *     nothing left but timers                   time jumps to the next one
 *
 * Between two jumps the event loop turns so often that whatever a batch does, short of timers, has been done.
 */

import { vi } from 'vitest'

const turnsOfQuiet = 25
const turn = setImmediate

/** Lets the system clock run in virtual time from now on; resolves once what it gives is called and it is real again. */
export function virtualTime(): () => Promise<void> {
	vi.useFakeTimers({ toFake: ['Date', 'setTimeout', 'clearTimeout'] })
	let isOn = true
	const driven = (async () => {
		while (isOn) {
			for (let i = 0; i < turnsOfQuiet; i += 1) await new Promise((resolve) => turn(resolve))
			if (isOn) vi.advanceTimersToNextTimer()
		}
	})()
	return async () => {
		isOn = false
		await driven
		vi.useRealTimers()
	}
}
