/**
 * Records that a function of the program makes of the bytes a TCP server sends.
 *
 * The function reads the chunks as they come; while the receiver is held back it is not asked for more, so the server
 * waits. When it ends, or the server closes, the connection is made again. Source: Spark's `SocketReceiver`.
 */

import { asError } from '../base/errors.js'
import type { StorageLevel } from '../storage/level.js'
import { Receiver } from './receiver.js'
import { type Connection, dial } from './socket.js'

/** Makes records of the bytes of one connection, cut anywhere into chunks. */
export type SocketConverter<T> = (chunks: AsyncIterable<Uint8Array>) => AsyncIterable<T>

export class ConvertingSocketReceiver<T> extends Receiver<T> {
	readonly #host: string
	readonly #port: number
	readonly #convert: SocketConverter<T>
	#connection: Connection | undefined

	constructor(host: string, port: number, convert: SocketConverter<T>, storageLevel: StorageLevel) {
		super(storageLevel)
		this.#host = host
		this.#port = port
		this.#convert = convert
	}

	override onStart(): void {
		const connection = dial(this.#host, this.#port)
		this.#connection = connection
		void this.#receive(connection)
	}

	/** Never rejects: what goes wrong makes a new connection. */
	async #receive(connection: Connection): Promise<void> {
		const isCurrent = (): boolean => this.#connection === connection
		try {
			for await (const record of this.#convert(connection.chunks)) {
				if (!isCurrent()) return
				await this.support.storeOne(record)
			}
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
