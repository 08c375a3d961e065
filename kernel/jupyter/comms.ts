/**
 * The table of comms: who may open which, which are open, and messages of both ends on their way.
 *
 *   front end  -> comm_open, comm_msg, comm_close  -> session, when it can
 *   session    -> comm_open, comm_msg, comm_close  -> all front ends, under the cell that owns the comm
 *
 * It lives in the front, so that questions are answered and unknown targets are refused while a cell spins. When the
 * session ends, so do its comms. Source: Jupyter's messaging specification, "Custom Messages".
 */

import type { FromSession, ToSession } from '../session/messages.js'
import { logLine, type PublishExtras } from './port.js'
import type { Content, Incoming } from './wire.js'

type Packet = Extract<FromSession, { kind: 'comm' }>

/** Where messages go. */
export interface CommsParts {
	readonly toSession: (message: Extract<ToSession, { kind: 'comm' }>) => void
	/** Publishes under a cell. */
	readonly publish: (owner: string, type: string, content: Content, extras: PublishExtras) => void
	/** Publishes as part of a request. */
	readonly refuse: (request: Incoming, type: string, content: Content) => void
}

/** The version of the widget protocol that messages to widgets carry. */
const widgetVersion = '2.1.0'
const widgetTarget = 'jupyter.widget'
const types = { open: 'comm_open', message: 'comm_msg', close: 'comm_close' } as const

/** All comms of a kernel. */
export class Comms {
	readonly #parts: CommsParts
	readonly #targets = new Set<string>()
	/** Target and owner of each open comm. */
	readonly #open = new Map<string, { readonly target: string; readonly owner: string | undefined }>()

	constructor(parts: CommsParts) {
		this.#parts = parts
	}

	/** A comm message of a front end. */
	take(request: Incoming): void {
		const { header, content, metadata, buffers } = request
		const id = content.comm_id
		const event = eventOf(header.msg_type)
		if (typeof id !== 'string' || event === undefined) {
			logLine(`dropped a ${header.msg_type} without a comm_id`)
			return
		}
		const target = event === 'open' && typeof content.target_name === 'string' ? content.target_name : ''
		if (event === 'open') {
			// An id that is open already would take the place of another comm.
			if (!this.#targets.has(target) || this.#open.has(id)) {
				logLine(`refused a comm to ${JSON.stringify(target)}`)
				this.#parts.refuse(request, 'comm_close', { comm_id: id, data: {} })
				return
			}
			this.#open.set(id, { target, owner: undefined })
		} else if (!this.#open.has(id)) {
			logLine(`dropped a ${header.msg_type} for a comm that is not open`)
			return
		}
		if (event === 'close') this.#open.delete(id)
		this.#parts.toSession({ kind: 'comm', event, id, target, data: objectOf(content.data), metadata, buffers })
	}

	/** A comm message of the session. */
	said({ event, id, owner, target, data, metadata, buffers }: Packet): void {
		if (event === 'open') this.#open.set(id, { target, owner })
		const name = this.#open.get(id)?.target
		const isWidget = name === widgetTarget && event === 'open'
		if (event === 'close') this.#open.delete(id)
		const content = event === 'open' ? { comm_id: id, target_name: target, data } : { comm_id: id, data }
		const extras = { metadata: isWidget ? { version: widgetVersion, ...metadata } : metadata, buffers }
		this.#parts.publish(owner, types[event], content, extras)
	}

	/** The session takes comms to `target`, or no more. */
	accept(target: string, isAccepted: boolean): void {
		if (isAccepted) this.#targets.add(target)
		else this.#targets.delete(target)
	}

	/** `comm_info_request`: the open comms, those of one target when it names one. */
	info(content: Content): Content {
		const wanted = content.target_name
		const shown = [...this.#open].filter(
			([, { target }]) => typeof wanted !== 'string' || wanted === '' || target === wanted,
		)
		return { status: 'ok', comms: Object.fromEntries(shown.map(([id, { target }]) => [id, { target_name: target }])) }
	}

	/** The session is gone, and every comm with it: front ends hear so. */
	reset(): void {
		for (const [id, { owner }] of this.#open)
			this.#parts.publish(owner ?? '', 'comm_close', { comm_id: id, data: {} }, {})
		this.#open.clear()
		this.#targets.clear()
	}
}

const eventOf = (type: string): Packet['event'] | undefined =>
	(['open', 'message', 'close'] as const).find((event) => types[event] === type)

const objectOf = (value: unknown): Content =>
	typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Content) : {}
