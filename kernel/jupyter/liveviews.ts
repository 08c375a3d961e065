/**
 * Live views as displays: SVG and text while they change, one full bundle when they are at rest.
 *
 *   opened -> display_data {svg, text}      frames -> update_display_data {svg, text}, at most ten a second
 *   closed -> update_display_data {vegalite v5 with its data, svg, text}
 *
 * JupyterLab redraws a Vega-Lite bundle with a flash each time, an SVG without. Drawing takes time: a view draws one
 * frame at a time and skips to the newest.
 */

import { fullBundle, liveBundle, type Renderer } from '../display/render.js'
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
	readonly display: { isShown: boolean }
	hasFailed: boolean
}

/** The open views of a session. */
export class LiveViews {
	readonly #sink: ViewSink
	readonly #render: Renderer
	readonly #throttle: Throttle
	readonly #views = new Map<string, View>()
	readonly #closing = new Set<Promise<void>>()

	constructor(sink: ViewSink, render: Renderer, throttle: Throttle) {
		this.#sink = sink
		this.#render = render
		this.#throttle = throttle
	}

	opened(owner: string, definition: ViewDefinition, frame: ViewFrame): void {
		const before = this.#views.get(definition.viewId)
		const view: View = {
			owner,
			definition,
			frame,
			drawing: before?.drawing ?? Promise.resolve(),
			display: before?.display ?? { isShown: false },
			hasFailed: false,
		}
		this.#views.set(definition.viewId, view)
		this.#throttle.ask(definition.viewId, () => this.#draw(view, false))
	}

	frame(frame: ViewFrame): void {
		const view = this.#views.get(frame.viewId)
		if (view === undefined) return
		view.frame = frame
		this.#throttle.ask(frame.viewId, () => this.#draw(view, false))
	}

	closed(viewId: string): void {
		const view = this.#views.get(viewId)
		if (view === undefined) return
		this.#views.delete(viewId)
		this.#throttle.drop(viewId)
		this.#draw(view, true)
		const ended = view.drawing.then(() => {
			this.#render.close(viewId)
			this.#closing.delete(ended)
		})
		this.#closing.add(ended)
	}

	/** Resolves when what is being drawn is drawn. */
	async settled(): Promise<void> {
		await Promise.all([...this.#closing, ...[...this.#views.values()].map((view) => view.drawing)])
	}

	reset(): void {
		for (const viewId of this.#views.keys()) {
			this.#throttle.drop(viewId)
			this.#render.close(viewId)
		}
		this.#views.clear()
	}

	#draw(view: View, isFull: boolean): void {
		view.drawing = view.drawing.then(async () => {
			const { definition, frame } = view
			const svg = await this.#svgOf(view, frame)
			const bundle = isFull ? fullBundle : liveBundle
			const data = svg === undefined ? { 'text/plain': frame.text } : bundle(definition, frame, svg)
			this.#sink.show(view.owner, definition.viewId, data, view.display.isShown)
			view.display.isShown = true
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
			this.#sink.fault(view.owner, { name, message, lines: [`${name}: ${message}`], frames: [] })
			return undefined
		}
	}
}
