/** Text lines from a TCP server. Source: Spark's `SocketInputDStream`. */

import { StreamError } from '../base/errors.js'
import type { Registry } from '../dstream/registry.js'
import type { Receiver } from '../receiver/receiver.js'
import { SocketReceiver } from '../receiver/socket.js'
import type { StorageLevel } from '../storage/level.js'
import { ReceiverInputDStream } from './received.js'

export class SocketInputDStream extends ReceiverInputDStream<string> {
	readonly #host: string
	readonly #port: number
	readonly #level: StorageLevel

	/** @throws argument/illegal for a host or port that is none */
	constructor(context: Registry, host: string, port: number, level: StorageLevel) {
		const isHost = typeof host === 'string' && host !== ''
		if (!isHost || !Number.isInteger(port) || port < 1 || port > 65_535) {
			throw new StreamError('argument/illegal', `${JSON.stringify(host)}:${String(port)} is no address`, {
				where: 'socketTextStream',
				remedy: "give a host name and a port from 1 to 65535: socketTextStream('localhost', 9999)",
			})
		}
		super(context, 'socketTextStream')
		this.#host = host
		this.#port = port
		this.#level = level
	}
	override get madeFrom(): readonly unknown[] {
		return [this.#host, this.#port, this.#level.toString()]
	}
	override getReceiver(): Receiver<string> {
		return new SocketReceiver(this.#host, this.#port, this.#level)
	}
}
