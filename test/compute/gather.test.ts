/** Gathering the records of a partition, as far as memory may hold them. */

import { describe, expect, it } from 'vitest'
import { chunked, gather } from '../../engine/compute/gather.js'

/** Numbers from 0 to `n`, and whether their source was closed. */
function source(n: number) {
	const state = { isClosed: false, made: 0 }
	function* records(): IterableIterator<number> {
		try {
			for (; state.made < n; state.made += 1) yield state.made
		} finally {
			state.isClosed = true
		}
	}
	return { state, records: records() }
}

const all = (n: number): number[] => Array.from({ length: n }, (_, i) => i)

describe('gather', () => {
	it.each([0, 1, 1_024, 5_000])('gives %i records that fit in an array', (n) =>
		expect(gather(source(n).records, 1_000_000)).toEqual({ all: all(n) }),
	)
	it('stops at what is too much, and gives the rest as it comes', () => {
		const { records, state } = source(10_000)
		const gathered = gather(records, 10_000)
		expect(state.made).toBeLessThan(2_500)
		if ('all' in gathered) throw new TypeError('all of it was gathered')
		expect([gathered.bytesPerRecord > 8, [...gathered.rest]]).toEqual([true, all(10_000)])
	})
	it.each([1, 2_000])('closes the source when the reader leaves after %i records', (n) => {
		const { records, state } = source(10_000)
		const gathered = gather(records, 10_000)
		if ('all' in gathered) throw new TypeError('all of it was gathered')
		let seen = 0
		for (const _ of gathered.rest) {
			seen += 1
			if (seen === n) break
		}
		expect(state.isClosed).toBe(true)
	})
})

it('chunks have the length that was asked for, but the last', () => {
	expect([...chunked(all(5), 2)]).toEqual([[0, 1], [2, 3], [4]])
	expect([...chunked([], 2)]).toEqual([])
})
