/** Whether a copy is still what it was made from: plain data member by member, anything else never. */

/** More objects than that are not compared: they may hold each other. */
const mostObjects = 10_000
const maxDepth = 500

/** True when nobody could tell the two apart; false also where that takes too long to find out. */
export function isSame(a: unknown, b: unknown): boolean {
	return Object.is(a, b) || isAlike(a, b, { left: mostObjects }, 0)
}

function isAlike(a: unknown, b: unknown, objects: { left: number }, depth: number): boolean {
	if (Object.is(a, b)) return true
	if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false
	objects.left -= 1
	if (objects.left < 0 || depth > maxDepth) return false
	if (Array.isArray(a) || Array.isArray(b)) {
		if (!Array.isArray(a) || !Array.isArray(b) || a.length !== b.length) return false
		// It may be nothing but holes.
		if (a.length > 100 * mostObjects) return false
		for (let i = 0; i < a.length; i += 1) {
			if (a[i] === undefined && i in a !== i in b) return false
			if (!isAlike(a[i], b[i], objects, depth + 1)) return false
		}
		return true
	}
	const prototype = Object.getPrototypeOf(a) as object | null
	if (prototype !== Object.getPrototypeOf(b) || !isPlain(prototype)) return false
	const names = Object.keys(a)
	const others = Object.keys(b)
	return (
		names.length === others.length &&
		names.every(
			(name, i) => name === others[i] && isAlike(Reflect.get(a, name), Reflect.get(b, name), objects, depth + 1),
		)
	)
}

/** Objects of another realm (a cell's) have another Object.prototype: the root of any chain will do. */
const isPlain = (prototype: object | null): boolean => prototype === null || Object.getPrototypeOf(prototype) === null
