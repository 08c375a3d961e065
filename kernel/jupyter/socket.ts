/**
 * The only user of zeromq: sockets with one send queue each.
 *
 * zeromq.js lets one send be in flight a socket and drops what a publisher has above its high-water mark; so each
 * socket here awaits its sends in order and has no mark. `post` never blocks and never loses. A thread that owns a
 * socket must `close` it before it ends: leaving with an open one aborts the whole process.
 */

import { Dealer, Publisher, Reply, Request, Router, Subscriber, XPublisher } from 'zeromq'

/** Who hears of a message or of a fault of the socket. */
export interface SocketListener {
	onFrames(frames: Buffer[]): void
	/** A send or receive failed; the socket goes on with what follows. */
	onFault(error: unknown): void
}

/** A socket that is bound or connected. */
export interface Wired {
	/** Queues a message; messages leave in the order they were posted. */
	post(frames: readonly Buffer[]): void
	/** Resolves when everything posted so far has been handed to zeromq. */
	drained(): Promise<void>
	close(): void
}

type Readable = Router | XPublisher | Dealer | Subscriber | Request
type Writable = Router | XPublisher | Dealer | Request

class QueuedSocket implements Wired {
	readonly #socket: Readable
	readonly #listener: SocketListener
	#queue: Promise<void> = Promise.resolve()
	#isClosed = false

	constructor(socket: Readable, listener: SocketListener) {
		this.#socket = socket
		this.#listener = listener
		socket.linger = 1_000
		if (!(socket instanceof Subscriber)) socket.sendHighWaterMark = 0
		socket.receiveHighWaterMark = 0
	}

	async bind(endpoint: string): Promise<void> {
		await this.#socket.bind(endpoint)
		void this.#receive()
	}

	connect(endpoint: string): void {
		this.#socket.connect(endpoint)
		void this.#receive()
	}

	post(frames: readonly Buffer[]): void {
		const message = [...frames]
		this.#queue = this.#queue.then(async () => {
			if (this.#isClosed) return
			try {
				await (this.#socket as Writable).send(message)
			} catch (error) {
				this.#listener.onFault(error)
			}
		})
	}

	drained(): Promise<void> {
		return this.#queue
	}

	close(): void {
		if (this.#isClosed) return
		this.#isClosed = true
		this.#socket.close()
	}

	async #receive(): Promise<void> {
		while (!this.#isClosed) {
			try {
				const frames = await this.#socket.receive()
				this.#listener.onFrames(frames)
			} catch (error) {
				// Closing a socket ends its pending receive with an error: the wanted end of this loop.
				if (this.#isClosed) return
				this.#listener.onFault(error)
				if ((error as { code?: unknown }).code === 'EBADF' || this.#socket.closed) return
			}
		}
	}
}

/** Binds a ROUTER: shell, control, stdin. */
export async function bindRouter(endpoint: string, listener: SocketListener): Promise<Wired> {
	const socket = new QueuedSocket(new Router(), listener)
	await socket.bind(endpoint)
	return socket
}

/** Binds iopub's XPUB. Frames that arrive are subscriptions, also the second and third of one topic. */
export async function bindPublisher(endpoint: string, listener: SocketListener): Promise<Wired> {
	const publisher = new XPublisher()
	// Without it only the first subscriber of a topic is reported, and the others never get their welcome.
	publisher.verbosity = 'allSubs'
	const socket = new QueuedSocket(publisher, listener)
	await socket.bind(endpoint)
	return socket
}

/** Connects a client's end: a DEALER to shell, control or stdin. */
export function connectDealer(endpoint: string, routingId: string, listener: SocketListener): Wired {
	const socket = new QueuedSocket(new Dealer({ routingId }), listener)
	socket.connect(endpoint)
	return socket
}

/** Connects a client's end of iopub, for all topics. */
export function connectSubscriber(endpoint: string, listener: SocketListener): Wired {
	const subscriber = new Subscriber()
	subscriber.subscribe()
	const socket = new QueuedSocket(subscriber, listener)
	socket.connect(endpoint)
	return socket
}

/** Connects a client's end of the heartbeat. */
export function connectRequest(endpoint: string, listener: SocketListener): Wired {
	const socket = new QueuedSocket(new Request(), listener)
	socket.connect(endpoint)
	return socket
}

/** Binds a REP and returns every message as it came, until `close`. */
export async function bindEcho(endpoint: string): Promise<{ close(): void; readonly ended: Promise<void> }> {
	const socket = new Reply({ linger: 0 })
	await socket.bind(endpoint)
	const echo = async (): Promise<void> => {
		while (!socket.closed) {
			try {
				await socket.send(await socket.receive())
			} catch (error) {
				if (socket.closed) return
				throw error
			}
		}
	}
	return { close: () => socket.close(), ended: echo() }
}

/** True when zeromq's native part loads and a socket can be made. */
export function zeromqWorks(): boolean {
	const probe = new Publisher({ linger: 0 })
	probe.close()
	return true
}
