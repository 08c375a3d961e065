/**
 * Comms: named two-way channels between cells and whatever a front end shows of them. Data are JSON, buffers bytes.
 *
 *   comms.register('target', (comm, open) => …)     a front end opens one
 *   new Comm('target', data)                        a cell opens one
 *
 * A handler belongs to the cell that registered it: what it prints appears there, and so do its errors. A comm of a cell
 * closes when the cell runs again. Source: Jupyter's messaging specification, "Custom Messages".
 */

import { AsyncResource } from 'node:async_hooks'
import { randomUUID } from 'node:crypto'
import { host, StreamError } from '../../../engine/index.js'
import { viewBegins, viewEnds } from '../openviews.js'

/** JSON. */
export type CommData = Readonly<Record<string, unknown>>

/** What comes with the data of a message. */
export interface CommExtras {
	readonly metadata?: CommData
	readonly buffers?: readonly (ArrayBuffer | ArrayBufferView)[]
}

/** A message of a comm as its handlers get it. */
export interface CommMessage {
	readonly data: CommData
	readonly metadata: CommData
	readonly buffers: readonly Uint8Array[]
}

/** What one end of a comm says to the other. */
export interface CommPacket extends CommMessage {
	readonly event: 'open' | 'message' | 'close'
	readonly id: string
	/** Empty but for `open`. */
	readonly target: string
}

/** The way to front ends. Calls arrive in the async context of the cell that they belong to. */
export interface CommLink {
	send(packet: CommPacket): void
	/** From now on front ends may, or may no more, open comms to `target`. */
	accept(target: string, isAccepted: boolean): void
	/** A handler threw. */
	fault(thrown: unknown): void
}

/** Takes one message; what it throws, also later, is an error of the cell that registered it. */
export type CommHandler = (message: CommMessage) => unknown
/** Takes a comm that a front end has opened. */
export type CommTarget = (comm: Comm, open: CommMessage) => unknown

/** A plain program has nobody to talk to: messages go nowhere. */
let link: CommLink = { send: () => undefined, accept: () => undefined, fault: () => undefined }
const open = new Map<string, Comm>()
const targets = new Map<string, { readonly scope: AsyncResource; readonly handler: CommTarget }>()
/** The id of the comm that a front end opens now. */
let opening: string | undefined
let deliver: (comm: Comm, packet: CommPacket) => void

/** One end of a comm. */
export class Comm {
	readonly id: string
	readonly target: string
	/** Who opened it: an opaque name given by the host. */
	readonly group: string | undefined
	readonly #scope = new AsyncResource('Comm')
	readonly #handlers = { message: new Set<CommHandler>(), close: new Set<CommHandler>() }
	#isOpen = true

	static {
		deliver = (comm, packet) => {
			if (packet.event === 'close') comm.#end()
			const handlers = packet.event === 'close' ? comm.#handlers.close : comm.#handlers.message
			for (const handler of handlers) handler(packet)
		}
	}

	/**
	 * Opens a comm to what front ends call `target`, such as `jupyter.widget`.
	 * @throws argument/illegal for data that is no JSON, or a target without a name
	 */
	constructor(target: string, data: CommData = {}, extras: CommExtras = {}) {
		requireTarget(target, 'new Comm')
		this.id = opening ?? randomUUID()
		this.target = target
		this.group = host().group()
		if (opening === undefined) this.#send('open', data, extras)
		open.set(this.id, this)
		viewBegins(this)
	}

	/** The same as `id`. */
	get viewId(): string {
		return this.id
	}
	get isOpen(): boolean {
		return this.#isOpen
	}

	/** Sends a message. @throws argument/illegal for data that is no JSON; context/state when the comm is closed */
	send(data: CommData, extras: CommExtras = {}): void {
		if (!this.#isOpen) {
			throw new StreamError('context/state', 'a message for a comm that is closed', {
				where: this.target,
				remedy: 'ask isOpen first, or open a new one',
			})
		}
		this.#send('message', data, extras)
	}

	/** Calls `handler` for each message that comes. */
	onMessage(handler: CommHandler): void {
		this.#handlers.message.add(owned(handler))
	}

	/** Calls `handler` when the other end closes the comm. */
	onClose(handler: CommHandler): void {
		this.#handlers.close.add(owned(handler))
	}

	/** Closes it; closing twice is no error. */
	close(data: CommData = {}): void {
		if (!this.#isOpen) return
		this.#end()
		this.#send('close', data, {})
	}

	#end(): void {
		this.#isOpen = false
		open.delete(this.id)
		viewEnds(this)
	}

	#send(event: CommPacket['event'], data: CommData, { metadata = {}, buffers = [] }: CommExtras): void {
		const target = event === 'open' ? this.target : ''
		const json = { data: jsonOf(data, this.target), metadata: jsonOf(metadata, this.target) }
		const packet = { event, id: this.id, target, ...json, buffers: buffers.map(bytesOf) }
		this.#scope.runInAsyncScope(() => link.send(packet))
	}
}

/** The targets to which front ends may open comms. */
export const comms = Object.freeze({
	/**
	 * Takes comms to `target`; a handler that was there before is replaced.
	 * @throws argument/illegal for a target without a name
	 */
	register(target: string, handler: CommTarget): void {
		requireTarget(target, 'comms.register')
		targets.set(target, { scope: new AsyncResource('CommTarget'), handler })
		link.accept(target, true)
	},
	/** Refuses comms to `target` again; those that are open stay. */
	unregister(target: string): void {
		if (targets.delete(target)) link.accept(target, false)
	},
	/** The comms that are open. */
	get open(): readonly Comm[] {
		return [...open.values()]
	},
})

/** Puts the way to front ends in place. */
export function setCommLink(next: CommLink): void {
	link = next
}

/** Takes what a front end says. */
export function takeComm(packet: CommPacket): void {
	if (packet.event !== 'open') {
		const comm = open.get(packet.id)
		if (comm !== undefined) deliver(comm, packet)
		return
	}
	const known = targets.get(packet.target)
	known?.scope.runInAsyncScope(() => {
		opening = packet.id
		const comm = new Comm(packet.target)
		opening = undefined
		guardedCall(
			() => known.handler(comm, packet),
			() => comm.close(),
		)
	})
}

/** The handler as one that runs in the present async context and reports what it throws. */
function owned(handler: CommHandler): CommHandler {
	const scope = new AsyncResource('CommHandler')
	return (message) => scope.runInAsyncScope(() => guardedCall(() => handler(message)))
}

function guardedCall(body: () => unknown, onFault: () => void = () => undefined): void {
	const failed = (thrown: unknown): void => {
		link.fault(thrown)
		onFault()
	}
	try {
		const result = host().guard(body)
		if (result instanceof Promise) result.catch(failed)
	} catch (thrown) {
		failed(thrown)
	}
}

function requireTarget(target: unknown, where: string): void {
	if (typeof target === 'string' && target !== '') return
	throw new StreamError('argument/illegal', `${JSON.stringify(target)} is no name of a target`, {
		where,
		remedy: "give a text, for example 'my.target'",
	})
}

function jsonOf(data: CommData, where: string): CommData {
	try {
		return JSON.parse(JSON.stringify(data)) as CommData
	} catch (cause) {
		const remedy = 'send plain data; bytes go into the option buffers'
		throw new StreamError('argument/illegal', `the data of a comm is no JSON: ${String(cause)}`, {
			where,
			remedy,
			cause,
		})
	}
}

const bytesOf = (buffer: ArrayBuffer | ArrayBufferView): Uint8Array =>
	ArrayBuffer.isView(buffer)
		? new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.byteLength)
		: new Uint8Array(buffer)
