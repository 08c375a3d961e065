/**
 * Bytes as they come from a socket, cut into whole lines without making a string of any.
 *
 *   chunk ──▶ pieces: whole lines, counted ──take(n)──▶ one run of bytes, n lines
 *         └─▶ tail: the line that has begun (grows by doubling, so a long line costs no more than a short one)
 *
 * A line ends with `\n`, `\r` or `\r\n`, also when cut between chunks: a `\n` that comes first after a `\r` belongs to
 * the end before. A line beyond `maxLineBytes` is skipped to its end and reported. Source: Java's `BufferedReader`.
 */

const newline = 10
const carriageReturn = 13

/** Whole lines in a row. */
export interface Lines {
	readonly bytes: Uint8Array
	readonly numLines: number
}

/** Bytes that end `ends` lines; only the last piece of a taking ends with a line end. */
interface Piece {
	readonly bytes: Uint8Array
	readonly ends: number
}

const noBytes = new Uint8Array(0)
const otherHalf: Piece = { bytes: Uint8Array.of(newline), ends: 0 }

export class LineBuffer {
	readonly #maxLineBytes: number
	readonly #onLongLine: () => void
	#pieces: Piece[] = []
	#numLines = 0
	#numBytes = 0
	#tail = noBytes
	#tailLength = 0
	#endedWithReturn = false
	#isSkipping = false

	/** @param onLongLine told once of every line that is too long and skipped */
	constructor(maxLineBytes: number, onLongLine: () => void) {
		this.#maxLineBytes = maxLineBytes
		this.#onLongLine = onLongLine
	}

	/** Whole lines that wait. */
	get numLines(): number {
		return this.#numLines
	}
	/** Their bytes. */
	get numBytes(): number {
		return this.#numBytes
	}

	/** Keeps the chunk itself, not a copy: nobody may write to it afterwards. */
	add(chunk: Uint8Array): void {
		if (chunk.length === 0) return
		const startsWithOldEnd = this.#endedWithReturn && chunk[0] === newline
		const bytes = startsWithOldEnd ? chunk.subarray(1) : chunk
		this.#endedWithReturn = chunk[chunk.length - 1] === carriageReturn
		// The other half of an end that still waits stays with it; of one that was taken it is dropped.
		if (startsWithOldEnd && this.#pieces.at(-1)?.bytes.at(-1) === carriageReturn) this.#push(otherHalf)
		const first = this.#isSkipping || this.#tailLength + bytes.length > this.#maxLineBytes ? endOfLine(bytes, 0) : 0
		if (first === -1) {
			this.#lengthen(bytes)
			return
		}
		this.#addLines(this.#isTooLong(first) ? this.#skip(bytes, first) : bytes)
	}

	/** The line that has begun is all there will be of it: a server has closed. */
	endOfInput(): void {
		if (this.#tailLength > 0 && !this.#isSkipping) {
			this.#push({ bytes: this.#takeTail(), ends: 0 })
			this.#push({ bytes: Uint8Array.of(newline), ends: 1 })
		}
		this.forgetLine()
	}
	/** Forgets the line that has begun: a connection has broken. */
	forgetLine(): void {
		this.#takeTail()
		this.#endedWithReturn = false
		this.#isSkipping = false
	}

	/** The next whole lines, at most `most`; undefined when there are none. */
	take(most: number): Lines | undefined {
		if (this.#numLines === 0 || most <= 0) return undefined
		if (most >= this.#numLines) {
			const lines = { bytes: joined(this.#pieces), numLines: this.#numLines }
			this.#pieces = []
			this.#numLines = 0
			this.#numBytes = 0
			return lines
		}
		const taken: Piece[] = []
		let missing = most
		let i = 0
		for (; missing > 0; i += 1) {
			const piece = this.#pieces[i] as Piece
			if (piece.ends <= missing) {
				taken.push(piece)
				missing -= piece.ends
				continue
			}
			const cut = endOfLine(piece.bytes, 0, missing)
			taken.push({ bytes: piece.bytes.subarray(0, cut), ends: missing })
			this.#pieces[i] = { bytes: piece.bytes.subarray(cut), ends: piece.ends - missing }
			break
		}
		if (this.#pieces[i] === otherHalf) taken.push(this.#pieces[i++] as Piece)
		this.#pieces = this.#pieces.slice(i)
		const bytes = joined(taken)
		this.#numLines -= most
		this.#numBytes -= bytes.length
		return { bytes, numLines: most }
	}

	#addLines(bytes: Uint8Array): void {
		const { ends, last } = scan(bytes)
		if (ends === 0) {
			this.#lengthen(bytes)
			return
		}
		if (this.#tailLength > 0) this.#push({ bytes: this.#takeTail(), ends: 0 })
		this.#push({ bytes: bytes.subarray(0, last), ends })
		this.#lengthen(bytes.subarray(last))
	}

	#push(piece: Piece): void {
		this.#pieces.push(piece)
		this.#numLines += piece.ends
		this.#numBytes += piece.bytes.length
	}

	#isTooLong(firstEnd: number): boolean {
		return this.#isSkipping || this.#tailLength + firstEnd > this.#maxLineBytes
	}
	/** What follows the line that is too long. */
	#skip(bytes: Uint8Array, end: number): Uint8Array {
		if (!this.#isSkipping) this.#onLongLine()
		this.#isSkipping = false
		this.#takeTail()
		return bytes.subarray(end)
	}

	#lengthen(bytes: Uint8Array): void {
		if (this.#isSkipping || bytes.length === 0) return
		const length = this.#tailLength + bytes.length
		if (length > this.#maxLineBytes) {
			this.#onLongLine()
			this.#takeTail()
			this.#isSkipping = true
			return
		}
		if (length > this.#tail.length) {
			const wider = new Uint8Array(Math.min(this.#maxLineBytes, Math.max(2 * length, 1_024)))
			wider.set(this.#tail.subarray(0, this.#tailLength))
			this.#tail = wider
		}
		this.#tail.set(bytes, this.#tailLength)
		this.#tailLength = length
	}
	#takeTail(): Uint8Array {
		const bytes = this.#tail.subarray(0, this.#tailLength)
		this.#tail = noBytes
		this.#tailLength = 0
		return bytes
	}
}

/** How many lines end in `bytes`, and where the last one does. */
function scan(bytes: Uint8Array): { ends: number; last: number } {
	let ends = 0
	let last = 0
	for (let i = 0; i < bytes.length; i += 1) {
		const byte = bytes[i] as number
		if (byte > carriageReturn) continue
		if (byte === newline || (byte === carriageReturn && bytes[i + 1] !== newline)) {
			ends += 1
			last = i + 1
		}
	}
	return { ends, last }
}

/** Where the `n`th line that ends after `from` ends; -1 when fewer do. */
function endOfLine(bytes: Uint8Array, from: number, n = 1): number {
	let missing = n
	for (let i = from; i < bytes.length; i += 1) {
		const byte = bytes[i] as number
		if (byte > carriageReturn) continue
		if (byte === newline || (byte === carriageReturn && bytes[i + 1] !== newline)) {
			missing -= 1
			if (missing === 0) return i + 1
		}
	}
	return -1
}

/** One run of bytes; small parts of large chunks are copied, so that these can go. */
function joined(pieces: readonly Piece[]): Uint8Array {
	return Buffer.concat(pieces.map(({ bytes }) => bytes))
}
