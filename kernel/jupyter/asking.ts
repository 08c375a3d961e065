/**
 * Questions of a cell to the client that runs it: one at a time, in order, none left waiting.
 *
 * A question of code whose cell has ended is refused at once, and so are those still open when their cell ends: nobody
 * would hear the answer. Source: Jupyter's messaging specification, "Messages on the stdin channel".
 */

import type { FromSession, ToSession } from '../session/messages.js'
import type { Port } from './port.js'
import type { Content, Incoming } from './wire.js'

type Ask = Extract<FromSession, { kind: 'ask' }>

/** Where questions and answers go. */
export interface AskingParts {
	readonly port: Pick<Port, 'reply'>
	readonly toSession: (message: Extract<ToSession, { kind: 'answer' }>) => void
	/** Sends what a cell has printed before its question. */
	readonly flush: (owner: string) => void
}

/** The questions of the running request. */
export class Asking {
	readonly #parts: AskingParts
	#request: Incoming | undefined
	#owner: string | undefined
	/** The first one is at the client. */
	#open: Ask[] = []

	constructor(parts: AskingParts) {
		this.#parts = parts
	}

	/** From now on `owner` may ask the client that sent `request`. */
	begin(owner: string, request: Incoming): void {
		this.#owner = owner
		this.#request = request
	}

	/** Refuses what is open; nobody may ask until the next request begins. */
	end(): void {
		this.#request = undefined
		for (const { id } of this.#open.splice(0)) this.#refuse(id)
	}

	/** The cell is interrupted: its questions end with it. */
	drop(): void {
		this.#open = []
	}

	ask(question: Ask): void {
		if (this.#request === undefined || question.owner !== this.#owner) {
			this.#refuse(question.id)
			return
		}
		this.#open.push(question)
		if (this.#open.length === 1) this.#put()
	}

	/** The client's answer; one that nobody waits for any more is dropped. */
	answer(content: Content): void {
		const asked = this.#open.shift()
		if (asked === undefined) return
		this.#parts.toSession({ kind: 'answer', id: asked.id, value: String(content.value ?? '') })
		this.#put()
	}

	#put(): void {
		const [next] = this.#open
		if (next === undefined || this.#request === undefined) return
		this.#parts.flush(next.owner)
		const { prompt, password } = next
		this.#parts.port.reply('stdin', this.#request, 'input_request', { prompt, password })
	}

	#refuse(id: string): void {
		this.#parts.toSession({ kind: 'answer', id, value: undefined })
	}
}
