/**
 * Keys by value: their JVM hash codes, their equality, and a map that holds them.
 *
 * Equal are: primitives as in a Map (NaN equals NaN, -0 equals 0), dates, byte arrays, arrays and plain objects of these
 * with equal members, and objects whose `equals` says so. Sources: java.lang hash codes, Scala 2.12's
 * `MurmurHash3.productHash` for tuples.
 */

import { StreamError } from '../base/errors.js'

/** An object that says itself what it equals. */
interface OwnEquality {
	equals(that: unknown): boolean
	hashCode(): number
}

const bits = new DataView(new ArrayBuffer(8))

/**
 * The JVM's hash code of a key, 32 bits signed.
 * @throws rdd/key for a key without value equality
 */
export function hashKey(key: unknown): number {
	switch (typeof key) {
		case 'string':
			return hashString(key)
		case 'number':
			return hashNumber(key)
		case 'boolean':
			return key ? 1231 : 1237
		case 'bigint':
			return hashLong(key)
		case 'undefined':
			return 0
		case 'object':
			return key === null ? 0 : hashObject(key)
		default:
			throw noEquality(key)
	}
}

function hashString(text: string): number {
	let h = 0
	for (let i = 0; i < text.length; i++) h = (Math.imul(h, 31) + text.charCodeAt(i)) | 0
	return h
}

/** Whole numbers as Int or Long, others as Double. */
function hashNumber(n: number): number {
	if ((n | 0) === n) return n | 0
	return Number.isSafeInteger(n) ? hashLong(BigInt(n)) : hashDouble(n)
}

function hashLong(n: bigint): number {
	bits.setBigInt64(0, BigInt.asIntN(64, n))
	return bits.getInt32(0) ^ bits.getInt32(4)
}

function hashDouble(n: number): number {
	bits.setFloat64(0, n)
	return bits.getInt32(0) ^ bits.getInt32(4)
}

function hashObject(key: object): number {
	if (Array.isArray(key)) {
		let h = 0xcafebabe | 0
		for (const member of key) h = mix(h, hashMember(member))
		return avalanche(h ^ key.length)
	}
	if (key instanceof Date) return hashLong(BigInt(key.getTime() || 0))
	if (key instanceof Uint8Array) return key.reduce((h, byte) => (Math.imul(h, 31) + ((byte << 24) >> 24)) | 0, 1)
	if (hasOwnEquality(key)) return key.hashCode() | 0
	if (!isPlain(key)) throw noEquality(key)
	let h = 0
	for (const [name, value] of Object.entries(key)) h = (h + (hashString(name) ^ hashMember(value))) | 0
	return h
}

/** Scala's `##`: numbers of equal value hash alike whatever their type. */
function hashMember(member: unknown): number {
	if (typeof member === 'bigint') {
		return BigInt.asIntN(32, member) === member ? Number(member) : hashLong(member)
	}
	if (typeof member === 'number' && !Number.isSafeInteger(member) && Math.fround(member) === member) {
		bits.setFloat32(0, member)
		return bits.getInt32(0)
	}
	return hashKey(member)
}

function mix(hash: number, data: number): number {
	let k = Math.imul(data, 0xcc9e2d51)
	k = (k << 15) | (k >>> 17)
	let h = hash ^ Math.imul(k, 0x1b873593)
	h = (h << 13) | (h >>> 19)
	return (Math.imul(h, 5) + 0xe6546b64) | 0
}

function avalanche(hash: number): number {
	let h = hash ^ (hash >>> 16)
	h = Math.imul(h, 0x85ebca6b)
	h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
	return h ^ (h >>> 16)
}

/** True when both are the same key. */
export function keyEquals(a: unknown, b: unknown): boolean {
	if (a === b) return true
	if (typeof a === 'number' && typeof b === 'number') return Number.isNaN(a) && Number.isNaN(b)
	if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false
	if (Array.isArray(a)) {
		return Array.isArray(b) && a.length === b.length && a.every((member, i) => keyEquals(member, b[i]))
	}
	if (a instanceof Date) return b instanceof Date && keyEquals(a.getTime(), b.getTime())
	if (a instanceof Uint8Array) {
		return b instanceof Uint8Array && a.length === b.length && a.every((byte, i) => byte === b[i])
	}
	if (hasOwnEquality(a)) return a.equals(b)
	if (!isPlain(a) || !isPlain(b)) return false
	const names = Object.keys(a)
	return (
		names.length === Object.keys(b).length &&
		names.every((name) => Object.hasOwn(b, name) && keyEquals(Reflect.get(a, name), Reflect.get(b, name)))
	)
}

const hasOwnEquality = (key: object): key is OwnEquality =>
	typeof Reflect.get(key, 'equals') === 'function' && typeof Reflect.get(key, 'hashCode') === 'function'

function isPlain(key: object): boolean {
	const prototype = Object.getPrototypeOf(key)
	// Objects of another realm (a cell's own global) have another Object.prototype: the root of any chain will do.
	return prototype === null || Object.getPrototypeOf(prototype) === null
}

function noEquality(key: unknown): StreamError {
	const what =
		typeof key === 'function'
			? `a function${key.name === '' ? '' : ` (${key.name})`}`
			: typeof key === 'symbol'
				? String(key)
				: `an instance of ${(key as object).constructor.name}`
	return new StreamError('rdd/key', `${what} is used as a key, but has no equality by value`, {
		remedy: 'use a string, a number, an array or a plain object of these, or give the class equals and hashCode',
	})
}

/** Stands for no key at all; undefined is a key. */
const absent = Symbol('absent')

/** A map whose keys are equal by value. Iterates in the order in which keys were first set. */
export class KeyMap<V> {
	/** Primitive keys stand for themselves, others for the first equal one that was set. */
	readonly #entries: Map<unknown, V>
	#buckets: Map<number, unknown[]> | undefined

	constructor(entries?: Iterable<readonly [unknown, V]>) {
		this.#entries = new Map()
		if (entries !== undefined) for (const [key, value] of entries) this.set(key, value)
	}

	get size(): number {
		return this.#entries.size
	}
	get(key: unknown): V | undefined {
		return typeof key === 'object' && key !== null ? this.#entries.get(this.#held(key)) : this.#entries.get(key)
	}
	has(key: unknown): boolean {
		return this.#entries.has(typeof key === 'object' && key !== null ? this.#held(key) : key)
	}
	/** @throws rdd/key for a key without value equality */
	set(key: unknown, value: V): this {
		if (typeof key === 'object' && key !== null) {
			const held = this.#held(key)
			this.#entries.set(held === absent ? this.#hold(key) : held, value)
		} else if (typeof key === 'function' || typeof key === 'symbol') throw noEquality(key)
		else this.#entries.set(key, value)
		return this
	}
	delete(key: unknown): boolean {
		if (typeof key !== 'object' || key === null) return this.#entries.delete(key)
		const held = this.#held(key)
		if (held === absent) return false
		const bucket = this.#buckets?.get(hashKey(key)) as unknown[]
		bucket.splice(bucket.indexOf(held), 1)
		return this.#entries.delete(held)
	}
	keys(): IterableIterator<unknown> {
		return this.#entries.keys()
	}
	values(): IterableIterator<V> {
		return this.#entries.values()
	}
	entries(): IterableIterator<[unknown, V]> {
		return this.#entries.entries()
	}
	[Symbol.iterator](): IterableIterator<[unknown, V]> {
		return this.#entries.entries()
	}
	/** Another map with the same entries. */
	copy(): KeyMap<V> {
		return new KeyMap<V>(this.#entries)
	}

	#held(key: object): unknown {
		const bucket = this.#buckets?.get(hashKey(key))
		return bucket?.find((other) => keyEquals(other, key)) ?? absent
	}
	#hold(key: object): object {
		const hash = hashKey(key)
		this.#buckets ??= new Map()
		const bucket = this.#buckets.get(hash)
		if (bucket === undefined) this.#buckets.set(hash, [key])
		else bucket.push(key)
		return key
	}
}
