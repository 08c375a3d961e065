/**
 * Where displays go: the seam between this folder and whatever shows them.
 *
 * A plain program is the default sink: text on stdout; in the kernels of tslab and Deno theirs is. A session puts its own
 * sink in place, which adds the owner and sends messages to its front. Contract of the three view calls, in this order for each view:
 *
 *   viewOpened    at once, before the first batch
 *   viewFrame     at most ten a second
 *   viewOpened    once more with the same viewId, when the first records show a better form than the operator did: the
 *                 front replaces the definition and the picture in place
 *   viewClosed    nothing more comes: draw the last frame as a full bundle
 *
 * `viewShown` may come at any time: the view is wanted in one more place, where the running code belongs to.
 */

import { foreignSink } from './hosts/foreign.js'
import type { Bundle, ViewDefinition, ViewFrame } from './view.js'

/** What takes displays. Calls arrive in the async context of whoever made the display. */
export interface DisplaySink {
	/** `update` replaces every display of that `displayId`; otherwise a new display, named if there is an id. */
	display(bundle: Bundle, metadata: Bundle, displayId?: string, update?: boolean): void
	/** Clears the output of the cell; `wait`: not before the next display. */
	clear(wait: boolean): void
	viewOpened(view: ViewDefinition, frame: ViewFrame): void
	viewFrame(frame: ViewFrame): void
	viewClosed(viewId: string): void
	/** `isOver`: it was closed before and stays so. */
	viewShown(view: ViewDefinition, frame: ViewFrame, isOver: boolean): void
}

const write = (text: unknown): void => {
	if (typeof text === 'string' && text !== '') process.stdout.write(`${text}\n`)
}

/** A plain program: text on stdout, nothing can be cleared. */
const program: DisplaySink = {
	display: (bundle) => write(bundle['text/plain']),
	clear: () => undefined,
	viewOpened: (_view, frame) => write(frame.text),
	viewFrame: (frame) => write(frame.text),
	viewClosed: () => undefined,
	viewShown: (_view, frame) => write(frame.text),
}

let current: DisplaySink | undefined

/** The sink in place; the first time, the one of the kernel that this process is, if it is another's. */
export function displaySink(): DisplaySink {
	current ??= foreignSink() ?? program
	return current
}

/** Puts `sink` in place; without one, the default comes back. */
export function setDisplaySink(sink?: DisplaySink): void {
	current = sink
}
