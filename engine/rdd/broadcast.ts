/** A value that is sent to tasks once. Source: Spark's `Broadcast`. */

import { callSite } from '../base/callsite.js'
import { StreamError } from '../base/errors.js'

export class Broadcast<T> {
	readonly id: number
	readonly #value: T
	#destroyedAt: string | undefined

	constructor(id: number, value: T) {
		this.id = id
		this.#value = value
	}

	/** @throws context/state after destroy() */
	get value(): T {
		if (this.#destroyedAt !== undefined) {
			throw new StreamError(
				'context/state',
				`[INTERNAL_ERROR_BROADCAST] Attempted to use Broadcast(${this.id}) after it was destroyed (${this.#destroyedAt}) `,
			)
		}
		return this.#value
	}
	unpersist(_blocking = false): void {}
	destroy(): void {
		this.#destroyedAt = callSite() ?? '<unknown>'
	}
	toString(): string {
		return `Broadcast(${this.id})`
	}
}
