import { describe, expect, it } from 'vitest'
import { Seconds } from '../../engine/index.js'
import { timeline } from '../support/timeline.js'

const numbers = [[1], [2], [3], [], [5]]
const pairs: [string, number][][] = [
	[['a', 1]],
	[
		['a', 2],
		['b', 1],
	],
	[],
	[['b', 4]],
]
const sum = (a: number, b: number): number => a + b

describe('window', () => {
	it('holds the batches of the last window, oldest first', async () =>
		expect(await timeline(numbers, 6, (s) => s.window('3s', '1s'))).toEqual([
			[1],
			[1, 2],
			[1, 2, 3],
			[2, 3],
			[3, 5],
			[5],
		]))

	it('fires only at multiples of its slide duration', async () =>
		expect(await timeline(numbers, 6, (s) => s.window('3s', '2s'))).toEqual([
			undefined,
			[1, 2],
			undefined,
			[2, 3],
			undefined,
			[5],
		]))

	it('drops the batches between windows that are shorter than their slide', async () =>
		expect(await timeline(numbers, 6, (s) => s.window('1s', '3s'))).toEqual([
			undefined,
			undefined,
			[3],
			undefined,
			undefined,
			[],
		]))

	it('slides as often as its parent when no slide is given', async () =>
		expect(await timeline(numbers, 4, (s) => s.window('2s', '2s').window('4s'))).toEqual([
			undefined,
			[1, 2],
			undefined,
			[1, 2, 3],
		]))

	it('keeps moving over empty batches', async () =>
		expect(await timeline([[1]], 4, (s) => s.window('2s', '1s'))).toEqual([[1], [1], [], []]))

	it('refuses a window that is no multiple of the parent slide, naming what would do', async () => {
		const made = timeline(numbers, 1, (s) => s.window('1500ms'))
		await expect(made).rejects.toMatchObject({
			code: 'graph/duration',
			message:
				'The window duration of windowed DStream (1500 ms) must be a multiple of the slide duration of parent DStream (1000 ms)',
			remedy: 'use 1000 ms or 2000 ms',
		})
	})
})

describe('reduceByKeyAndWindow', () => {
	const sorted = (rows: [string, number][] | undefined): [string, number][] | undefined => rows?.sort()

	it('gives one pair for every key of the window', async () => {
		const seen = await timeline(pairs, 5, (s) => s.reduceByKeyAndWindow(sum, '2s', '1s'))
		expect(seen.map(sorted)).toEqual([
			[['a', 1]],
			[
				['a', 3],
				['b', 1],
			],
			[
				['a', 2],
				['b', 1],
			],
			[['b', 4]],
			[['b', 4]],
		])
	})
})

describe('count and reduce', () => {
	it('count gives one number a batch, 0 for an empty one', async () =>
		expect(await timeline([[1, 2], []], 2, (s) => s.count())).toEqual([[2], [0]]))
	it('reduce gives one record a batch and none for an empty one', async () =>
		expect(await timeline([[1, 2], []], 2, (s) => s.reduce(sum))).toEqual([[3], []]))
	it('countByWindow needs no batch to be there at its first time', async () =>
		expect(await timeline([[1]], 2, (s) => s.window(Seconds(2), Seconds(2)).count())).toEqual([undefined, [1]]))
})
