/** Bytes read one after another: the numbers and texts of Java's and Hadoop's binary formats, big-endian. */

import { StreamError } from '../base/errors.js'

export class ByteReader {
	readonly bytes: Buffer
	position: number
	readonly #end: number
	readonly #shown: string

	/** @param shown is the file, for errors */
	constructor(bytes: Buffer, shown: string, from = 0, end = bytes.length) {
		this.bytes = bytes
		this.position = from
		this.#end = end
		this.#shown = shown
	}

	get isAtEnd(): boolean {
		return this.position >= this.#end
	}

	int8(): number {
		return this.bytes.readInt8(this.#step(1))
	}
	uint8(): number {
		return this.bytes.readUInt8(this.#step(1))
	}
	int16(): number {
		return this.bytes.readInt16BE(this.#step(2))
	}
	uint16(): number {
		return this.bytes.readUInt16BE(this.#step(2))
	}
	int32(): number {
		return this.bytes.readInt32BE(this.#step(4))
	}
	/** A number where it is safe as one, otherwise a bigint. */
	int64(): number | bigint {
		return asNumber(this.bytes.readBigInt64BE(this.#step(8)))
	}
	float32(): number {
		return this.bytes.readFloatBE(this.#step(4))
	}
	float64(): number {
		return this.bytes.readDoubleBE(this.#step(8))
	}
	/** A view of the next `length` bytes. */
	raw(length: number): Buffer {
		const at = this.#step(length)
		return this.bytes.subarray(at, at + length)
	}
	/** Hadoop's number of variable length. */
	vint(): number | bigint {
		const first = this.int8()
		if (first >= -112) return first
		const isNegative = first < -120
		const size = isNegative ? -120 - first : -112 - first
		let magnitude = 0n
		for (let i = 0; i < size; i += 1) magnitude = (magnitude << 8n) | BigInt(this.uint8())
		return asNumber(isNegative ? ~magnitude : magnitude)
	}
	/** A vint that is a length. */
	length(): number {
		const length = this.vint()
		return typeof length === 'number' && length >= 0 ? length : this.damaged('a length that is none')
	}
	/** Hadoop's Text. */
	text(): string {
		return this.raw(this.length()).toString('utf8')
	}

	/** @throws input/path always */
	damaged(what: string): never {
		throw new StreamError('input/path', `${this.#shown}: damaged at byte ${this.position} of what was read (${what})`, {
			remedy: 'write the file again',
		})
	}

	#step(size: number): number {
		const at = this.position
		if (size < 0 || at + size > this.#end) this.damaged('it ends too early')
		this.position = at + size
		return at
	}
}

const asNumber = (value: bigint): number | bigint => {
	const number = Number(value)
	return Number.isSafeInteger(number) ? number : value
}
