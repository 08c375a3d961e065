import { describe, expect, it } from 'vitest'
import { History, type Keeping } from '../../kernel/display/history.js'

const keeping = (more: Partial<Keeping>): Keeping => ({
	...{ look: 'line', mode: 'append', maxRows: 1_000, windowMs: 60_000 },
	...more,
})

describe('the history of a view', () => {
	it.each([
		['a line', keeping({ windowMs: 1e12 }), [1], 1_000],
		['a table over batches', keeping({ look: 'table', maxRows: 100, windowMs: 1e12 }), Array(50).fill({ a: 1 }), 100],
		[
			'many keys over batches',
			keeping({ look: 'lines', windowMs: 1e12 }),
			Array.from({ length: 500 }, (_, i) => [`k${i}`, i]),
			1_000,
		],
		['text', keeping({ look: 'text', mode: 'latest', maxRows: 20 }), Array(500).fill('line'), 20],
	])('is bounded however long its window is: %s', (_, how, records, drawn) => {
		const history = new History()
		for (let i = 0; i < 20_000; i++) history.add(i * 1_000, records, how)
		expect(history.rows(how).length).toBe(drawn)
		expect(history.batches).toBeLessThanOrEqual(10_000)
		expect(history.count).toBe(history.batches * records.length)
	})

	it('drops batches that are older than the window', () => {
		const history = new History()
		const how = keeping({ windowMs: 3_000 })
		for (let i = 1; i <= 5; i++) history.add(i * 1_000, [i], how)
		expect(history.rows(how).map((row) => row.value)).toEqual([3, 4, 5])
	})

	it('draws the keys with the greatest sums', () => {
		const history = new History()
		const how = keeping({ look: 'lines' })
		for (let t = 1; t <= 2; t++)
			history.add(
				t,
				Array.from({ length: 40 }, (_, i) => [`k${i}`, i]),
				how,
			)
		expect(history.rows(how).map((row) => row.key)).toEqual(
			[1, 2].flatMap(() => Array.from({ length: 8 }, (_, i) => `k${39 - i}`)),
		)
	})
})
