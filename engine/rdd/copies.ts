/**
 * Copies of what a function of the program may change and keep: a zero, the state before a batch, a window's value.
 *
 * What was remembered for a batch stays as it was, so a batch that fails, or is computed again, begins from the right
 * values. Spark gets the same by storing such RDDs as bytes.
 *
 *   primitives, functions                itself
 *   arrays, maps, sets, dates, bytes     a deep copy, cycles kept
 *   plain objects                        a deep copy of their fields
 *   an object with `copy()`              what that gives
 *   instances made of plain fields       a deep copy of the fields, same class
 *   instances with private fields (#x)   itself: nobody outside can copy them; give the class a `copy` method
 */

/** A copy of `value` that a function may change. */
export function copyOf<S>(value: S): S {
	return typeof value === 'object' && value !== null ? (copied(value, new Map()) as S) : value
}

/** The values reduced from the left by `f`, which may change and return its first argument. */
export function fold(f: (a: unknown, b: unknown) => unknown, values: readonly unknown[]): unknown {
	return values.length === 1 ? values[0] : values.slice(1).reduce(f, copyOf(values[0]))
}

function copied(value: unknown, made: Map<object, object>): unknown {
	if (typeof value !== 'object' || value === null) return value
	const before = made.get(value)
	if (before !== undefined) return before
	if (ArrayBuffer.isView(value)) return copiedBytes(value)
	const { copy } = value as { readonly copy?: unknown }
	if (typeof copy === 'function') return copy.call(value)
	return Array.isArray(value) ? copiedArray(value, made) : copiedObject(value, made)
}

function copiedArray(value: readonly unknown[], made: Map<object, object>): unknown[] {
	const out: unknown[] = []
	made.set(value, out)
	for (const member of value) out.push(copied(member, made))
	return out
}

function copiedObject(value: object, made: Map<object, object>): object {
	const prototype = Object.getPrototypeOf(value) as object | null
	if (prototype !== null && isDirectlyBelowRoot(prototype)) {
		// By tag and own constructor: the value may come from another realm.
		switch (Object.prototype.toString.call(value)) {
			case '[object Date]':
				return new (prototype.constructor as DateConstructor)(value as Date)
			case '[object Map]': {
				const out = new (prototype.constructor as MapConstructor)()
				made.set(value, out)
				for (const [k, v] of value as Map<unknown, unknown>) out.set(copied(k, made), copied(v, made))
				return out
			}
			case '[object Set]': {
				const out = new (prototype.constructor as SetConstructor)()
				made.set(value, out)
				for (const member of value as Set<unknown>) out.add(copied(member, made))
				return out
			}
		}
	}
	if (!isMadeOfFields(prototype)) return value
	const out = Object.create(prototype) as Record<string, unknown>
	made.set(value, out)
	for (const [name, member] of Object.entries(value)) out[name] = copied(member, made)
	return out
}

/** `slice` of every kind of typed array. */
const typedSlice = Uint8Array.prototype.slice as (this: ArrayBufferView) => object

function copiedBytes(value: ArrayBufferView): object {
	if (value instanceof DataView) {
		return new DataView(value.buffer.slice(value.byteOffset, value.byteOffset + value.byteLength))
	}
	// Not the method of the value itself: a Buffer's `slice` gives a view of the same bytes.
	return typedSlice.call(value)
}

/** True for the prototypes of the language's own collections, whose own prototype is the root of all. */
function isDirectlyBelowRoot(prototype: object): boolean {
	const above = Object.getPrototypeOf(prototype) as object | null
	return above !== null && Object.getPrototypeOf(above) === null
}

const knownPrototypes = new WeakMap<object, boolean>()

/** True when everything that an instance holds is in its own enumerable fields. */
function isMadeOfFields(prototype: object | null): boolean {
	if (prototype === null) return true
	const above = Object.getPrototypeOf(prototype) as object | null
	if (above === null) return true
	const known = knownPrototypes.get(prototype)
	if (known !== undefined) return known
	const source =
		typeof prototype.constructor === 'function' ? Function.prototype.toString.call(prototype.constructor) : '#'
	const holds = !source.includes('#') && !source.includes('[native code]') && isMadeOfFields(above)
	knownPrototypes.set(prototype, holds)
	return holds
}
