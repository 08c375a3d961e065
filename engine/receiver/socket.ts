/**
 * Lines from a TCP server, kept as bytes until a batch reads them.
 *
 * What arrives goes to the receiver's line generator as it is; while that is held back the socket is paused, so that
 * the server waits and nothing is lost. A last line without an end is delivered when the server closes; a line that a
 * broken connection cut off is not. Source: Spark's `SocketReceiver`.
 */

import { connect, type Socket } from 'node:net'
import type { StorageLevel } from '../storage/level.js'
import { Receiver } from './receiver.js'

export class SocketReceiver extends Receiver<string> {
	readonly #host: string
	readonly #port: number
	#socket: Socket | undefined

	constructor(host: string, port: number, storageLevel: StorageLevel) {
		super(storageLevel)
		this.#host = host
		this.#port = port
	}

	override onStart(): void {
		const where = `${this.#host}:${this.#port}`
		const lines = this.support.lines()
		lines.forgetLine()
		const socket = connect({ host: this.#host, port: this.#port })
		this.#socket = socket
		let isConnected = false
		const isCurrent = (): boolean => this.#socket === socket
		socket.on('connect', () => {
			isConnected = true
		})
		socket.on('data', (chunk) => {
			if (!isCurrent()) return
			lines.add(chunk)
			if (!this.support.isHeld) return
			socket.pause()
			void this.ready().then(() => socket.resume())
		})
		socket.on('end', () => {
			if (!isCurrent()) return
			lines.endOfInput()
			this.restart('Socket data stream had no more data')
		})
		socket.on('error', (error) => {
			if (!isCurrent()) return
			this.restart(isConnected ? 'Error receiving data' : `Error connecting to ${where}`, error)
		})
	}

	override onStop(): void {
		const socket = this.#socket
		this.#socket = undefined
		socket?.destroy()
	}
}

/** A connection to a TCP server, for receivers that read it by pulling. */
export interface Connection {
	/** What comes, in the pieces in which it comes; asked for one after another, so that the server waits. */
	readonly chunks: AsyncIterable<Uint8Array>
	/** What to say when reading has failed. */
	readonly problem: string
	close(): void
}

/** Connects to a TCP server; that it cannot be reached is told by the first chunk. */
export function dial(host: string, port: number): Connection {
	const socket = connect({ host, port })
	let isConnected = false
	socket.once('connect', () => {
		isConnected = true
	})
	return {
		chunks: socket,
		get problem() {
			return isConnected ? 'Error receiving data' : `Error connecting to ${host}:${port}`
		},
		close: () => void socket.destroy(),
	}
}
