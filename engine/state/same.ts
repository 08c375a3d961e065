/** Whether a copy is still what it was made from: plain data member by member, anything else never. */

/** True when nobody could tell the two apart. */
export function isSame(a: unknown, b: unknown): boolean {
	if (Object.is(a, b)) return true
	if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false
	if (Array.isArray(a)) return Array.isArray(b) && a.length === b.length && a.every((x, i) => isSame(x, b[i]))
	const prototype = Object.getPrototypeOf(a) as object | null
	if (prototype !== Object.getPrototypeOf(b) || !isPlain(prototype)) return false
	const names = Object.keys(a)
	const others = Object.keys(b)
	return (
		names.length === others.length &&
		names.every((name, i) => name === others[i] && isSame(Reflect.get(a, name), Reflect.get(b, name)))
	)
}

/** Objects of another realm (a cell's) have another Object.prototype: the root of any chain will do. */
const isPlain = (prototype: object | null): boolean => prototype === null || Object.getPrototypeOf(prototype) === null
