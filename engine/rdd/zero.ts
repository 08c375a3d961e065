/** Copies of a zero value: an aggregation may change what it starts from, and each partition starts anew. */

/** A copy of plain data; an object with a `copy` method is asked for one, any other instance is given as it is. */
export function copyOfZero<C>(zero: C): C {
	if (typeof zero !== 'object' || zero === null) return zero
	const { copy } = zero as { copy?: unknown }
	if (typeof copy === 'function') return copy.call(zero) as C
	return isData(zero) ? structuredClone(zero) : zero
}

function isData(value: unknown): boolean {
	if (typeof value === 'function' || typeof value === 'symbol') return false
	if (typeof value !== 'object' || value === null) return true
	if (Array.isArray(value)) return value.every(isData)
	if (value instanceof Map || value instanceof Set) return [...value].every(isData)
	if (value instanceof Date || ArrayBuffer.isView(value)) return true
	const prototype = Object.getPrototypeOf(value)
	return (prototype === null || Object.getPrototypeOf(prototype) === null) && Object.values(value).every(isData)
}
