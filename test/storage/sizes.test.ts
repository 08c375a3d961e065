/** Estimates of memory: within a factor of two of what V8 takes. */

import { expect, it } from 'vitest'
import { KeyMap } from '../../engine/rdd/keys.js'
import { estimateBytes } from '../../engine/storage/sizes.js'

/** Bytes a record, measured on V8 with 200,000 records each. */
const measured: [string, number, (i: number) => unknown][] = [
	['whole numbers', 8, (i) => i],
	['objects of one number', 41, (i) => ({ x: i })],
	['objects of five members', 80, (i) => ({ a: i, b: i, c: i, d: i + 0.5, e: 'k' })],
	['pairs of a text and a number', 92, (i) => [`key${i}`, i]],
	['pairs with a fraction', 90, (i) => ['k', i + 0.5]],
	['short texts', 40, (i) => `string${i}`],
	['dates', 104, (i) => new Date(i)],
	['bytes', 292, () => new Uint8Array(100)],
	['nested records', 208, (i) => ({ id: `u${i}`, tags: [i, i + 1, i + 2], pos: { x: i + 0.5, y: i } })],
	['groups', 183, (i) => ['k', [i, i, i, i, i]]],
	['tables by key', 11_000, (i) => new KeyMap(Array.from({ length: 100 }, (_, j) => [`k${i}${j}`, { value: j }]))],
]

it.each(measured)('of %s', (_, real, record) => {
	const n = 1_000
	const estimate = estimateBytes(Array.from({ length: n }, (__, i) => record(i))) / n
	expect(estimate / real).toBeGreaterThan(0.5)
	expect(estimate / real).toBeLessThan(2)
})
it('does not count what two members of a record share twice, nor run round in circles', () => {
	const shared = { text: 'x'.repeat(1_000) }
	const circle: Record<string, unknown> = { a: shared, b: shared }
	circle.self = circle
	expect(estimateBytes([circle])).toBeLessThan(1_500)
})
it('is not misled by records that differ in a regular way', () => {
	const records = Array.from({ length: 4_000 }, (_, i) => (i % 100 === 0 ? 'x'.repeat(10_000) : 1))
	const others = Array.from({ length: 4_000 }, (_, i) => (i % 2 === 0 ? 'x'.repeat(100) : 1))
	expect(estimateBytes(records)).toBeLessThan(4_000 * 1_100)
	expect(estimateBytes(others) / (4_000 * 70)).toBeCloseTo(1, 0)
})
