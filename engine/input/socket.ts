/** Streams of a TCP server: text lines, records made by a function, blocks. Source: Spark's `SocketInputDStream`, `RawInputDStream`. */

import { StreamError } from '../base/errors.js'
import type { Registry } from '../dstream/registry.js'
import { ConvertingSocketReceiver, type SocketConverter } from '../receiver/convertsocket.js'
import { RawSocketReceiver } from '../receiver/rawsocket.js'
import type { Receiver } from '../receiver/receiver.js'
import { SocketReceiver } from '../receiver/socket.js'
import type { StorageLevel } from '../storage/level.js'
import { ReceiverInputDStream } from './received.js'

/** Where a server listens, and how what it sends is stored. */
export interface Address {
	readonly host: string
	readonly port: number
	readonly level: StorageLevel
}

/** A receiver stream of a TCP server. */
abstract class AddressInputDStream<T> extends ReceiverInputDStream<T> {
	protected readonly address: Address

	/** @throws argument/illegal for a host or port that is none */
	constructor(context: Registry, operator: string, address: Address) {
		const { host, port } = address
		const isHost = typeof host === 'string' && host !== ''
		if (!isHost || !Number.isInteger(port) || port < 1 || port > 65_535) {
			throw new StreamError('argument/illegal', `${JSON.stringify(host)}:${String(port)} is no address`, {
				where: operator,
				remedy: `give a host name and a port from 1 to 65535: ${operator}('localhost', 9999)`,
			})
		}
		super(context, operator)
		this.address = address
	}
	override get madeFrom(): readonly unknown[] {
		const { host, port, level } = this.address
		return [this.operator, host, port, level.toString()]
	}
}

/** Lines, or records that a converter makes. */
export class SocketInputDStream<T> extends AddressInputDStream<T> {
	readonly #convert: SocketConverter<T> | undefined

	/** @param convert undefined: lines of text */
	constructor(context: Registry, operator: string, address: Address, convert?: SocketConverter<T>) {
		super(context, operator, address)
		this.#convert = convert
	}
	override get madeFrom(): readonly unknown[] {
		return [...super.madeFrom, this.#convert]
	}
	override getReceiver(): Receiver<T> {
		const { host, port, level } = this.address
		if (this.#convert !== undefined) return new ConvertingSocketReceiver(host, port, this.#convert, level)
		return new SocketReceiver(host, port, level) as Receiver<unknown> as Receiver<T>
	}
}

/** Blocks that come ready-made. */
export class RawInputDStream<T> extends AddressInputDStream<T> {
	override getReceiver(): Receiver<T> {
		const { host, port, level } = this.address
		return new RawSocketReceiver<T>(host, port, level)
	}
}
