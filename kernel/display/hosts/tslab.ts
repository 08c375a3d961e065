/**
 * Our displays and live views in tslab's own kernel, by its public API: `tslab.display` and `tslab.newDisplay()`.
 *
 * A display of tslab has one MIME type, so of each bundle the richest goes. tslab sends without waiting, and what is
 * sent while another message is on its way is lost (measured on 1.0.22): updates go one after another, the newest of each
 * display. tslab cannot clear outputs.
 */

import { systemClock } from '../../../engine/index.js'
import type { DisplaySink } from '../sink.js'
import type { Bundle } from '../view.js'
import { Painter } from './painter.js'

/** A display of tslab: the first `raw` makes it, the next ones replace what it shows. */
interface TslabDisplay {
	raw(contentType: string, data: unknown): void
}
/** The part of tslab's module that is used. */
export interface Tslab {
	readonly display: TslabDisplay
	newDisplay(): TslabDisplay
}

/** tslab's module when this process is its kernel, which keeps what cells require in a global name. */
export function tslabHere(): Tslab | undefined {
	const kernel: unknown = Reflect.get(globalThis, '__tslab__')
	const load: unknown = typeof kernel === 'object' && kernel !== null ? Reflect.get(kernel, 'require') : undefined
	return typeof load === 'function' ? (load('tslab') as Tslab) : undefined
}

const richest = ['text/html', 'image/svg+xml', 'image/png', 'image/jpeg', 'text/markdown', 'text/latex']
const gapMs = 20

function best(bundle: Bundle): readonly [string, unknown] {
	const found = richest.find((type) => type in bundle) ?? Object.keys(bundle).find((type) => type !== 'text/plain')
	return found === undefined ? ['text/plain', bundle['text/plain'] ?? ''] : [found, bundle[found]]
}

/** The sink that shows everything by tslab. */
export function tslabSink(tslab: Tslab): DisplaySink {
	const displays = new Map<string, TslabDisplay>()
	const waiting = new Map<string, Bundle>()
	let isSending = false
	const sendNext = (): void => {
		const [next] = waiting
		isSending = next !== undefined
		if (next === undefined) return
		const [displayId, bundle] = next
		waiting.delete(displayId)
		displays.get(displayId)?.raw(...best(bundle))
		systemClock.at(systemClock.now() + gapMs, sendNext)
	}
	const show = (displayId: string, bundle: Bundle, isUpdate: boolean): void => {
		if (isUpdate && displays.has(displayId)) {
			waiting.delete(displayId)
			waiting.set(displayId, bundle)
			if (!isSending) sendNext()
			return
		}
		waiting.delete(displayId)
		const made = tslab.newDisplay()
		displays.set(displayId, made)
		made.raw(...best(bundle))
	}
	const painter = new Painter(show)
	return {
		display: (bundle, _metadata, displayId, update = false) => {
			if (displayId === undefined) tslab.display.raw(...best(bundle))
			else show(displayId, bundle, update)
		},
		clear: () => undefined,
		viewOpened: (view, frame) => painter.opened(view, frame),
		viewFrame: (frame) => painter.frame(frame),
		viewClosed: (viewId) => painter.closed(viewId),
		viewShown: (view, frame, isOver) => painter.shown(view, frame, isOver),
	}
}
