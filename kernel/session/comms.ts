/** Comms of cells over the channel: packets go out with their owner, errors of handlers to the cell of the handler. */

import { setCommLink } from '../display/index.js'
import type { FromSession } from './messages.js'

export interface CommsParts {
	readonly send: (message: FromSession) => void
	/** The cell that the running code belongs to. */
	readonly owner: () => string
	readonly fault: (thrown: unknown) => void
}

/** Connects the comms of this process with the front. */
export function connectComms({ send, owner, fault }: CommsParts): void {
	setCommLink({
		send: (packet) => send({ kind: 'comm', owner: owner(), ...packet }),
		accept: (target, isAccepted) => send({ kind: 'commTarget', target, isAccepted }),
		fault,
	})
}
