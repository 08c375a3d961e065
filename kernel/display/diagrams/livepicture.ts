/**
 * A picture that follows a context: drawn again after batches, at most twice a second, until it is closed or the context
 * stops. It is no observer of any stream; it listens to the events of the context.
 */

import { AsyncResource } from 'node:async_hooks'
import { randomUUID } from 'node:crypto'
import { inspect } from 'node:util'
import {
	type Clock,
	type Disposable,
	type EventKind,
	type StreamingContext,
	systemClock,
} from '../../../engine/index.js'
import { viewBegins, viewEnds } from '../openviews.js'
import { type DisplaySink, displaySink } from '../sink.js'
import { restOf, type ViewDefinition, type ViewFrame } from '../view.js'
import type { DiagramParts } from './diagram.js'

/** What a live picture needs. */
export interface LivePictureParts {
	readonly context: StreamingContext
	/** Draws the picture as things are now. */
	readonly draw: () => DiagramParts
	/** Who opened it: an opaque name given by the host. */
	readonly group: string | undefined
	/** Released when it ends. */
	readonly holds?: readonly Disposable[]
	/** Paces the pictures (default: the system clock). */
	readonly pace?: Clock
}

const paceMs = 500
const session = randomUUID().slice(0, 8)
let made = 0

const telling: readonly EventKind[] = ['streamingStarted', 'batchCompleted', 'batchSkipped', 'graphChanged']

/** The handle of a live picture. */
export class LivePicture {
	readonly viewId = `picture-${session}-${++made}`
	readonly group: string | undefined
	readonly #parts: LivePictureParts
	readonly #pace: Clock
	readonly #scope = new AsyncResource('LivePicture')
	readonly #leaving: (() => void)[]
	#sentMs: number
	#pending: Disposable | undefined
	#drawn: DiagramParts
	#isClosed = false

	/** Opens the picture. */
	constructor(parts: LivePictureParts) {
		this.#parts = parts
		this.#pace = parts.pace ?? systemClock
		this.group = parts.group
		this.#drawn = parts.draw()
		this.#sentMs = this.#pace.now()
		const { context } = parts
		this.#leaving = [
			...telling.map((kind) => context.on(kind, () => this.#changed())),
			context.on('streamingStopped', () => this.#end(true)),
			...(parts.holds ?? []).map((hold) => () => hold.dispose()),
		]
		viewBegins(this)
		this.#say((sink) => sink.viewOpened(this.#definition(), this.#frame()))
	}

	/** The newest picture as an SVG document. */
	toSVG(): string {
		return this.#parts.draw().svg
	}
	toString(): string {
		return this.#parts.draw().text
	}
	/** Called by `console.log` and Node's REPL. */
	[inspect.custom](): string {
		return this.toString()
	}

	get context(): StreamingContext {
		return this.#parts.context
	}
	/** Shows it once more, in the cell that asks. */
	show(): void {
		displaySink().viewShown(this.#definition(), this.#frame(), this.#isClosed)
	}
	/** Ends it; the last picture stays. Closing twice is no error. */
	close(): void {
		this.#end(false)
	}
	#end(isStopped: boolean): void {
		if (this.#isClosed) return
		this.#isClosed = true
		viewEnds(this, isStopped)
		this.#draw()
		for (const leave of this.#leaving) leave()
		this.#say((sink) => sink.viewClosed(this.viewId))
	}

	#changed(): void {
		if (this.#isClosed || this.#pending !== undefined) return
		const dueMs = this.#sentMs + paceMs
		if (this.#pace.now() >= dueMs) this.#draw()
		else this.#pending = this.#pace.at(dueMs, () => this.#draw())
	}

	#draw(): void {
		this.#pending?.dispose()
		this.#pending = undefined
		this.#sentMs = this.#pace.now()
		const drawn = this.#parts.draw()
		if (drawn.svg === this.#drawn.svg) return
		this.#drawn = drawn
		this.#say((sink) => sink.viewFrame(this.#frame()))
	}

	#definition(): ViewDefinition {
		const { title, svg } = this.#drawn
		const [, width = 0, height = 0] = /width="(\d+)" height="(\d+)"/.exec(svg)?.map(Number) ?? []
		const { batchDuration, clock } = this.context
		const restMs = restOf(batchDuration.milliseconds, clock.isManual)
		return { viewId: this.viewId, title, form: 'chart', mode: 'latest', width, height, maxRows: 0, restMs }
	}
	#frame(): ViewFrame {
		const { title, svg, text } = this.#drawn
		// The text begins with a line of title and caption.
		const caption = text.split('\n', 1)[0]?.slice(`${title} · `.length) ?? ''
		return { viewId: this.viewId, timeMs: this.#sentMs, rows: [], caption, text, svg }
	}

	#say(what: (sink: DisplaySink) => void): void {
		this.#scope.runInAsyncScope(() => what(displaySink()))
	}
}
