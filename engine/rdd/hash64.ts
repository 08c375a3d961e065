/**
 * A hash of 64 well mixed bits of any key, by value: equal keys (`keyEquals`) hash alike.
 *
 * Two 32-bit lanes, each fed every word of the key by a multiplication of its own, then mixed as MurmurHash3 ends.
 * Objects with `equals` and `hashCode` give the 32 bits that they have.
 */

import { hashKey } from './keys.js'

/** The upper and the lower half, each 32 bits unsigned. */
export interface Hash64 {
	readonly high: number
	readonly low: number
}

const bits = new DataView(new ArrayBuffer(8))

function finish(lane: number): number {
	let h = lane
	h = Math.imul(h ^ (h >>> 16), 0x85ebca6b)
	h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
	return (h ^ (h >>> 16)) >>> 0
}

class Lanes {
	#a = 0x1b873593
	#b = 0x2545f491

	word(word: number): void {
		this.#a = Math.imul(this.#a ^ word, 0xcc9e2d51)
		this.#a = ((this.#a << 15) | (this.#a >>> 17)) + 0x38b34ae5
		this.#b = Math.imul(this.#b ^ word, 0x9e3779b1)
		this.#b = ((this.#b << 13) | (this.#b >>> 19)) + 0x7feb352d
	}
	text(text: string): void {
		for (let i = 0; i < text.length; i++) this.word(text.charCodeAt(i))
		this.word(text.length)
	}
	number(n: number): void {
		// -0 is 0, and there is one NaN.
		bits.setFloat64(0, n === 0 ? 0 : Number.isNaN(n) ? Number.NaN : n)
		this.word(bits.getInt32(0))
		this.word(bits.getInt32(4))
	}
	value(): Hash64 {
		const [high, low] = [finish(this.#a ^ (this.#b >>> 7)), finish(this.#b ^ Math.imul(this.#a, 0x27d4eb2f))]
		return { high, low }
	}
}

/** Each sort of key begins with a word of its own. */
const sorts = { string: 1, number: 2, bigint: 3, array: 4, bytes: 5, date: 6, object: 7, other: 8 } as const

function feed(lanes: Lanes, key: unknown): void {
	if (typeof key === 'string') {
		lanes.word(sorts.string)
		lanes.text(key)
	} else if (typeof key === 'number') {
		lanes.word(sorts.number)
		lanes.number(key)
	} else if (typeof key === 'bigint') {
		lanes.word(sorts.bigint)
		lanes.text(key.toString(36))
	} else if (typeof key !== 'object' || key === null) {
		lanes.word(sorts.other)
		lanes.text(key === undefined || key === null ? String(key) : typeof key)
		lanes.word(hashKey(key))
	} else feedObject(lanes, key)
}

function feedObject(lanes: Lanes, key: object): void {
	if (Array.isArray(key)) {
		lanes.word(sorts.array)
		for (const member of key) feed(lanes, member)
		lanes.word(key.length)
	} else if (key instanceof Date) {
		lanes.word(sorts.date)
		lanes.number(key.getTime())
	} else if (key instanceof Uint8Array) {
		lanes.word(sorts.bytes)
		for (const byte of key) lanes.word(byte)
		lanes.word(key.length)
	} else {
		lanes.word(sorts.object)
		// Refuses what has no equality by value.
		const own = hashKey(key)
		if (typeof Reflect.get(key, 'equals') === 'function' && typeof Reflect.get(key, 'hashCode') === 'function') {
			lanes.word(own)
			return
		}
		for (const name of Object.keys(key).sort()) {
			lanes.text(name)
			feed(lanes, Reflect.get(key, name))
		}
	}
}

/** The hash of a key. @throws rdd/key for a key without value equality */
export function hash64(key: unknown): Hash64 {
	const lanes = new Lanes()
	feed(lanes, key)
	return lanes.value()
}
