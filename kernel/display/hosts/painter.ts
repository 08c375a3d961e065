/**
 * Draws views in the process that has them, for hosts without a front: one frame at a time each, then the newest.
 *
 *   opened ─▶ its text at once, in the cell that runs     frames ─▶ picture and text     closed ─▶ the full bundle
 */

import { systemClock } from '../../../engine/index.js'
import { restingFrame } from '../caption.js'
import { createRenderer, fullBundle, liveBundle, type Renderer } from '../render.js'
import type { Bundle, ViewDefinition, ViewFrame } from '../view.js'

/** Shows a bundle in the display of that name, a new one or what is there. */
export type ShowBundle = (displayId: string, bundle: Bundle, isUpdate: boolean) => void

interface Painted {
	definition: ViewDefinition
	frame: ViewFrame
	isOver: boolean
	/** The frame has not been drawn yet. */
	isDue: boolean
	isBusy: boolean
	hasFailed: boolean
}

/** The views of one host. */
export class Painter {
	readonly #show: ShowBundle
	readonly #renderer: Renderer
	readonly #views = new Map<string, Painted>()

	constructor(show: ShowBundle, renderer: Renderer = createRenderer()) {
		this.#show = show
		this.#renderer = renderer
	}

	opened(definition: ViewDefinition, frame: ViewFrame): void {
		const known = this.#views.get(definition.viewId)
		if (known === undefined) {
			// Drawing takes a moment, after which another cell may run.
			this.#show(definition.viewId, { 'text/plain': frame.text }, false)
			const fresh = { isOver: false, isDue: true, isBusy: false, hasFailed: false }
			this.#views.set(definition.viewId, { definition, frame, ...fresh })
		} else Object.assign(known, { definition, frame, isDue: true, hasFailed: false })
		void this.#paint(definition.viewId)
	}
	frame(frame: ViewFrame): void {
		const view = this.#views.get(frame.viewId)
		if (view === undefined) return
		Object.assign(view, { frame, isDue: true })
		void this.#paint(frame.viewId)
	}
	closed(viewId: string): void {
		const view = this.#views.get(viewId)
		if (view === undefined) return
		Object.assign(view, { isOver: true, isDue: true })
		void this.#paint(viewId)
	}
	/** Once more in the cell that runs, and there only until the next frame comes. */
	shown(definition: ViewDefinition, frame: ViewFrame, isOver: boolean): void {
		this.#show(definition.viewId, { 'text/plain': frame.text }, false)
		if (!this.#views.has(definition.viewId)) this.opened(definition, frame)
		if (isOver) this.closed(definition.viewId)
		else this.frame(frame)
	}

	async #paint(viewId: string): Promise<void> {
		const view = this.#views.get(viewId)
		if (view === undefined || view.isBusy) return
		view.isBusy = true
		while (view.isDue) {
			view.isDue = false
			const { definition, isOver } = view
			const frame = isOver ? restingFrame(view.frame, systemClock.now(), true) : view.frame
			const svg = view.hasFailed ? '' : await this.#svgOf(view, frame)
			const failed = view.hasFailed ? { 'text/plain': `${frame.text}\n${svg}` } : undefined
			this.#show(viewId, failed ?? (isOver ? fullBundle : liveBundle)(definition, frame, svg), true)
			if (isOver) {
				this.#views.delete(viewId)
				this.#renderer.close(viewId)
				return
			}
		}
		view.isBusy = false
	}

	/** The picture; where it cannot be drawn, why not. */
	async #svgOf(view: Painted, frame: ViewFrame): Promise<string> {
		try {
			return await this.#renderer.render(view.definition, frame)
		} catch (thrown) {
			view.hasFailed = true
			return String(thrown)
		}
	}
}
