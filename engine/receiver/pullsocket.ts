/**
 * A receiver that reads a TCP server by pulling: one piece after another, each stored before the next is asked for, so
 * that the server waits while the receiver is held back. An end or a fault makes a new connection.
 */

import { asError } from '../base/errors.js'
import type { StorageLevel } from '../storage/level.js'
import { Receiver } from './receiver.js'
import { type Connection, dial } from './socket.js'

/** `P`: what is stored at a time, a record or a block. */
export abstract class PullingSocketReceiver<T, P> extends Receiver<T> {
	readonly #host: string
	readonly #port: number
	#connection: Connection | undefined

	constructor(host: string, port: number, storageLevel: StorageLevel) {
		super(storageLevel)
		this.#host = host
		this.#port = port
	}

	/** What the chunks of one connection hold. */
	protected abstract pieces(chunks: AsyncIterable<Uint8Array>): AsyncIterable<P>
	/** Resolves when more may be stored. */
	protected abstract keep(piece: P): Promise<void>
	/** The server has closed. @throws what its end means, where that is a fault */
	protected atEnd(): void {}

	override onStart(): void {
		const connection = dial(this.#host, this.#port)
		this.#connection = connection
		void this.#receive(connection)
	}

	/** Never rejects: what goes wrong makes a new connection. */
	async #receive(connection: Connection): Promise<void> {
		const isCurrent = (): boolean => this.#connection === connection
		try {
			for await (const piece of this.pieces(connection.chunks)) {
				if (!isCurrent()) return
				await this.keep(piece)
			}
			this.atEnd()
			if (isCurrent()) this.restart('Socket data stream had no more data')
		} catch (thrown) {
			if (isCurrent()) this.restart(connection.problem, asError(thrown))
		} finally {
			connection.close()
		}
	}

	override onStop(): void {
		const connection = this.#connection
		this.#connection = undefined
		connection?.close()
	}
}
