import { describe, expect, it } from 'vitest'
import { ManualClock } from '../../engine/index.js'
import { BatchErrors } from '../../kernel/session/batcherrors.js'

function scene() {
	const clock = new ManualClock()
	const said: string[] = []
	const errors = new BatchErrors(
		{
			error: (owner, error) => said.push(`${owner} error ${error.message}`),
			count: (owner, text, _displayId, isUpdate) => said.push(`${owner} ${isUpdate ? 'update' : 'display'} ${text}`),
		},
		clock,
	)
	/** An error without a place in a cell: told apart by its message. */
	const fail = (owner: string, group: string, ms: number, message = 'bad'): void => {
		const error = new RangeError(message)
		error.stack = `RangeError: ${message}`
		errors.report(owner, group, error, ms)
	}
	return { clock, said, fail }
}

describe('an error of a stream', () => {
	it('is said once, and counted in one display that changes at most once a second', () => {
		const { clock, said, fail } = scene()
		for (let i = 1; i <= 12; i++) {
			fail('A', 'A#1', i * 100)
			clock.advance(100)
		}
		clock.advance(10_000)
		expect(said).toEqual([
			'A error bad',
			'A display ×2 RangeError: bad · last in the batch at 200 ms',
			'A update ×11 RangeError: bad · last in the batch at 1100 ms',
			'A update ×12 RangeError: bad · last in the batch at 1200 ms',
		])
	})

	it('counts batches, however many outputs and views of its cell meet it', () => {
		const { clock, said, fail } = scene()
		for (const ms of [1, 1, 2, 2, 3, 3]) fail('A', 'A#1', ms)
		clock.advance(2_000)
		expect(said.at(-1)).toBe('A update ×3 RangeError: bad · last in the batch at 3 ms')
	})

	it('is said anew for other messages, for other cells, and when its cell ran again', () => {
		const { said, fail } = scene()
		fail('A', 'A#1', 1)
		fail('A', 'A#1', 1, 'worse')
		fail('B', 'B#1', 1)
		fail('A', 'A#2', 1)
		expect(said).toEqual(['A error bad', 'A error worse', 'B error bad', 'A error bad'])
	})
})
