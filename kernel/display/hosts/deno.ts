/**
 * Our displays and live views in Deno's own kernel, by `Deno.jupyter.broadcast`: the messages of Jupyter as they are, one
 * after another.
 */

import type { DisplaySink } from '../sink.js'
import type { Bundle } from '../view.js'
import { Painter } from './painter.js'

/** Sends a message on iopub, with the request that runs (or ran last) as its parent. */
export type Broadcast = (type: string, content: Readonly<Record<string, unknown>>) => Promise<void>

/** Deno's way to send when this process is its kernel. */
export function denoHere(): Broadcast | undefined {
	const deno: unknown = Reflect.get(globalThis, 'Deno')
	if (typeof deno !== 'object' || deno === null) return undefined
	try {
		const jupyter: unknown = Reflect.get(deno, 'jupyter')
		const broadcast: unknown = typeof jupyter === 'object' && jupyter !== null && Reflect.get(jupyter, 'broadcast')
		return typeof broadcast === 'function' ? (broadcast.bind(jupyter) as Broadcast) : undefined
	} catch {
		// Outside of its kernel Deno refuses even to look.
		return undefined
	}
}

/** The sink that shows everything by Deno. */
export function denoSink(broadcast: Broadcast): DisplaySink {
	let sending = Promise.resolve()
	const send = (type: string, content: Readonly<Record<string, unknown>>): void => {
		const sent = sending.then(() => broadcast(type, content))
		// A message that cannot be sent must not hold up those after it; the front end is gone then.
		sending = sent.catch((thrown) => void process.stderr.write(`display: ${String(thrown)}\n`))
	}
	const show = (displayId: string | undefined, data: Bundle, isUpdate: boolean, metadata: Bundle = {}): void =>
		send(isUpdate ? 'update_display_data' : 'display_data', {
			data,
			metadata,
			transient: displayId === undefined ? {} : { display_id: displayId },
		})
	const painter = new Painter(show)
	return {
		display: (bundle, metadata, displayId, update = false) => show(displayId, bundle, update, metadata),
		clear: (wait) => send('clear_output', { wait }),
		viewOpened: (view, frame) => painter.opened(view, frame),
		viewFrame: (frame) => painter.frame(frame),
		viewClosed: (viewId) => painter.closed(viewId),
		viewShown: (view, frame, isOver) => painter.shown(view, frame, isOver),
	}
}
