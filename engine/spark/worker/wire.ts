/**
 * Big-endian numbers, texts and frames, read and written without an event loop.
 *
 * A worker reads its socket by blocking calls: records are pulled when a function asks for them, nothing piles up, and no
 * promise is made per frame.
 */

import { readSync, writeSync } from 'node:fs'

/** Fills a part of the buffer and says how much; 0 at the end. */
export type Fill = (into: Buffer) => number

const roomBytes = 256 * 1024

/** Thrown where the other side has gone: the task was cancelled, or needs no more. */
export class Gone {}

/** Reads from wherever `fill` takes its bytes. */
export class WireInput {
	readonly #fill: Fill
	#room: Buffer = Buffer.allocUnsafe(roomBytes)
	#at = 0
	#end = 0

	constructor(fill: Fill) {
		this.#fill = fill
	}

	/** Bytes that have come by another way, in front of what `fill` gives. */
	unread(bytes: Buffer): void {
		this.#room = Buffer.concat([bytes, this.#room.subarray(this.#at, this.#end), Buffer.allocUnsafe(roomBytes)])
		this.#end = bytes.length + this.#end - this.#at
		this.#at = 0
	}

	/** True when bytes are here that nobody has read. */
	get hasMore(): boolean {
		return this.#end > this.#at
	}
	/** The next number; undefined at the end. */
	nextInt(): number | undefined {
		return this.#has(4) ? this.#take(4).readInt32BE(0) : undefined
	}
	int(): number {
		return this.#need(4).readInt32BE(0)
	}
	long(): bigint {
		return this.#need(8).readBigInt64BE(0)
	}
	bool(): boolean {
		return this.#need(1)[0] !== 0
	}
	text(): string {
		return this.bytes(this.int()).toString()
	}
	/** A copy, so that it may be kept. */
	bytes(length: number): Buffer {
		if (length <= roomBytes / 4) return Buffer.from(this.#need(length))
		const all = Buffer.allocUnsafe(length)
		const there = Math.min(length, this.#end - this.#at)
		this.#room.copy(all, 0, this.#at, this.#at + there)
		this.#at += there
		for (let filled = there; filled < length; ) {
			const more = this.#fill(all.subarray(filled))
			if (more === 0) throw new Gone()
			filled += more
		}
		return all
	}

	#need(length: number): Buffer {
		if (!this.#has(length)) throw new Gone()
		return this.#take(length)
	}
	#take(length: number): Buffer {
		this.#at += length
		return this.#room.subarray(this.#at - length, this.#at)
	}
	#has(length: number): boolean {
		while (this.#end - this.#at < length) {
			if (this.#room.length - this.#at < length || this.#end === this.#room.length) {
				this.#room.copy(this.#room, 0, this.#at, this.#end)
				this.#end -= this.#at
				this.#at = 0
			}
			const more = this.#fill(this.#room.subarray(this.#end))
			if (more === 0) return false
			this.#end += more
		}
		return true
	}
}

/** Takes bytes away. */
export type Drain = (bytes: Buffer) => void

/** Gathers small writes. */
export class WireOutput {
	readonly #drain: Drain
	readonly #room = Buffer.allocUnsafe(roomBytes)
	#end = 0

	constructor(drain: Drain) {
		this.#drain = drain
	}

	int(value: number): void {
		this.#make(4)
		this.#end = this.#room.writeInt32BE(value, this.#end)
	}
	long(value: number | bigint): void {
		this.#make(8)
		this.#end = this.#room.writeBigInt64BE(BigInt(value), this.#end)
	}
	/** A frame: its length, then its bytes. */
	frame(bytes: Uint8Array): void {
		this.int(bytes.length)
		if (bytes.length > roomBytes / 4) {
			this.flush()
			this.#drain(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length))
			return
		}
		this.#make(bytes.length)
		this.#room.set(bytes, this.#end)
		this.#end += bytes.length
	}
	text(value: string): void {
		this.frame(Buffer.from(value))
	}
	flush(): void {
		if (this.#end > 0) this.#drain(this.#room.subarray(0, this.#end))
		this.#end = 0
	}
	#make(length: number): void {
		if (this.#room.length - this.#end < length) this.flush()
	}
}

const isGone = (thrown: unknown): boolean =>
	['EPIPE', 'ECONNRESET', 'EOF'].includes((thrown as NodeJS.ErrnoException).code ?? '')

/** Reads a file descriptor that blocks. */
export const fillFrom =
	(fd: number): Fill =>
	(into) => {
		try {
			return readSync(fd, into, 0, into.length, null)
		} catch (thrown) {
			if (isGone(thrown)) return 0
			throw thrown
		}
	}

/** Writes to a file descriptor that blocks. */
export const drainTo =
	(fd: number): Drain =>
	(bytes) => {
		try {
			for (let at = 0; at < bytes.length; ) at += writeSync(fd, bytes, at, bytes.length - at)
		} catch (thrown) {
			throw isGone(thrown) ? new Gone() : thrown
		}
	}
