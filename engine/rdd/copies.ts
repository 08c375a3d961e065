/**
 * Copies of what a function of the program may change and keep: a zero, the state before a batch, a window's value.
 *
 * What was remembered for a batch stays as it was, so a batch that fails, or is computed again, begins from the right
 * values. Spark gets the same by storing such RDDs as bytes.
 *
 *   primitives, functions                itself
 *   arrays, maps, sets, dates, bytes     a deep copy, cycles and shared references kept, and what an array has by name
 *   plain objects                        a deep copy of their fields
 *   an object with `copy()`              what that gives
 *   instances made of plain fields       a deep copy of the fields, same class
 *   instances with private fields (#x)   itself: nobody outside can copy them; give the class a `copy` method
 */

import { inspect } from 'node:util'

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
	if (Array.isArray(value)) return copiedArray(value, made)
	if (ArrayBuffer.isView(value)) return kept(made, value, copiedBytes(value, made))
	const { copy } = value as { readonly copy?: unknown }
	if (typeof copy === 'function') return kept(made, value, copy.call(value) as object)
	return copiedObject(value, made)
}

function kept<O extends object>(made: Map<object, object>, value: object, copy: O): O {
	made.set(value, copy)
	return copy
}

/** Holes stay holes, and what has a name keeps it. */
function copiedArray(value: readonly unknown[], made: Map<object, object>): unknown[] {
	const isDense = Object.getPrototypeOf(value) === Array.prototype && value.length <= mostDense
	const out = kept<unknown[]>(made, value, isDense ? Array.prototype.slice.call(value) : [])
	if (isDense) {
		for (let i = 0; i < out.length; i += 1) {
			const member = out[i]
			if (typeof member === 'object' && member !== null) out[i] = copied(member, made)
		}
		if (!hasNames(value)) return out
	}
	for (const name of Object.keys(value)) setField(out, name, copied(Reflect.get(value, name), made))
	out.length = value.length
	return out
}
/** A longer array may be nothing but holes. */
const mostDense = 1_000_000

/** True for an array with members that have a name, as what `match` gives. */
function hasNames(value: readonly unknown[]): boolean {
	const { length } = value
	// All names are a text for each member: of a longer array Node's own look, which passes them over, takes less time.
	if (length > mostListed) return inspect(value, withoutMembers) !== `[ ... ${length} more items ]`
	const last = Object.keys(value).at(-1)
	return last !== undefined && String(Number(last) >>> 0) !== last
}
const mostListed = 64
const withoutMembers = { maxArrayLength: 0, depth: 0, customInspect: false }

function copiedObject(value: object, made: Map<object, object>): object {
	const prototype = Object.getPrototypeOf(value) as object | null
	if (prototype !== null && isDirectlyBelowRoot(prototype)) {
		// By tag and own constructor: the value may come from another realm.
		switch (Object.prototype.toString.call(value)) {
			case '[object Date]':
				return kept(made, value, new (prototype.constructor as DateConstructor)(value as Date))
			case '[object ArrayBuffer]':
				return kept(made, value, (value as ArrayBuffer).slice(0))
			case '[object Map]': {
				const out = kept(made, value, new (prototype.constructor as MapConstructor)())
				for (const [k, v] of value as Map<unknown, unknown>) out.set(copied(k, made), copied(v, made))
				return out
			}
			case '[object Set]': {
				const out = kept(made, value, new (prototype.constructor as SetConstructor)())
				for (const member of value as Set<unknown>) out.add(copied(member, made))
				return out
			}
		}
	}
	if (!isMadeOfFields(prototype)) return value
	const out = kept(made, value, Object.create(prototype) as Record<string, unknown>)
	for (const [name, member] of Object.entries(value)) setField(out, name, copied(member, made))
	return out
}

function setField(out: object, name: string, value: unknown): void {
	// An assignment to it would change the prototype.
	if (name === '__proto__') Object.defineProperty(out, name, { ...ownField, value })
	else (out as Record<string, unknown>)[name] = value
}

const ownField = { configurable: true, enumerable: true, writable: true }

/** `slice` of every kind of typed array. */
const typedSlice = Uint8Array.prototype.slice as (this: ArrayBufferView) => object

/** A copy of the bytes of a view; of views that lie on the same bytes, and make up half of them at least, on one copy. */
function copiedBytes(value: ArrayBufferView, made: Map<object, object>): object {
	const { buffer, byteOffset, byteLength } = value
	if (Buffer.isBuffer(value) || buffer.byteLength > 2 * byteLength) {
		// Not the method of the value itself: a Buffer's `slice` gives a view of the same bytes.
		return value instanceof DataView
			? new DataView(buffer.slice(byteOffset, byteOffset + byteLength))
			: typedSlice.call(value)
	}
	const bytes = made.get(buffer) ?? kept(made, buffer, buffer.slice(0))
	const View = value.constructor as Uint8ArrayConstructor
	return new View(bytes as ArrayBuffer, byteOffset, 'length' in value ? (value.length as number) : byteLength)
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
