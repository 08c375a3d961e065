/**
 * Reads of files that wait only where their file system does.
 *
 * A reading is a generator that hands out what `FileSystem.read` gave and gets the bytes back. On a file system that
 * answers at once it runs at once, so that tasks on the local disk stay synchronous.
 */

/** A computation that asks for bytes, possibly several times, and ends with `R`. */
export type Reading<R> = Generator<Uint8Array | Promise<Uint8Array>, R, Buffer>

/** Runs a reading to its end; a promise only when one of its reads was one. */
export function settle<R>(reading: Reading<R>): R | Promise<R> {
	let step = reading.next()
	while (step.done !== true) {
		if (step.value instanceof Promise) return settleLater(reading, step.value)
		step = reading.next(asBuffer(step.value))
	}
	return step.value
}

async function settleLater<R>(reading: Reading<R>, first: Promise<Uint8Array>): Promise<R> {
	let waitedFor: Promise<Uint8Array> | Uint8Array = first
	for (;;) {
		const step = reading.next(asBuffer(await waitedFor))
		if (step.done === true) return step.value
		waitedFor = step.value
	}
}

/** The result of one reading per item, in order; made one by one when it is taken, where nothing has to be waited for. */
export function settleEach<A, R>(
	items: readonly A[],
	read: (item: A) => Reading<R>,
): Iterable<R> | Promise<Iterable<R>> {
	const [first, ...rest] = items
	if (first === undefined) return []
	const one = settle(read(first))
	if (one instanceof Promise) {
		return one.then(async (made) => {
			const all = [made]
			for (const item of rest) all.push(await settle(read(item)))
			return all
		})
	}
	return oneByOne(one, rest, read)
}

function* oneByOne<A, R>(first: R, rest: readonly A[], read: (item: A) => Reading<R>): Iterable<R> {
	yield first
	// The file system answered at once for the first one, so it does for the others.
	for (const item of rest) yield settle(read(item)) as R
}

/** The same bytes as a Buffer. */
export function asBuffer(bytes: Uint8Array): Buffer {
	return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}
