/**
 * Messages as frames and back: signing, checking, and dropping what does not belong here.
 *
 *   identities… | <IDS|MSG> | signature | header | parent header | metadata | content | buffers…
 *                             HMAC over the four JSON frames in order
 *
 * A frame list that is malformed, wrongly signed or seen before gives a reason instead of a message; the caller logs
 * it. Source: Jupyter's messaging specification, "The wire protocol", version 5.4.
 */

import { createHmac, randomUUID, timingSafeEqual } from 'node:crypto'
import { systemClock } from '../../engine/index.js'

/** The protocol version that headers carry. */
export const protocolVersion = '5.4'

/** The header of a message. */
export interface Header {
	readonly msg_id: string
	readonly msg_type: string
	readonly session: string
	readonly username: string
	readonly date: string
	readonly version: string
}

/** The content of a message before anything is known about it. */
export type Content = Readonly<Record<string, unknown>>

/** A message that came in. */
export interface Incoming {
	readonly identities: readonly Buffer[]
	readonly header: Header
	readonly metadata: Content
	readonly content: Content
	readonly buffers: readonly Buffer[]
}

/** A message that goes out. */
export interface Outgoing {
	readonly identities: readonly (Buffer | string)[]
	readonly type: string
	readonly parent: Header | undefined
	readonly content: Content
	readonly metadata?: Content
	readonly buffers?: readonly Uint8Array[]
}

const delimiter = Buffer.from('<IDS|MSG>')

/** So many signatures are remembered; half of them are forgotten when there are more. */
const mostSignatures = 65_536

/** Signs, checks, encodes and decodes the messages of one kernel session. */
export class Wire {
	/** Names this kernel process in headers. */
	readonly session = randomUUID()
	readonly #key: string
	readonly #hash: string
	#seen = new Set<string>()

	/** @param key empty for unsigned messages */
	constructor(key: string, hash: string) {
		this.#key = key
		this.#hash = hash
	}

	/** The frames of a message; each call gives it a new id. */
	encode({ identities, type, parent, content, metadata = {}, buffers = [] }: Outgoing): Buffer[] {
		const header: Header = {
			msg_id: randomUUID(),
			msg_type: type,
			session: this.session,
			username: 'kernel',
			date: new Date(systemClock.now()).toISOString(),
			version: protocolVersion,
		}
		const parts = [header, parent ?? {}, metadata, content].map((part) => Buffer.from(JSON.stringify(part)))
		const front = identities.map((one) => (typeof one === 'string' ? Buffer.from(one) : one))
		return [...front, delimiter, Buffer.from(this.#sign(parts)), ...parts, ...buffers.map((one) => Buffer.from(one))]
	}

	/** The message in `frames`, or the reason why there is none. */
	decode(frames: readonly Buffer[]): Incoming | string {
		const at = frames.findIndex((frame) => frame.equals(delimiter))
		if (at === -1) return 'no delimiter'
		const [signature, ...rest] = frames.slice(at + 1)
		const parts = rest.slice(0, 4)
		if (signature === undefined || parts.length < 4) return 'too few frames'
		if (this.#key !== '') {
			const expected = Buffer.from(this.#sign(parts))
			if (signature.length !== expected.length || !timingSafeEqual(signature, expected)) return 'a wrong signature'
			if (!this.#isNew(signature.toString())) return 'a repeated signature'
		}
		const [header, , metadata, content] = parts.map(objectIn)
		if (header === undefined || metadata === undefined || content === undefined) return 'a frame that is no JSON object'
		if (!isHeader(header)) return 'a header without msg_id or msg_type'
		return { identities: frames.slice(0, at), header, metadata, content, buffers: rest.slice(4) }
	}

	#sign(parts: readonly Buffer[]): string {
		if (this.#key === '') return ''
		const hmac = createHmac(this.#hash, this.#key)
		for (const part of parts) hmac.update(part)
		return hmac.digest('hex')
	}

	#isNew(signature: string): boolean {
		if (this.#seen.has(signature)) return false
		if (this.#seen.size >= mostSignatures) this.#seen = new Set([...this.#seen].slice(mostSignatures / 2))
		this.#seen.add(signature)
		return true
	}
}

function objectIn(frame: Buffer): Record<string, unknown> | undefined {
	let value: unknown
	try {
		value = JSON.parse(frame.toString())
	} catch {
		// Told to the caller as "no JSON object"; what the parser says about bytes of strangers helps nobody.
		return undefined
	}
	return typeof value === 'object' && value !== null && !Array.isArray(value)
		? (value as Record<string, unknown>)
		: undefined
}

function isHeader(value: object): value is Header {
	const { msg_id: id, msg_type: type } = value as Partial<Header>
	return typeof id === 'string' && typeof type === 'string'
}
