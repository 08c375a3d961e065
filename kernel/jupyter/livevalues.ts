/**
 * What the session knows of live values, for completion and help where types say nothing (`any`).
 *
 * A session that computes does not answer; nobody waits for it longer than a moment. Only paths of names are asked for:
 * reading them runs no code of the user.
 */

import type { Clock } from '../../engine/index.js'
import type { FromSession, ToSession } from '../session/messages.js'

type Answer = Extract<FromSession, { readonly kind: 'properties' }>

/** What is known of a live value. */
export type LiveValue = Pick<Answer, 'names' | 'value'>

/** Longer than a session takes that has nothing else to do, and shorter than a person notices. */
const patienceMs = 40

/** `a.b[0].c`, at the end of a text. */
const path = /(?:^|[^\p{L}\p{N}_$.\])])([\p{L}_$][\p{L}\p{N}_$]*(?:\.[\p{L}_$][\p{L}\p{N}_$]*|\[\d+\])*)$/u

export class LiveValues {
	readonly #send: (message: Extract<ToSession, { readonly kind: 'askProperties' }>) => void
	readonly #clock: Clock
	readonly #waiting = new Map<string, (answer: LiveValue | undefined) => void>()
	#asked = 0

	constructor(send: (message: Extract<ToSession, { readonly kind: 'askProperties' }>) => void, clock: Clock) {
		this.#send = send
		this.#clock = clock
	}

	/** The value at the end of a text such as `f(a.b`; undefined when there is none, or no answer in time. */
	async at(text: string): Promise<LiveValue | undefined> {
		const expression = path.exec(text)?.[1]
		if (expression === undefined) return undefined
		this.#asked += 1
		const id = String(this.#asked)
		return new Promise((resolve) => {
			const settle = (answer: LiveValue | undefined): void => {
				this.#waiting.delete(id)
				timer.dispose()
				resolve(answer)
			}
			const timer = this.#clock.at(this.#clock.now() + patienceMs, () => settle(undefined))
			this.#waiting.set(id, settle)
			this.#send({ kind: 'askProperties', id, expression })
		})
	}

	/** The session's answer. */
	answered({ id, names, value }: Answer): void {
		this.#waiting.get(id)?.({ names, ...(value === undefined ? {} : { value }) })
	}
}
