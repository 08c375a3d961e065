/** What a person reads when a stream that was replaced hands its state on. */

import { asError } from '../base/errors.js'
import { host } from '../base/host.js'
import type { Carried } from '../dstream/replacement.js'

/** Says in its cell that an operator goes on from the state of the one before. */
export async function tellCarried({ stream, numKeys }: Carried): Promise<void> {
	const { title, name, group } = stream
	if (numKeys === undefined) {
		host().notice({ level: 'info', text: `${title}: the type of its state has changed: starts empty`, group })
		return
	}
	try {
		const n = await numKeys()
		const keys = n === 1 ? '1 key' : `${n.toLocaleString('en')} keys`
		const hint = name === undefined ? 'reset() on its stream clears them' : `${name}.reset() clears`
		host().notice({ level: 'info', text: `${title}: ${keys} kept; ${hint}`, group })
	} catch (thrown) {
		host().batchError(asError(thrown), { timeMs: 0, group })
	}
}
