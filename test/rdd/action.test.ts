/** Actions: promises that are no values, and that output operations wait for. */

import { describe, expect, it } from 'vitest'
import { startAction, trackActions } from '../../engine/rdd/action.js'

describe('an action', () => {
	it('resolves to its value when awaited', async () => expect(await startAction(async () => 3)).toBe(3))
	it.each([
		['a text', (action: unknown) => `n ${action}`],
		['a number', (action: unknown) => Number(action) + 1],
	])('says "write await" when used as %s', (_, use) => {
		expect(() => use(startAction(async () => 3))).toThrow('not there yet')
	})
})

describe('trackActions', () => {
	it('settles when every action has ended, those that an action starts later too', async () => {
		const seen: string[] = []
		const { settled } = trackActions(() => {
			startAction(async () => {
				await Promise.resolve()
				seen.push('first')
				startAction(async () => {
					await Promise.resolve()
					seen.push('second')
				})
			})
		})
		await settled()
		expect(seen).toEqual(['first', 'second'])
	})
	it('rejects with the error of an action that nobody awaited', async () => {
		const { settled } = trackActions(() => {
			startAction(() => Promise.reject(new RangeError('lost')))
		})
		await expect(settled()).rejects.toThrow('lost')
	})
	it('leaves an error to the program that awaited it', async () => {
		const { result, settled } = trackActions(async () => {
			try {
				await startAction(() => Promise.reject(new RangeError('seen')))
			} catch {
				return 'caught'
			}
			return 'not caught'
		})
		expect(await result).toBe('caught')
		await settled()
	})
})
