/**
 * What the session tells of its own accord: engine events, at most ten messages a second, and the vitals of the streams
 * once a second while a front watches them.
 */

import { type Clock, type Disposable, type EngineEvent, StreamError } from '../../engine/index.js'
import type { MagicWorld } from './magics/world.js'
import type { FromSession } from './messages.js'
import { type Vitals, vitalsOf } from './vitals.js'

type Events = Extract<FromSession, { readonly kind: 'events' }>

const eventsEveryMs = 100
const vitalsEveryMs = 1_000

export class Mailing {
	readonly #clock: Clock
	readonly #world: () => MagicWorld
	readonly #send: (message: Events) => void
	readonly #fault: (thrown: unknown) => void
	#events: EngineEvent[] = []
	#vitals: Vitals | undefined
	#next: Disposable | undefined
	#isWatched = false

	/** @param fault hears of what goes wrong while vitals are taken */
	constructor(
		clock: Clock,
		world: () => MagicWorld,
		send: (message: Events) => void,
		fault: (thrown: unknown) => void,
	) {
		this.#clock = clock
		this.#world = world
		this.#send = send
		this.#fault = fault
	}

	/** One more event. */
	event(event: EngineEvent): void {
		this.#events.push(event)
		if (this.#events.length > 1) return
		this.#clock.at(this.#clock.now() + eventsEveryMs, () => {
			const events = this.#events
			this.#events = []
			this.#send({ kind: 'events', events })
		})
	}

	/** A front begins to watch the vitals, or no longer does. */
	watch(isOn: boolean): void {
		this.#next?.dispose()
		this.#next = undefined
		this.#isWatched = isOn
		if (isOn) void this.#tell()
	}

	async #tell(): Promise<void> {
		try {
			this.#vitals = await vitalsOf(this.#world(), this.#vitals)
			if (this.#isWatched && this.#vitals !== undefined) {
				this.#send({ kind: 'events', events: [], vitals: this.#vitals })
			}
		} catch (thrown) {
			// A state that cannot be counted is the error of its batch, which says it; anything else is ours.
			if (!(thrown instanceof StreamError)) this.#fault(thrown)
		}
		if (!this.#isWatched) return
		this.#next?.dispose()
		this.#next = this.#clock.at(this.#clock.now() + vitalsEveryMs, () => void this.#tell())
	}
}
