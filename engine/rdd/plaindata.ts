/**
 * Records as plain data and back: what structured clone carries is kept, cycles and shared references included, and
 * instances of this engine go as marks.
 *
 * A record that is a tree of plain data stays itself (`isTree`). Any other is copied with each object once, so that what
 * was one object is one again: a cycle, bytes under two views, a mark within.
 */

import { types } from 'node:util'
import { StreamError } from '../base/errors.js'
import { plainMark, savedKinds, savedMarks, viewMark } from './savedkinds.js'

/** V8 reads what is nested by recursion: what is deeper could be written and never read. */
const maxDepth = 500
/** A tree is looked through so far without a note of what was seen. */
const treeDepth = 32
const treeSize = 100_000

/** The record itself or a copy that can be cloned. @throws rdd/unsupported for what would not come back as it is */
export function packed(record: unknown): unknown {
	return isTree(record, 0, { left: treeSize, buffers: undefined }) ? record : new Packing().pack(record, 0)
}

/** What a look at a record has met. */
interface Met {
	/** How many objects may still come. */
	left: number
	buffers: Set<unknown> | undefined
}

/** True when a clone of it is as good as it, as far as can be seen at little cost. */
function isTree(value: unknown, depth: number, met: Met): boolean {
	if (typeof value !== 'object') return typeof value !== 'function' && typeof value !== 'symbol'
	if (value === null) return true
	met.left -= 1
	if (depth > treeDepth || met.left < 0) return false
	if (Array.isArray(value)) {
		// An array of this length with holes is better gone through by its names.
		if (value.length > treeSize && isSparse(value)) return false
		for (let i = 0; i < value.length; i += 1) if (!isTree(value[i], depth + 1, met)) return false
		return true
	}
	const prototype = Object.getPrototypeOf(value) as object | null
	// Objects of another realm (a cell's) have another Object.prototype: the root of any chain will do.
	if (prototype === null || Object.getPrototypeOf(prototype) === null) {
		const names = Object.keys(value)
		if (names.length === 1 && savedMarks.includes(names[0] as string)) return false
		for (const name of names) if (!isTree(Reflect.get(value, name), depth + 1, met)) return false
		return true
	}
	if (types.isMap(value)) {
		for (const [k, v] of value) if (!isTree(k, depth + 1, met) || !isTree(v, depth + 1, met)) return false
		return true
	}
	if (types.isSet(value)) {
		for (const member of value) if (!isTree(member, depth + 1, met)) return false
		return true
	}
	return isLeaf(value) && !(isBytes(value) && isMet(value, met))
}

const isSparse = (array: readonly unknown[]): boolean => Object.keys(array).length < array.length

/** True when the same bytes came before. */
function isMet(bytes: ArrayBufferView | ArrayBufferLike, met: Met): boolean {
	const buffer = ArrayBuffer.isView(bytes) ? bytes.buffer : bytes
	met.buffers ??= new Set()
	const { size } = met.buffers
	return met.buffers.add(buffer).size === size
}
const isBytes = (value: object): value is ArrayBufferView | ArrayBufferLike =>
	ArrayBuffer.isView(value) ? !Buffer.isBuffer(value) : types.isAnyArrayBuffer(value)

/** Instances that a clone gives back as what they are, and that hold no others. */
const isLeaf = (value: object): boolean =>
	types.isDate(value) ||
	types.isRegExp(value) ||
	ArrayBuffer.isView(value) ||
	types.isArrayBuffer(value) ||
	(types.isBoxedPrimitive(value) && !types.isSymbolObject(value)) ||
	(types.isNativeError(value) && typeof value.cause !== 'object' && typeof value.cause !== 'function')

/** One copy of a record, each object of it once. */
class Packing {
	readonly #made = new Map<object, object>()
	/** The names on the way to what is packed now. */
	readonly #path: (string | number)[] = []
	/** The errors whose causes are packed now. */
	readonly #causing = new Set<object>()

	pack(value: unknown, depth: number): unknown {
		if (typeof value === 'function' || typeof value === 'symbol') throw this.#unsaved(`a ${typeof value}`)
		if (typeof value !== 'object' || value === null) return value
		if (depth > maxDepth) throw unsaved(`a record that is nested more than ${maxDepth} deep`)
		const made = this.#made.get(value)
		if (made === undefined) return this.#packObject(value, depth)
		if (this.#causing.has(value)) throw this.#unsaved('an error that is a cause of itself')
		return made
	}

	#packObject(value: object, depth: number): object {
		if (Array.isArray(value)) {
			const out = this.#packNames(value, this.#keep<unknown[]>(value, []), depth)
			out.length = value.length
			return out
		}
		const kind = savedKinds.find(({ is }) => value instanceof is)
		if (kind !== undefined) {
			const out = this.#keep<Record<string, unknown>>(value, {})
			out[kind.mark] = this.pack(kind.take(value), depth + 1)
			return out
		}
		if (types.isMap(value)) {
			const out = this.#keep(value, new Map())
			for (const [k, v] of value) out.set(this.pack(k, depth + 1), this.pack(v, depth + 1))
			return out
		}
		if (types.isSet(value)) {
			const out = this.#keep(value, new Set())
			for (const member of value) out.add(this.pack(member, depth + 1))
			return out
		}
		if (types.isNativeError(value)) return this.#packError(value, depth)
		if (ArrayBuffer.isView(value)) return this.#packView(value)
		if (isLeaf(value)) return value
		const prototype = Object.getPrototypeOf(value) as object | null
		if (prototype !== null && Object.getPrototypeOf(prototype) !== null) {
			throw this.#unsaved(`an instance of ${nameOf(prototype)}`)
		}
		return this.#packPlain(value, depth)
	}

	#packPlain(value: object, depth: number): object {
		const names = Object.keys(value)
		const out = this.#keep<Record<string, unknown>>(value, {})
		if (names.length !== 1 || !savedMarks.includes(names[0] as string)) return this.#packNames(value, out, depth)
		out[plainMark] = Object.entries(value).map(([name, member]) => [name, this.pack(member, depth + 3)])
		return out
	}
	#packNames<O extends object>(value: object, out: O, depth: number): O {
		for (const name of Object.keys(value)) {
			this.#path.push(name)
			put(out, name, this.pack(Reflect.get(value, name), depth + 1))
			this.#path.pop()
		}
		return out
	}
	#packError(error: Error, depth: number): Error {
		const { cause } = error
		if (typeof cause !== 'object' || cause === null) {
			this.pack(cause, depth + 1)
			return error
		}
		const copy = this.#keep(error, new (constructors.get(error.name) ?? Error)(error.message))
		for (const name of ['name', 'stack'] as const) {
			Object.defineProperty(copy, name, { value: error[name], configurable: true, writable: true })
		}
		this.#causing.add(error)
		this.#path.push('cause')
		copy.cause = this.pack(cause, depth + 1)
		this.#path.pop()
		this.#causing.delete(error)
		return copy
	}
	#packView(view: ArrayBufferView): object {
		// A small Buffer lies on a store of all; bytes that threads share cannot be cloned as such, their copy can.
		if (Buffer.isBuffer(view) || !types.isArrayBuffer(view.buffer)) return view
		const { buffer, byteOffset, byteLength } = view
		const length = 'length' in view ? view.length : byteLength
		return this.#keep(view, { [viewMark]: [tagOf(view), buffer, byteOffset, length] })
	}

	#keep<O extends object>(value: object, made: O): O {
		this.#made.set(value, made)
		return made
	}
	#unsaved(what: string): StreamError {
		return unsaved(this.#path.length === 0 ? what : `${what} at ${this.#path.join('.')}`)
	}
}

const constructors = new Map(
	[Error, EvalError, RangeError, ReferenceError, SyntaxError, TypeError, URIError].map((one) => [one.name, one]),
)
const tagOf = (value: object): string => Object.prototype.toString.call(value).slice('[object '.length, -1)
const nameOf = (prototype: object): string => {
	const made: unknown = Reflect.get(prototype, 'constructor')
	return typeof made === 'function' && made.name !== '' ? made.name : 'a class without a name'
}

/** Also a member that is called `__proto__`. */
function put(out: object, name: string, value: unknown): void {
	if (name === '__proto__') {
		Object.defineProperty(out, name, { value, configurable: true, enumerable: true, writable: true })
	} else Reflect.set(out, name, value)
}

/** What `packed` gave, cloned, as it was before; in place, so that cycles and shared references stay. */
export function unpacked(record: unknown): unknown {
	return unpack(record, new Map())
}

function unpack(value: unknown, made: Map<object, unknown>): unknown {
	if (typeof value !== 'object' || value === null) return value
	if (made.has(value)) return made.get(value)
	made.set(value, value)
	if (types.isMap(value)) {
		const entries = [...value]
		value.clear()
		for (const [k, v] of entries) value.set(unpack(k, made), unpack(v, made))
		return value
	}
	if (types.isSet(value)) {
		const members = [...value]
		value.clear()
		for (const member of members) value.add(unpack(member, made))
		return value
	}
	if (types.isNativeError(value)) {
		if (typeof value.cause === 'object') value.cause = unpack(value.cause, made)
		return value
	}
	if (!Array.isArray(value) && Object.getPrototypeOf(value) !== Object.prototype) return value
	const names = Object.keys(value)
	const [only] = names
	if (names.length === 1 && only !== undefined && savedMarks.includes(only) && !Array.isArray(value)) {
		return unpackMark(value, only, made)
	}
	for (const name of names) {
		const member: unknown = Reflect.get(value, name)
		if (typeof member === 'object') put(value, name, unpack(member, made))
	}
	return value
}

function unpackMark(value: object, mark: string, made: Map<object, unknown>): unknown {
	const content: unknown = Reflect.get(value, mark)
	if (mark === plainMark) {
		Reflect.deleteProperty(value, mark)
		for (const [name, member] of content as [string, unknown][]) put(value, name, unpack(member, made))
		return value
	}
	if (mark === viewMark) {
		const [tag, buffer, offset, length] = content as [string, ArrayBuffer, number, number]
		const View = Reflect.get(globalThis, tag) as Uint8ArrayConstructor
		const view = new View(buffer, offset, length)
		made.set(value, view)
		return view
	}
	const kind = savedKinds.find((one) => one.mark === mark)
	const begun = kind?.begin?.()
	if (begun !== undefined) made.set(value, begun)
	const instance = kind?.make(unpack(content, made), begun)
	made.set(value, instance)
	return instance
}

function unsaved(what: string): StreamError {
	return new StreamError('rdd/unsupported', `${what} cannot be written as bytes`, {
		remedy: 'use plain data: numbers, texts, arrays, objects, dates',
	})
}
