/**
 * Keys by value, numbered: a dense id for each, so that what belongs to a key stands in columns beside the table.
 *
 *   'b' ── hash ──▶ slots (hash, id + 1), open addressing ──▶ id 1        keys    [ 'a', 'b', … ]
 *                                                                         a value [  3 ,  1 , … ]   of the owner
 *
 * Text is hashed here, over its char codes: a `Map` hashes and interns every string it is asked for, which takes 195 ns
 * instead of 95 ns for a word that was just split off a line. Keys of other types are numbered by a `KeyMap`. Ids are given in
 * the order in which keys are first met; the id of a deleted key is not given again before `compact`.
 */

import { KeyMap } from './keys.js'

/** What a slot of a deleted key holds, so that a search goes on behind it. */
const deleted = -1
/** Stands in `keys` for a key that was deleted. */
const hole = Symbol('deleted')

/** So many keys are looked up at once by `addAll`: what is read of them stays in the nearest cache. */
const atOnce = 128
const hashes = new Int32Array(atOnce)
const heads = new Int32Array(atOnce)

/** Numbers keys that are equal by value (the equality of `KeyMap`). */
export class KeyTable {
	/** The key of each id; of a deleted id something that is no key. Not to be written. */
	readonly keys: unknown[] = []
	#others: KeyMap<number> | undefined
	/** (hash, id + 1) by turns; 0 as id: free. */
	#slots: Int32Array
	#mask: number
	/** Slots that are not free. */
	#used = 0
	#numDeleted = 0
	/** The id that a key other than text had last: a reduction of all records asks for the same one each time. */
	#lastOther = 0

	/** @param expected about how many keys there will be; only spares growing */
	constructor(expected = 64) {
		const length = 2 ** Math.max(5, Math.ceil(Math.log2(expected * 2)))
		this.#slots = new Int32Array(2 * length)
		this.#mask = length - 1
	}

	/** One more than the greatest id, deleted ones among them: the length that columns need. */
	get length(): number {
		return this.keys.length
	}
	/** How many keys there are. */
	get size(): number {
		return this.keys.length - this.#numDeleted
	}

	/** The id of a key, new when it is not there: then it equals what `length` was before. @throws rdd/key */
	add(key: unknown): number {
		const { keys } = this
		if (typeof key !== 'string') {
			const isSame = keys[this.#lastOther] === key && key !== undefined && (typeof key !== 'object' || key === null)
			if (!isSame) this.#lastOther = this.#addOther(key)
			return this.#lastOther
		}
		let hash = 0
		for (let i = 0; i < key.length; i++) hash = (Math.imul(hash, 31) + key.charCodeAt(i)) | 0
		const slots = this.#slots
		let at = spread(hash) & this.#mask
		for (let held = slots[2 * at + 1] as number; held !== 0; held = slots[2 * at + 1] as number) {
			if (slots[2 * at] === hash && held !== deleted && keys[held - 1] === key) return held - 1
			at = (at + 1) & this.#mask
		}
		if (2 * this.#used > this.#mask) {
			this.#rebuild()
			this.#place(hash, keys.push(key))
			return keys.length - 1
		}
		slots[2 * at] = hash
		slots[2 * at + 1] = keys.push(key)
		this.#used++
		return keys.length - 1
	}

	/**
	 * The ids of many keys in `ids`, as `add` gives them, in half the time where the table is larger than the caches of
	 * the processor: each step of a look-up waits for memory then, and here the waits of many keys overlap.
	 */
	addAll(keys: readonly unknown[], ids: Int32Array): void {
		for (let from = 0; from < keys.length; from += atOnce) {
			const to = Math.min(keys.length, from + atOnce)
			this.#approach(keys, from, to)
			for (let i = from; i < to; i++) {
				const key = keys[i]
				const id = typeof key === 'string' ? this.#findHashed(key, hashes[i - from] as number) : -1
				ids[i] = id >= 0 ? id : this.add(key)
			}
		}
	}
	/** Hashes keys, and reads what the search for them will read. */
	#approach(keys: readonly unknown[], from: number, to: number): number {
		const slots = this.#slots
		const mask = this.#mask
		for (let i = from; i < to; i++) {
			const key = keys[i]
			if (typeof key !== 'string') continue
			const hash = hashText(key)
			hashes[i - from] = hash
			heads[i - from] = slots[2 * (spread(hash) & mask) + 1] as number
		}
		const held = this.keys
		let seen = 0
		for (let i = 0; i < to - from; i++) {
			const head = heads[i] as number
			const key = head > 0 && head <= held.length ? held[head - 1] : undefined
			if (typeof key === 'string') seen += key.length
		}
		return seen
	}
	#findHashed(key: string, hash: number): number {
		const slots = this.#slots
		let at = spread(hash) & this.#mask
		for (let held = slots[2 * at + 1] as number; held !== 0; held = slots[2 * at + 1] as number) {
			if (slots[2 * at] === hash && held !== deleted && this.keys[held - 1] === key) return held - 1
			at = (at + 1) & this.#mask
		}
		return -1
	}

	/** The id of a key; -1 when it is not there. */
	find(key: unknown): number {
		if (typeof key !== 'string') return this.#others?.get(key) ?? -1
		const at = this.#slotOf(key)
		return at < 0 ? -1 : (this.#slots[2 * at + 1] as number) - 1
	}

	/** Takes a key out; its id stays unused. */
	delete(id: number): void {
		if (!this.holds(id)) return
		const key = this.keys[id]
		if (typeof key === 'string') this.#slots[2 * this.#slotOf(key) + 1] = deleted
		else this.#others?.delete(key)
		this.keys[id] = hole
		this.#numDeleted++
	}

	/** True when the id is that of a key that is there. */
	holds(id: number): boolean {
		return id >= 0 && id < this.keys.length && this.keys[id] !== hole
	}

	/**
	 * Gives ids anew, in the same order and without gaps, when more than half of them are unused; `move` is told each
	 * id that changes, lowest first, so the owner can move its columns in place and then cut them to `length`.
	 */
	compact(move: (from: number, to: number) => void): boolean {
		if (this.#numDeleted < 1_024 || 2 * this.#numDeleted < this.keys.length) return false
		const { keys } = this
		let to = 0
		for (let from = 0; from < keys.length; from++) {
			const key = keys[from]
			if (key === hole) continue
			if (from !== to) {
				keys[to] = key
				if (typeof key !== 'string') this.#others?.set(key, to)
				move(from, to)
			}
			to++
		}
		keys.length = to
		this.#numDeleted = 0
		this.#allot(to)
		keys.forEach((key, id) => {
			if (typeof key === 'string') this.#place(hashText(key), id + 1)
		})
		return true
	}

	#slotOf(key: string): number {
		const slots = this.#slots
		const hash = hashText(key)
		let at = spread(hash) & this.#mask
		for (let held = slots[2 * at + 1] as number; held !== 0; held = slots[2 * at + 1] as number) {
			if (slots[2 * at] === hash && held !== deleted && this.keys[held - 1] === key) return at
			at = (at + 1) & this.#mask
		}
		return -1
	}

	#freeSlot(hash: number): number {
		let at = spread(hash) & this.#mask
		while (this.#slots[2 * at + 1] !== 0) at = (at + 1) & this.#mask
		return at
	}

	/** Room for twice as many as there are texts now; slots of deleted keys become free. */
	#rebuild(): void {
		const before = this.#slots
		let numTexts = 0
		for (let at = 1; at < before.length; at += 2) if ((before[at] as number) > 0) numTexts++
		this.#allot(numTexts)
		for (let at = 1; at < before.length; at += 2) {
			const held = before[at] as number
			if (held > 0) this.#place(before[at - 1] as number, held)
		}
	}

	#allot(numTexts: number): void {
		const length = 2 ** Math.max(5, Math.ceil(Math.log2((numTexts + 1) * 4)))
		this.#slots = new Int32Array(2 * length)
		this.#mask = length - 1
		this.#used = 0
	}

	#place(hash: number, held: number): void {
		const at = this.#freeSlot(hash)
		this.#slots[2 * at] = hash
		this.#slots[2 * at + 1] = held
		this.#used++
	}

	#addOther(key: unknown): number {
		this.#others ??= new KeyMap()
		const id = this.#others.get(key)
		if (id !== undefined) return id
		this.#others.set(key, this.keys.length)
		// As a Map: zero has no sign.
		return this.keys.push(Object.is(key, -0) ? 0 : key) - 1
	}
}

/** The JVM's hash code of a text, as partitioners take it. */
function hashText(text: string): number {
	let hash = 0
	for (let i = 0; i < text.length; i++) hash = (Math.imul(hash, 31) + text.charCodeAt(i)) | 0
	return hash
}

/** Keys that end in a number differ in few bits of the JVM's hash code: without this they stand in long rows. */
const spread = (hash: number): number => {
	const h = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d)
	return h ^ (h >>> 13)
}
