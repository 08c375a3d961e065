/**
 * What tasks add to accumulators, as Spark's driver hands it on: a server with one connection from the JVM.
 *
 *   ◀ token, once      ◀ number, so many frames      ▶ one byte, at once: the job waits for it
 *
 * Spark counts every successful task once. Source: PySpark's `accumulators.py`.
 */

import { randomBytes, timingSafeEqual } from 'node:crypto'
import { deserialize } from 'node:v8'
import { type AccumulatorV2, DoubleAccumulator, LongAccumulator } from '../rdd/accumulator.js'
import type { Added } from './cargo.js'
import type { Jvm } from './jvm.js'
import type { JavaRef } from './py4j.js'
import { listen, loopback, type Server, type Socket } from './tcp.js'

type AnyAccumulator = AccumulatorV2<never, unknown>

/** Accumulators that stages refer to. */
export class Accumulations {
	/** Spark's side of it. */
	readonly ref: JavaRef
	readonly #server: Server
	readonly #known: Map<number, WeakRef<AnyAccumulator>>

	private constructor(server: Server, ref: JavaRef, known: Map<number, WeakRef<AnyAccumulator>>) {
		this.#server = server
		this.ref = ref
		this.#known = known
	}

	static async open(jvm: Jvm, scala: JavaRef): Promise<Accumulations> {
		const known = new Map<number, WeakRef<AnyAccumulator>>()
		const token = randomBytes(32).toString('hex')
		const { server, port } = await listen((socket) => serve(socket, token, (frame) => merge(known, frame)))
		server.unref()
		const ref = await jvm.plan.make('org.apache.spark.api.python.PythonAccumulatorV2', loopback, port, token)
		await jvm.plan.call(scala, 'register', ref)
		return new Accumulations(server, ref, known)
	}

	/** From now on what tasks add to it arrives. */
	expect(accumulator: AnyAccumulator): void {
		this.#known.set(accumulator.id, new WeakRef(accumulator))
	}

	close(): void {
		this.#server.close()
	}
}

function serve(socket: Socket, token: string, take: (frame: Buffer) => void): void {
	let bytes: Buffer = Buffer.alloc(0)
	let isLetIn = false
	socket.unref()
	// The JVM closes it when it ends, in whatever way.
	socket.on('error', () => socket.destroy())
	socket.on('data', (more: Buffer) => {
		bytes = Buffer.concat([bytes, more])
		if (!isLetIn) {
			if (bytes.length < token.length) return
			isLetIn = timingSafeEqual(bytes.subarray(0, token.length), Buffer.from(token))
			if (!isLetIn) {
				socket.destroy()
				return
			}
			bytes = bytes.subarray(token.length)
		}
		for (let update = updateIn(bytes); update !== undefined; update = updateIn(bytes)) {
			for (const frame of update.frames) take(frame)
			socket.write(Buffer.of(1))
			bytes = bytes.subarray(update.length)
		}
	})
}

/** The first whole update; undefined when it has not come yet. */
function updateIn(bytes: Buffer): { readonly frames: readonly Buffer[]; readonly length: number } | undefined {
	if (bytes.length < 4) return undefined
	const frames: Buffer[] = []
	let at = 4
	for (let i = bytes.readInt32BE(0); i > 0; i--) {
		if (bytes.length < at + 4) return undefined
		const length = bytes.readInt32BE(at)
		if (bytes.length < at + 4 + length) return undefined
		frames.push(bytes.subarray(at + 4, at + 4 + length))
		at += 4 + length
	}
	return { frames, length: at }
}

function merge(known: ReadonlyMap<number, WeakRef<AnyAccumulator>>, frame: Buffer): void {
	for (const added of deserialize(frame) as Added[]) {
		const accumulator = known.get(added.id)?.deref()
		if (accumulator === undefined) continue
		if ('values' in added) for (const value of added.values) accumulator.add(value as never)
		else if (accumulator instanceof LongAccumulator || accumulator instanceof DoubleAccumulator) {
			accumulator.addCounted(added.sum, added.count)
		}
	}
}
