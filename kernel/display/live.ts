/**
 * A live view: follows a stream from the cell that opened it, also after that cell has ended.
 *
 *   new ──▶ waiting ──first batch──▶ following ◀──resume── frozen        close(), or the context stops ──▶ at rest
 *                                        └──────freeze──────▲
 *
 * It is an observer, never an output operation: looking changes nothing. Frames are at most ten a second, the latest
 * wins; everything it says is said in the async context that opened it, so it belongs to that cell.
 */

import { AsyncResource } from 'node:async_hooks'
import { randomUUID } from 'node:crypto'
import { inspect } from 'node:util'
import type { AnyDStream } from '../../engine/dstream/dstream.js'
import {
	type Clock,
	type Disposable,
	type DStream,
	Duration,
	type DurationLike,
	type ObservedBatch,
	Observer,
	StreamError,
	StreamingContext,
	systemClock,
} from '../../engine/index.js'
import { captionOf, timeText } from './caption.js'
import { windowOf } from './extent.js'
import { wholeSpec } from './full.js'
import { History, type Keeping } from './history.js'
import { viewBegins, viewEnds } from './openviews.js'
import type { Row } from './rows.js'
import { displaySink } from './sink.js'
import { type ChartSpec, formOf, type Look, lookOfOperator, mergedSpec, passing, refined, specOf } from './spec.js'
import { frameText } from './text.js'
import { restOf, type ViewDefinition, type ViewFrame } from './view.js'
import { showControls } from './widgets/controls.js'

/** How a view shows its stream. */
export interface ViewOptions {
	/** Replace by each batch, keep rows over batches, or one number with its recent line. */
	readonly mode?: ViewDefinition['mode']
	/** How far back `append` and `single` reach (default 60 batches). */
	readonly window?: DurationLike
	/** Rows of a frame at most (default: 20 bars, 20 lines of text, 100 rows of a table, 1,000 otherwise). */
	readonly maxRows?: number
	/** Default: the name of the stream, or its operator. */
	readonly title?: string
	/** Pixels (default 600 by 340). */
	readonly width?: number
	readonly height?: number
	/** Buttons beside the picture, as `controls()` shows them (default false). */
	readonly controls?: boolean
}

/** What is asked of a view beside its options: nothing (by operator and rows), a look, or a specification. */
export interface ViewWish extends ViewOptions {
	readonly look?: Look
	readonly spec?: ChartSpec
	/** Paces the frames (default: the system clock). */
	readonly pace?: Clock
}

const paceMs = 100
/** Records of a batch that are looked at: enough to find the greatest of many keys. */
const maxSeen = 10_000
const session = randomUUID().slice(0, 8)
let made = 0

/** The handle of a live view. */
export class LiveView {
	/** Unique across sessions; the display id in Jupyter. */
	readonly viewId = `view-${session}-${++made}`
	/** Who opened it: an opaque name given by the host. */
	readonly group: string | undefined
	readonly #stream: DStream<unknown>
	readonly #wish: ViewWish
	readonly #pace: Clock
	readonly #scope = new AsyncResource('LiveView')
	readonly #history = new History()
	readonly #leaving: (() => void)[] = []
	#look: Look
	/** True when the look cannot change any more. */
	#isSettled: boolean
	#definition: ViewDefinition
	#caption: string
	#timeMs = 0
	/** The past that it began with. */
	#backfill: { readonly sinceMs: number; readonly batches: number } | undefined
	#rows: readonly Row[] = []
	#sentMs = Number.NEGATIVE_INFINITY
	#pending: Disposable | undefined
	#state: 'following' | 'frozen' | 'closed' = 'following'

	/**
	 * Opens the view.
	 * @throws display/spec for a specification that has data of its own or draws nothing
	 */
	constructor(stream: AnyDStream, wish: ViewWish = {}) {
		this.#stream = stream
		this.#wish = wish
		this.#pace = wish.pace ?? systemClock
		const guess = lookOfStream(this.#stream)
		const asked = wish.look ?? lookOfMode(wish.mode, guess)
		this.#look = asked ?? guess ?? 'table'
		this.#isSettled = wish.look !== undefined || asked === 'stat'
		this.#definition = this.#define()
		const { context } = this.#stream
		this.#caption = context.isActive ? 'waiting for the first batch' : 'not started: ssc.start() begins the batches'
		const observer = new Observer(this.#stream, (batch: ObservedBatch<unknown>) => this.#onBatch(batch), {
			maxRows: maxSeen,
			backfill: context.isLive,
			mayMiss: true,
		})
		this.group = observer.group
		this.#say((sink) => sink.viewOpened(this.#definition, this.#frame()))
		const observing = context.addObserver(observer)
		this.#leaving.push(() => observing.dispose())
		if (context instanceof StreamingContext) {
			this.#leaving.push(
				context.on('streamingStarted', () => this.#onStarted()),
				context.on('streamingStopped', () => this.#end('stopped')),
			)
		}
		viewBegins(this)
		if (wish.controls === true) this.controls()
	}

	/** The rows that are drawn now. */
	get rows(): readonly Row[] {
		return this.#rows
	}
	/** The stream that is looked at. */
	get stream(): DStream<unknown> {
		return this.#stream
	}
	get title(): string {
		return this.#definition.title
	}
	get context(): object {
		return this.#stream.context
	}
	/** A complete Vega-Lite v5 specification with the present rows as data. @throws display/spec for tables and text */
	toVegaLite(): Record<string, unknown> {
		if (this.#definition.vegaLite === undefined) {
			throw new StreamError('display/spec', `a view drawn as ${this.#look} has no Vega-Lite specification`, {
				where: this.title,
				remedy: 'open it with stream.chart(spec)',
			})
		}
		return wholeSpec(this.#definition.vegaLite, this.#frame())
	}

	/** Holds the picture as it is; batches are still seen. */
	freeze(): void {
		if (this.#state !== 'following') return
		this.#flush(`frozen, ${this.#caption}`)
		this.#state = 'frozen'
	}
	/** Follows again after `freeze`. */
	resume(): void {
		if (this.#state !== 'frozen') return
		this.#state = 'following'
		this.#draw()
	}
	/** True while the picture is held. */
	get isFrozen(): boolean {
		return this.#state === 'frozen'
	}
	/** Shows buttons in the present cell: pause and resume the picture, step a ManualClock, stop the batches. */
	controls(): this {
		const { context } = this.#stream
		if (this.#state !== 'closed' && context instanceof StreamingContext) {
			this.#leaving.push(showControls(this, context))
		}
		return this
	}
	/** Ends it; the last picture stays. Closing twice is no error. */
	close(): void {
		this.#end('closed')
	}

	toString(): string {
		return `LiveView ${this.title}, ${this.#caption}`
	}
	/** Called by `console.log` and Node's REPL. */
	[inspect.custom](): string {
		return this.toString()
	}
	/** Shows it once more in the cell that asks, in the same display. `ssc.show()` does so with all views. */
	show(): void {
		displaySink().viewShown(this.#definition, this.#frame(), this.#state === 'closed')
	}

	#onStarted(): void {
		if (this.#timeMs !== 0) return
		this.#caption = 'waiting for the first batch'
		this.#draw()
	}

	#onBatch({ time, rows, hasMore, isPast, missed }: ObservedBatch<unknown>): void {
		if (this.#state === 'closed') return
		const { sinceMs = time.milliseconds, batches = 0 } = this.#backfill ?? {}
		if (isPast) this.#backfill = { sinceMs, batches: batches + 1 }
		const shape = this.#history.add(time.milliseconds, rows, this.#keeping())
		this.#timeMs = time.milliseconds
		const isOther = !this.#isSettled && shape !== 'empty' && this.#settle(refined(this.#look, shape, rows.length))
		const drawn = this.#history.rows(this.#keeping())
		const isOverTime = this.#definition.mode === 'append'
		this.#caption = captionOf({
			stream: this.#stream,
			timeMs: this.#timeMs,
			count: rows.length,
			hasMore,
			shown: this.#look === 'text' || this.#look === 'stat' ? rows.length : drawn.length,
			kept: this.#look === 'line' ? drawn.length : this.#history.count,
			batches: isOverTime ? this.#history.batches : undefined,
			missed,
			backfill: this.#backfill,
		})
		if (this.#state === 'frozen' && !isOther) return
		this.#rows = drawn
		if (isOther) this.#say((sink) => sink.viewOpened(this.#definition, this.#frame()))
		this.#draw()
	}

	/**
	 * The first records decide: when they ask for another form than the operator did, or the stream has been given a name
	 * since, the view opens again in place. True when it has to.
	 */
	#settle(look: Look): boolean {
		this.#isSettled = true
		const wanted = lookOfMode(this.#wish.mode, look) ?? look
		const isRenamed = this.#wish.title === undefined && this.#stream.title !== this.#definition.title
		if (wanted === this.#look && !isRenamed) return false
		this.#look = wanted
		this.#definition = this.#define()
		return true
	}

	#define(): ViewDefinition {
		const { title = this.#stream.title, width = 600, height = 340, spec } = this.#wish
		const parts = {
			title,
			measure: this.#stream.operator.startsWith('count') ? 'count' : 'value',
			slideMs: this.#stream.slideDuration.milliseconds,
			isManual: this.#stream.context.clock.isManual,
			extentMs: windowOf(this.#stream),
			width,
			height: this.#look === 'stat' && this.#wish.height === undefined ? 160 : height,
		}
		const vegaLite = spec === undefined ? specOf(this.#look, parts) : mergedSpec(spec, this.#look, parts)
		const { mode, maxRows } = this.#keeping()
		return {
			viewId: this.viewId,
			title,
			form: spec === undefined ? formOf(this.#look) : 'chart',
			mode,
			...(vegaLite === undefined ? {} : { vegaLite }),
			width,
			height: parts.height,
			maxRows,
			restMs: restOf(parts.slideMs, parts.isManual),
		}
	}

	#keeping(): Keeping {
		const look = this.#look
		const isOverTime = look === 'line' || look === 'lines'
		const mode = look === 'stat' ? 'single' : (this.#wish.mode ?? (isOverTime ? 'append' : 'latest'))
		const isCustom = this.#wish.spec !== undefined
		const usual = look === 'bars' || look === 'text' ? 20 : look === 'table' ? 100 : 1_000
		return {
			look: isCustom && look !== 'line' && look !== 'lines' ? 'custom' : look,
			mode,
			maxRows: this.#wish.maxRows ?? (isCustom ? 1_000 : usual),
			windowMs:
				this.#wish.window === undefined
					? 60 * this.#stream.slideDuration.milliseconds
					: Duration.of(this.#wish.window).milliseconds,
			extentMs: windowOf(this.#stream),
		}
	}

	#frame(caption = this.#caption): ViewFrame {
		const isTable = this.#definition.form === 'table' && this.#definition.mode === 'append'
		const rows = isTable ? this.#rows.map((row) => this.#readable(row)) : this.#rows
		const text = frameText(this.#look, { title: this.#definition.title, caption, rows })
		return { viewId: this.viewId, timeMs: this.#timeMs, rows, caption, text }
	}
	/** A row of a table over batches: people read its time. */
	#readable({ from: _, ...row }: Row): Row {
		return { ...row, time: timeText(Number(row.time), this.#stream.context.clock.isManual) }
	}

	/** Sends a frame now, or when the pace allows it; the frame is made then. */
	#draw(): void {
		if (this.#state !== 'following' || this.#pending !== undefined) return
		const dueMs = this.#sentMs + paceMs
		if (this.#pace.now() >= dueMs) this.#flush(this.#caption)
		else this.#pending = this.#pace.at(dueMs, () => this.#flush(this.#caption))
	}

	#flush(caption: string): void {
		this.#pending?.dispose()
		this.#pending = undefined
		this.#sentMs = this.#pace.now()
		this.#say((sink) => sink.viewFrame(this.#frame(caption)))
	}

	#end(why: 'stopped' | 'closed'): void {
		if (this.#state === 'closed') return
		this.#state = 'closed'
		viewEnds(this, why === 'stopped')
		for (const leave of this.#leaving) leave()
		this.#caption = this.#timeMs === 0 ? `${why} before the first batch` : `${why} after ${this.#caption}`
		this.#flush(this.#caption)
		this.#say((sink) => sink.viewClosed(this.viewId))
	}

	#say(what: (sink: ReturnType<typeof displaySink>) => void): void {
		this.#scope.runInAsyncScope(() => what(displaySink()))
	}
}

/** The look by the operator, through those that hand their records on. */
function lookOfStream(stream: DStream<unknown>): Look | undefined {
	const known = lookOfOperator(stream.operator)
	const parent = stream.sources[0]
	if (known !== undefined || parent === undefined || !passing.test(stream.operator)) return known
	const inherited = lookOfStream(parent)
	// A window over one number a batch holds several numbers.
	return inherited === 'line' ? undefined : inherited
}

function lookOfMode(mode: ViewDefinition['mode'] | undefined, guess: Look | undefined): Look | undefined {
	if (mode === 'single') return 'stat'
	if (mode === 'append') return guess === 'bars' ? 'lines' : guess
	if (mode === 'latest' && guess === 'line') return 'table'
	return undefined
}
