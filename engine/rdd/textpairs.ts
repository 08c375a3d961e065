/**
 * Pairs of a text and a number outside the heap, as long as nobody reads them: 12 bytes a pair with a key of 7 letters, and
 * nothing for the collector to walk.
 *
 *   ['ab', 1], ['c', 2]     text 'abc'   lengths 2 1   numbers 1 2
 */

import { PairColumns } from './columns.js'

/** Numbers in the smallest kind of array that holds them. */
type Numbers = Int32Array | Float64Array

/** Pairs that are made anew each time they are asked for. */
export class TextPairs {
	readonly length: number
	readonly #text: Buffer
	readonly #encoding: 'latin1' | 'utf16le'
	readonly #lengths: Uint8Array | Uint32Array
	readonly #numbers: Numbers

	private constructor(texts: readonly string[], lengths: Uint32Array, numbers: Numbers) {
		const text = texts.join('')
		this.length = texts.length
		this.#encoding = isNarrow(text) ? 'latin1' : 'utf16le'
		this.#text = Buffer.from(text, this.#encoding)
		this.#lengths = lengths.every((length) => length < 256) ? Uint8Array.from(lengths) : lengths
		this.#numbers = numbers
	}

	/** The pairs; undefined when a key is no text or a value no number. */
	static of({ keys, values }: PairColumns): TextPairs | undefined {
		const lengths = new Uint32Array(keys.length)
		const whole = new Int32Array(keys.length)
		let areWhole = true
		for (let i = 0; i < keys.length; i += 1) {
			const key = keys[i]
			const value = values[i]
			if (typeof key !== 'string' || typeof value !== 'number') return undefined
			lengths[i] = key.length
			whole[i] = value
			if (!Object.is(whole[i], value)) areWhole = false
		}
		return new TextPairs(keys as string[], lengths, areWhole ? whole : Float64Array.from(values as number[]))
	}

	get columns(): PairColumns {
		const text = this.#text.toString(this.#encoding)
		const keys: string[] = Array(this.length)
		let from = 0
		for (let i = 0; i < keys.length; i += 1) {
			const to = from + (this.#lengths[i] as number)
			keys[i] = text.slice(from, to)
			from = to
		}
		return new PairColumns(keys, Array.from(this.#numbers))
	}
	estimateBytes(): number {
		return this.#text.byteLength + this.#lengths.byteLength + this.#numbers.byteLength
	}
}

/** True for a text without a letter above 255. */
function isNarrow(text: string): boolean {
	for (let i = 0; i < text.length; i += 1) if (text.charCodeAt(i) > 255) return false
	return true
}
