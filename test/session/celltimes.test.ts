import { expect, it } from 'vitest'
import { CellTimes } from '../../kernel/session/celltimes.js'

it('the cell that ran longest between two instants is the one that held a batch up', () => {
	let nowMs = 0
	const times = new CellTimes(() => nowMs)
	const run = (label: string, fromMs: number, toMs: number): void => {
		nowMs = fromMs
		const ended = times.begin(label)
		nowMs = toMs
		ended()
	}
	run('[1]', 0, 1_000)
	run('[2]', 1_000, 1_400)
	run('[3]', 1_500, 1_600)
	expect(times.longest(0, 2_000)).toBe('cell [1]')
	expect(times.longest(900, 2_000)).toBe('cell [2]')
	expect(times.longest(1_400, 1_500)).toBe(undefined)
})
