/** Bytes that grow while they are written: the numbers and texts of Java's and Hadoop's binary formats, big-endian. */

export class ByteWriter {
	#bytes = Buffer.allocUnsafe(1024)
	#length = 0

	/** How much is written. */
	get length(): number {
		return this.#length
	}
	/** A view of what is written, valid until the next write. */
	get written(): Buffer {
		return this.#bytes.subarray(0, this.#length)
	}
	/** What is written, as bytes of its own; the writer is empty again. */
	take(): Buffer {
		const taken = Buffer.from(this.written)
		this.#length = 0
		return taken
	}

	int8(value: number): this {
		const at = this.#room(1)
		this.#bytes[at] = value & 0xff
		return this
	}
	int16(value: number): this {
		const at = this.#room(2)
		this.#bytes.writeUInt16BE(value & 0xffff, at)
		return this
	}
	int32(value: number): this {
		const at = this.#room(4)
		this.#bytes.writeInt32BE(value, at)
		return this
	}
	int64(value: number | bigint): this {
		const at = this.#room(8)
		this.#bytes.writeBigInt64BE(BigInt(value), at)
		return this
	}
	float32(value: number): this {
		const at = this.#room(4)
		this.#bytes.writeFloatBE(value, at)
		return this
	}
	float64(value: number): this {
		const at = this.#room(8)
		this.#bytes.writeDoubleBE(value, at)
		return this
	}
	raw(bytes: Uint8Array): this {
		const at = this.#room(bytes.length)
		this.#bytes.set(bytes, at)
		return this
	}
	/** Hadoop's number of variable length: one byte for -112 … 127, otherwise a length and the magnitude. */
	vint(value: number | bigint): this {
		let magnitude = BigInt(value)
		if (magnitude >= -112n && magnitude <= 127n) return this.int8(Number(magnitude))
		const isNegative = magnitude < 0n
		if (isNegative) magnitude = ~magnitude
		const size = Math.ceil(magnitude.toString(16).length / 2)
		this.int8((isNegative ? -120 : -112) - size)
		for (let i = size - 1; i >= 0; i -= 1) this.int8(Number((magnitude >> BigInt(8 * i)) & 0xffn))
		return this
	}
	/** Hadoop's Text: the length in bytes as a vint, then UTF-8. */
	text(value: string): this {
		const bytes = Buffer.from(value)
		return this.vint(bytes.length).raw(bytes)
	}

	/** Makes room for `size` more bytes and tells where they begin. */
	#room(size: number): number {
		const at = this.#length
		this.#length += size
		if (this.#length > this.#bytes.length) {
			const larger = Buffer.allocUnsafe(Math.max(this.#length, this.#bytes.length * 2))
			this.#bytes.copy(larger, 0, 0, at)
			this.#bytes = larger
		}
		return at
	}
}
