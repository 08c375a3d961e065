/**
 * Turns what a session says into lines on the screen: headers, rows, folded batches, results, errors, views.
 *
 *     [3] counts · 12:00:05                      a batch of an output of input 3
 *       (the,12)
 *     [3] counts · 4 empty batches               rewritten in place while it is last; on a pipe said once
 *     [3] counts · 12:00:10 · after 4 empty batches
 *     [2] output                                 what input 2 writes while it is no longer running
 *       late line
 *     [4] words per batch · batch 12:00:05, 42 rows      a view, at most once a second
 *
 * What the running input causes has no header: it stands under the input itself.
 */

import type { Clock, Disposable } from '../../engine/index.js'
import type { Bundle, ViewDefinition, ViewFrame } from '../../kernel/display/view.js'
import type { ErrorData, FromSession } from '../../kernel/session/messages.js'
import type { Display, SessionView } from './contract.js'
import type { Style } from './style.js'

type Printed = Extract<FromSession, { kind: 'printed' }>

/** A view is written at most this often. */
const viewPaceMs = 1_000
/** On a screen that redraws it in place, at most this often. */
const livePaceMs = 100

/** The body of a view in characters, without title and caption. */
export type DrawView = (view: ViewDefinition, frame: ViewFrame) => readonly string[]

interface OpenView {
	readonly definition: ViewDefinition
	readonly owner: string
	shownMs: number
	waiting: { readonly frame: ViewFrame; readonly handle: Disposable } | undefined
}

/** What one front shows of its session. */
export class Transcript implements SessionView {
	readonly #screen: Display
	readonly #style: Style
	readonly #clock: Clock
	readonly #drawView: DrawView
	/** The input that runs now. */
	#running: string | undefined
	/** Empty batches of an output since its last one with rows. */
	readonly #empty = new Map<number, number>()
	/** The fold lines of the block that is open now, by output. */
	readonly #folds = new Map<number, string>()
	/** The open block takes every empty output, not only those that have just become so. */
	#foldsAll = false
	/** An input was made since folds were shown last: they are worth saying again. */
	#isAfterInput = false
	readonly #views = new Map<string, OpenView>()
	#lastText = ''
	/** The last batch with rows of each output whose block is live. */
	readonly #live = new Map<number, { readonly head: readonly string[]; readonly rows: readonly string[] }>()

	constructor(screen: Display, style: Style, clock: Clock, drawView: DrawView = textOfFrame) {
		this.#drawView = drawView
		this.#screen = screen
		this.#style = style
		this.#clock = clock
	}

	/** The whole text of the last result or display. */
	get lastText(): string {
		return this.#lastText
	}

	/** Tells which input runs now; what it says has no header. */
	running(owner: string | undefined): void {
		this.#running = owner
		if (owner !== undefined) this.#isAfterInput = this.#screen.isTerminal
	}

	/** Forgets everything about a session that is gone. */
	reset(): void {
		for (const view of this.#views.values()) view.waiting?.handle.dispose()
		for (const viewId of this.#views.keys()) this.#screen.settle(`view/${viewId}`)
		this.#views.clear()
		this.#settle()
		this.#folds.clear()
		this.#running = undefined
	}

	/** Shows a message; kinds that have nothing to show are ignored here. */
	show(message: FromSession): void {
		switch (message.kind) {
			case 'stream':
				this.#stream(message.owner, message.name, message.text)
				break
			case 'display':
				this.#display(message.owner, textOf(message.bundle), message.displayId)
				break
			case 'printed':
				if (message.text !== '') this.#printed(message)
				break
			case 'viewOpened':
				this.#views.set(message.view.viewId, viewOf(message.owner, message.view))
				this.#frame(message.frame)
				break
			case 'viewShown':
				this.#views.set(message.view.viewId, viewOf(message.owner, message.view))
				this.#frame(message.frame)
				if (message.isOver) this.#closeView(message.view.viewId)
				break
			case 'viewFrame':
				this.#frame(message.frame)
				break
			case 'viewClosed':
				this.#closeView(message.viewId)
				break
			case 'result':
				this.#display(message.owner, textOf(message.bundle), undefined)
				break
			case 'error':
				this.error(message.error, message.owner)
				break
			case 'done':
				if (message.page !== undefined) this.#screen.print([message.page.trimEnd()])
				if (message.error !== undefined) this.error(message.error, undefined)
				break
			case 'notice':
				this.#notice(message.owner, message.level, message.text)
				break
			case 'clear':
			case 'ready':
			case 'ask':
			case 'compile':
			case 'properties':
			case 'comm':
			case 'commTarget':
				break
			case 'events':
				if (message.events.some(({ kind }) => kind === 'streamingStopped')) this.#settle()
				break
			default:
				message satisfies never
		}
	}

	/** An error as the session has laid it out; `owner` names the input it belongs to when that is not obvious. */
	error(error: ErrorData, owner: string | undefined): void {
		const lines = error.lines.length > 0 ? error.lines : [`${error.name}: ${error.message}`]
		const mark = `${error.name}: `
		const painted = lines.map((line) => (line.startsWith(mark) ? this.#style.error(line) : line))
		const header = owner === undefined || owner === this.#running ? [] : [this.#header(owner, 'error')]
		this.#screen.print([...header, ...(header.length > 0 ? indented(painted) : painted)])
	}

	#header(owner: string, ...parts: readonly string[]): string {
		return this.#style.dim([`[${owner}] ${parts[0] ?? ''}`.trimEnd(), ...parts.slice(1)].join(' · '))
	}

	#stream(owner: string, name: 'stdout' | 'stderr', text: string): void {
		if (text === '') return
		if (owner === this.#running) {
			this.#screen.stream(`${owner}/${name}`, text, name)
			return
		}
		const key = `late/${owner}`
		if (!this.#screen.isLast(key)) this.#screen.print([this.#header(owner, 'output')])
		this.#screen.stream(key, text, name, '  ')
	}

	#display(owner: string, whole: string, displayId: string | undefined): void {
		if (whole === '') return
		this.#lastText = whole
		const text = this.#cut(whole)
		const isLate = owner !== this.#running
		const lines = isLate ? [this.#header(owner, 'display'), ...indented([text])] : [text]
		if (displayId === undefined) this.#screen.print(lines)
		else this.#screen.keep(`display/${displayId}`, lines)
	}

	/** A text as far as it fits the window; the rest is said. */
	#cut(text: string): string {
		const lines = text.split('\n')
		const most = this.#screen.mostLines
		if (lines.length <= most) return text
		const rest = this.#style.dim(`… ${lines.length - most + 1} more lines: .last`)
		return [...lines.slice(0, most - 1), rest].join('\n')
	}

	#printed(batch: Printed): void {
		if (batch.mode === 'log') {
			this.#screen.print([batch.text.replace(/\n$/, '')])
			return
		}
		if (batch.lines.length === 0) this.#fold(batch)
		else this.#rows(batch)
	}

	#rows(batch: Printed): void {
		const empty = this.#empty.get(batch.outputId) ?? 0
		const after = empty === 0 ? [] : [`after ${batches(empty)}`]
		this.#empty.delete(batch.outputId)
		this.#folds.delete(batch.outputId)
		const rows = batch.hasMore ? [...batch.lines, '...'] : batch.lines
		const head = [batch.title, timeText(batch.timeMs)]
		if (this.#screen.keepsMany) {
			this.#live.set(batch.outputId, { head, rows: indented(rows) })
			this.#keepLive(batch)
		} else this.#screen.print([this.#header(batch.owner, ...head, ...after), ...indented(rows)])
	}

	/** The block of an output: its last batch with rows, and how many empty ones have come since. */
	#keepLive({ outputId, owner, title }: Printed): void {
		const empty = this.#empty.get(outputId) ?? 0
		const { head, rows } = this.#live.get(outputId) ?? { head: [title], rows: [] }
		const since = empty === 0 ? [] : [rows.length === 0 ? batches(empty) : `${batches(empty)} since`]
		this.#screen.keep(`print/${outputId}`, [this.#header(owner, ...head, ...since), ...rows])
	}

	/** Nothing more comes of any output: their blocks stay as they are. */
	#settle(): void {
		for (const outputId of [...this.#live.keys(), ...this.#empty.keys()]) this.#screen.settle(`print/${outputId}`)
		this.#live.clear()
		this.#empty.clear()
	}

	/**
	 * Counts an empty batch. The first one after rows is said; the count then runs on in place while its line is in the
	 * last block, and in silence when other output has pushed it up; after an input it is said once more.
	 */
	#fold(batch: Printed): void {
		const count = (this.#empty.get(batch.outputId) ?? 0) + 1
		this.#empty.set(batch.outputId, count)
		if (this.#screen.keepsMany) {
			this.#keepLive(batch)
			return
		}
		if (!this.#screen.isLast('folds')) {
			this.#folds.clear()
			this.#foldsAll = this.#isAfterInput
			this.#isAfterInput = false
		}
		if (!this.#folds.has(batch.outputId) && count > 1 && !this.#foldsAll) return
		const what = this.#screen.isTerminal ? batches(count) : 'empty batches'
		this.#folds.set(batch.outputId, this.#header(batch.owner, batch.title, what))
		if (this.#screen.isTerminal) this.#screen.keep('folds', [...this.#folds.values()])
		else this.#screen.print([this.#folds.get(batch.outputId) ?? ''])
	}

	#notice(owner: string | undefined, level: 'info' | 'warning' | 'error', text: string): void {
		const paint = level === 'error' ? this.#style.error : level === 'warning' ? this.#style.warning : this.#style.dim
		const label = owner === undefined || owner === this.#running ? '' : `${this.#style.dim(`[${owner}]`)} `
		this.#screen.print([`${label}${paint(level === 'info' ? text : `${level}: ${text}`)}`])
	}

	#frame(frame: ViewFrame): void {
		const view = this.#views.get(frame.viewId)
		if (view === undefined) return
		const waitMs = view.shownMs + (this.#screen.keepsMany ? livePaceMs : viewPaceMs) - this.#clock.now()
		view.waiting?.handle.dispose()
		view.waiting = undefined
		if (waitMs <= 0) {
			this.#showFrame(view, frame)
			return
		}
		const handle = this.#clock.at(this.#clock.now() + waitMs, () => this.#showFrame(view, frame))
		view.waiting = { frame, handle }
	}

	#showFrame(view: OpenView, frame: ViewFrame): void {
		view.waiting = undefined
		view.shownMs = this.#clock.now()
		const rows = indented(this.#drawView(view.definition, frame))
		const header = this.#header(view.owner, view.definition.title, frame.caption)
		this.#screen.keep(`view/${frame.viewId}`, [header, ...rows])
	}

	/** The last frame of a view is always shown. */
	#closeView(viewId: string): void {
		const view = this.#views.get(viewId)
		this.#views.delete(viewId)
		if (view?.waiting !== undefined) {
			view.waiting.handle.dispose()
			this.#showFrame(view, view.waiting.frame)
		}
		this.#screen.settle(`view/${viewId}`)
	}
}

const viewOf = (owner: string, definition: ViewDefinition): OpenView => ({
	definition,
	owner,
	shownMs: Number.NEGATIVE_INFINITY,
	waiting: undefined,
})

/** The text of a frame; its own heading is left out where it has one. */
const textOfFrame: DrawView = ({ title }, { text }) => {
	const [first = '', ...rest] = text.split('\n')
	return first === '' || first.startsWith(`${title} · `) ? rest : [first, ...rest]
}

const batches = (count: number): string => `${count} empty ${count === 1 ? 'batch' : 'batches'}`

const indented = (lines: readonly string[]): string[] =>
	lines.flatMap((line) => line.split('\n').map((part) => `  ${part}`))

function textOf(bundle: Bundle): string {
	const text = bundle['text/plain']
	return typeof text === 'string' ? text : text === undefined ? '' : JSON.stringify(text)
}

/** Batch times before this (1973) come from a ManualClock and are no times of day. */
const firstTimeOfDayMs = 100_000_000_000

/** `12:00:05`, with milliseconds where there are any; a manual time as Spark prints it: `5000 ms`. */
export function timeText(timeMs: number): string {
	if (timeMs < firstTimeOfDayMs) return `${timeMs} ms`
	const time = new Date(timeMs)
	const clock = [time.getHours(), time.getMinutes(), time.getSeconds()].map((part) => String(part).padStart(2, '0'))
	const ms = time.getMilliseconds()
	return `${clock.join(':')}${ms === 0 ? '' : `.${String(ms).padStart(3, '0')}`}`
}
