/** The natural order of values: numbers by size, texts by UTF-16 units, tuples member by member. */

import { StreamError } from '../base/errors.js'

/** Negative when `a` comes before `b`, zero when neither does. */
export type Order<T> = (a: T, b: T) => number

const ranks = ['undefined', 'boolean', 'number', 'bigint', 'string', 'object']

/**
 * Numbers numerically with NaN last, null first, false before true, arrays lexicographically, others by `valueOf`.
 * @throws rdd/unsupported for values without an order
 */
export function defaultOrder(a: unknown, b: unknown): number {
	if (a === b) return 0
	if (typeof a === 'number' && typeof b === 'number')
		return a < b ? -1 : a > b ? 1 : Number(Number.isNaN(a)) - Number(Number.isNaN(b))
	if (typeof a === 'string' && typeof b === 'string') return a < b ? -1 : 1
	if (a === null || b === null || a === undefined || b === undefined) return Number(a != null) - Number(b != null)
	if (Array.isArray(a) && Array.isArray(b)) {
		const length = Math.min(a.length, b.length)
		for (let i = 0; i < length; i++) {
			const order = defaultOrder(a[i], b[i])
			if (order !== 0) return order
		}
		return a.length - b.length
	}
	const isNumeric = /number|bigint/.test(typeof a) && /number|bigint/.test(typeof b)
	if (isNumeric || (typeof a === 'boolean' && typeof b === 'boolean')) return a < b ? -1 : a > b ? 1 : 0
	if (typeof a === 'object' && typeof b === 'object') {
		const left = a.valueOf()
		const right = b.valueOf()
		if (typeof left !== 'object' && typeof right !== 'object') return defaultOrder(left, right)
		throw new StreamError('rdd/unsupported', 'these objects have no natural order', {
			remedy: 'give an order, or sort by a number or a text',
		})
	}
	return ranks.indexOf(typeof a) - ranks.indexOf(typeof b)
}
