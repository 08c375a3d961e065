import { describe, expect, it } from 'vitest'
import { failure, withContext } from './context.js'

type Row = readonly [
	start: number,
	end: number,
	step: number,
	slices: number,
	partitions: readonly (readonly number[])[],
]

const rows: readonly Row[] = [
	[0, 5, 1, 1, [[0, 1, 2, 3, 4]]],
	[
		0,
		5,
		1,
		2,
		[
			[0, 1],
			[2, 3, 4],
		],
	],
	[0, 5, 2, 3, [[0], [2], [4]]],
	[5, 0, -2, 2, [[5], [3, 1]]],
	[0, 2, 1, 4, [[], [0], [], [1]]],
	[3, 3, 1, 2, [[], []]],
	[3, 0, 1, 2, [[], []]],
]

describe('range', () => {
	it.each(rows)('(%d, %d, %d, %d) makes its partitions', (start, end, step, slices, expected) =>
		withContext(async (sc) => {
			expect(await sc.range(start, end, step, slices).glom().collect()).toEqual(expected)
		}),
	)
	it('keeps nothing: a part of a thousand million numbers costs that part', () =>
		withContext(async (sc) => {
			expect(await sc.range(0, 1e9, 1, 1e4).take(3)).toEqual([0, 1, 2])
		}))
	it.each([
		[0, 10, 0, /step cannot be 0$/],
		[0, Number.NaN, 1, /range needs a start, an end and a step that are numbers, not 0, NaN, 1/],
		[5, undefined as never, 1, /not 5, undefined, 1/],
		[0, Number.POSITIVE_INFINITY, 1, /not 0, Infinity, 1/],
	])('refuses (%s, %s, %s)', (start, end, step, text) =>
		withContext(async (sc) => {
			expect(await failure(async () => sc.range(start, end, step))).toMatchObject({
				code: 'argument/illegal',
				message: expect.stringMatching(text),
			})
		}),
	)
})
