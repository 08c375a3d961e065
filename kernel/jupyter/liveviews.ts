/**
 * Live views as displays: SVG and text while they change, the full bundle when they are at rest.
 *
 *   opened ─▶ display_data {svg, text}
 *   frames ─▶ update_display_data {svg, text}, at most ten a second
 *   quiet for a second, an error, an interrupt ─▶ update_display_data {vegalite v5 with its data, svg, text}
 *   every 10 s ─▶ the same behind the picture as HTML, which JupyterLab shows instead
 *   closed, or the session gone ─▶ the same, with a caption that says that it is no longer live
 *   shown ─▶ display_data with the same display id, in another cell
 *
 * JupyterLab redraws a Vega-Lite bundle with a flash each time, an SVG without; the full bundle is what a saved notebook
 * should hold, so its caption says when that was. Drawing takes time: a view draws one frame at a time and skips to the
 * newest.
 */

import { type Clock, type Disposable, StreamError } from '../../engine/index.js'
import { restingFrame } from '../display/caption.js'
import { fullBundle, liveBundle, movingBundle, type Renderer } from '../display/render.js'
import type { Bundle, ViewDefinition, ViewFrame } from '../display/view.js'
import type { ErrorData } from '../session/messages.js'
import type { Throttle } from './throttle.js'

/** Where drawn views go. */
export interface ViewSink {
	show(owner: string, displayId: string, data: Bundle, isUpdate: boolean): void
	fault(owner: string, error: ErrorData): void
}

interface View {
	readonly owner: string
	readonly definition: ViewDefinition
	frame: ViewFrame
	/** Ends when all drawing asked for so far has ended. */
	drawing: Promise<void>
	/** One display for the view, also when it is opened again in another form. */
	readonly display: { isShown: boolean; fullMs: number; isFull: boolean; rest: Disposable | undefined }
	hasFailed: boolean
}

/** How the frame is drawn: while it changes, so that it can be saved while it changes, at rest, or for the last time. */
type Manner = 'live' | 'moving' | 'rest' | 'over'

const bundles = { live: liveBundle, moving: movingBundle, rest: fullBundle, over: fullBundle }

const fullEveryMs = 10_000
const usualRestMs = 1_000

/** The open views of a session. */
export class LiveViews {
	readonly #sink: ViewSink
	readonly #render: Renderer
	readonly #throttle: Throttle
	readonly #clock: Clock
	readonly #views = new Map<string, View>()
	readonly #closing = new Set<Promise<void>>()

	constructor(sink: ViewSink, render: Renderer, throttle: Throttle, clock: Clock) {
		this.#sink = sink
		this.#render = render
		this.#throttle = throttle
		this.#clock = clock
	}

	opened(owner: string, definition: ViewDefinition, frame: ViewFrame): void {
		const before = this.#views.get(definition.viewId)
		const view: View = {
			owner,
			definition,
			frame,
			drawing: before?.drawing ?? Promise.resolve(),
			display: before?.display ?? { isShown: false, fullMs: this.#clock.now(), isFull: false, rest: undefined },
			hasFailed: false,
		}
		this.#views.set(definition.viewId, view)
		this.#changed(view)
	}

	frame(frame: ViewFrame): void {
		const view = this.#views.get(frame.viewId)
		if (view === undefined) return
		view.frame = frame
		this.#changed(view)
	}

	closed(viewId: string): void {
		const view = this.#views.get(viewId)
		if (view !== undefined) this.#end(view)
	}

	/** The view is wanted under one more owner; what is shown already goes on. */
	shown(owner: string, definition: ViewDefinition, frame: ViewFrame, isOver: boolean): void {
		const known = this.#views.get(definition.viewId)
		if (known !== undefined) {
			known.frame = frame
			this.#draw(known, known.display.isFull ? 'rest' : 'live', owner)
			return
		}
		const display = { isShown: false, fullMs: 0, isFull: false, rest: undefined }
		const view: View = { owner, definition, frame, drawing: Promise.resolve(), display, hasFailed: false }
		this.#views.set(definition.viewId, view)
		if (isOver) this.#end(view)
		else this.#changed(view)
	}

	/** Draws in full what has changed: something has happened after which people look, or save. */
	rest(): void {
		for (const view of this.#views.values()) if (!view.display.isFull) this.#draw(view, 'rest')
	}

	/** Resolves when what is being drawn is drawn. */
	async settled(): Promise<void> {
		await Promise.all([...this.#closing, ...[...this.#views.values()].map((view) => view.drawing)])
	}

	/** The session is gone: the last pictures stay, and say so. */
	reset(): void {
		for (const view of this.#views.values()) this.#end(view)
	}

	#changed(view: View): void {
		const { definition, display } = view
		display.isFull = false
		display.rest?.dispose()
		display.rest = this.#clock.at(this.#clock.now() + (definition.restMs ?? usualRestMs), () => {
			if (this.#views.get(definition.viewId) === view && !display.isFull) this.#draw(view, 'rest')
		})
		this.#throttle.ask(definition.viewId, () => {
			// Drawn in full while it waited for its turn.
			if (display.isFull) return
			const isDue = this.#clock.now() - display.fullMs >= fullEveryMs
			this.#draw(view, isDue ? 'moving' : 'live')
		})
	}

	#end(view: View): void {
		const { viewId } = view.definition
		this.#views.delete(viewId)
		this.#throttle.drop(viewId)
		view.display.rest?.dispose()
		this.#draw(view, 'over')
		const ended = view.drawing.then(() => {
			// The same view may have been shown again in the meantime.
			if (!this.#views.has(viewId)) this.#render.close(viewId)
			this.#closing.delete(ended)
		})
		this.#closing.add(ended)
	}

	/** @param shownTo makes a new display under that owner instead of updating those that are there */
	#draw(view: View, manner: Manner, shownTo?: string): void {
		const { definition, display } = view
		display.isFull = manner === 'rest' || manner === 'over'
		if (manner !== 'live') display.fullMs = this.#clock.now()
		view.drawing = view.drawing.then(async () => {
			const nowMs = this.#clock.now()
			const frame = manner === 'live' ? view.frame : restingFrame(view.frame, nowMs, manner === 'over')
			const svg = await this.#svgOf(view, frame)
			const data = svg === undefined ? { 'text/plain': frame.text } : bundles[manner](definition, frame, svg)
			this.#sink.show(shownTo ?? view.owner, definition.viewId, data, shownTo === undefined && display.isShown)
			display.isShown = true
		})
	}

	/** The picture, empty for views that have none; undefined after a specification has failed, which is said once. */
	async #svgOf(view: View, frame: ViewFrame): Promise<string | undefined> {
		if (view.hasFailed) return undefined
		try {
			return await this.#render.render(view.definition, frame)
		} catch (thrown) {
			view.hasFailed = true
			const message = thrown instanceof Error ? thrown.message : String(thrown)
			const name = thrown instanceof Error ? thrown.name : 'Error'
			const { where, remedy } =
				thrown instanceof StreamError ? thrown : { where: view.definition.title, remedy: undefined }
			const lines = [
				`${name}: ${message}`,
				...(where === undefined ? [] : [`where: ${where}`]),
				...(remedy === undefined ? [] : [`what to do: ${remedy}`]),
			]
			this.#sink.fault(view.owner, { name, message, lines, frames: [] })
			return undefined
		}
	}
}
