/**
 * What a front end and a session say to each other: a closed set of plain messages over one ordered channel.
 *
 *   front (terminal or Jupyter sockets, language worker, chart rendering)
 *      |  execute, input, compiled, shapes, forget, watch, shutdown             signals: SIGINT interrupts
 *      v
 *   session (user code, context, engine)
 *      |  ready, started, stream, display, clear, printed, view…, result, error, ask, done, notice, events
 *      v
 *   front
 *
 * An `owner` is the cell (or shell input) that output belongs to: an opaque string chosen by the front. Everything that
 * one `execute` causes synchronously is sent before its `done`; output that comes later still carries its owner.
 */

import type { EngineEvent } from '../../engine/index.js'
import type { Bundle, ViewDefinition, ViewFrame } from '../display/view.js'
import type { CommPacket } from '../display/widgets/comm.js'
import type { Vitals } from './vitals.js'

/** A cell as the language worker made it ready to run. */
export interface PreparedCell {
	/** JavaScript for V8's REPL mode: types blanked, imports rewritten, declarations normalised, positions kept. */
	readonly js: string
	/** The name in stack traces, e.g. `cell-3.ts`. */
	readonly file: string
	/** Lines that were put in front of the user's first line; stack traces subtract them. */
	readonly linesBefore: number
	/** The user's source, for code frames. */
	readonly source: string
	/** Where columns of `js` are not those of the source, by line of the source; undefined when they are everywhere. */
	readonly columns?: ColumnMap
	/** Top-level value names the cell declares, in order. */
	readonly names: readonly string[]
	/** Names of earlier cells that the cell may give another value. */
	readonly assigns?: readonly string[]
	/** True when the last statement is an expression whose value was handed to `$rv.last(…)`. */
	readonly hasValue: boolean
	/** Undefined when the cell was not checked, or has no streams. */
	readonly shapes?: StreamShapes
}

/**
 * By line: stretches that are in the JavaScript as the user wrote them, from left to right, each with the column where it
 * begins there, the one where it begins in the source, and its length. Columns are one-based.
 */
export type ColumnMap = Readonly<Record<number, readonly (readonly [number, number, number])[]>>

/** What the records of streams are, as the checker writes types. */
export interface StreamShapes {
	/** Of streams that top-level names hold. */
	readonly names: Readonly<Record<string, string>>
	/** The types of operators with state, by the line of the user's source in which they are called. */
	readonly states: Readonly<Record<number, string>>
}

/** A local TypeScript file as JavaScript: an ES module whose imports are still to be found. */
export interface CompiledModule {
	readonly js: string
	/** The source map, JSON. */
	readonly map: string | undefined
	/** Where the specifiers of its imports stand in `js`, quotes included. */
	readonly imports: readonly { readonly specifier: string; readonly start: number; readonly end: number }[]
}

/** An error as data. `frames` are the user's own positions, innermost first. */
export interface ErrorData {
	readonly name: string
	readonly message: string
	/** Ready-made lines without colours: code frame, message, where, remedy, frames. */
	readonly lines: readonly string[]
	readonly frames: readonly { readonly file: string; readonly line: number; readonly column: number }[]
}

export type ToSession =
	| {
			readonly kind: 'execute'
			/** Names this execution in `done`, `result`, `ask`. */
			readonly id: string
			readonly owner: string
			/** What headers call the owner: `[3]`. */
			readonly label: string
			readonly cell: PreparedCell
			/** No result and no names kept in Out; output still flows. */
			readonly silent: boolean
			/** True when the front can answer `ask`. */
			readonly allowInput: boolean
			/** Name -> prepared JavaScript, evaluated after the cell. */
			readonly expressions?: Readonly<Record<string, string>>
			/** The folder relative imports start from. */
			readonly directory: string
			/** Belongs to the same run of its owner as the execution before, so it replaces nothing of that. */
			readonly continues?: boolean
	  }
	/** `value` undefined: nobody can answer. */
	| { readonly kind: 'answer'; readonly id: string; readonly value: string | undefined }
	/** These owners are gone (deleted cells): stop and remove what they made. */
	| { readonly kind: 'forget'; readonly owners: readonly string[] }
	/** What the streams of a cell hold that ran before the checker was warm. */
	| { readonly kind: 'shapes'; readonly file: string; readonly shapes: StreamShapes }
	/** Answers `compile` with a module, or with the report of what is wrong. */
	| {
			readonly kind: 'compiled'
			readonly id: string
			readonly module?: CompiledModule
			readonly report?: readonly string[]
	  }
	/** What a name or a path of names holds, for completion and help; answered by `properties` when no cell spins. */
	| { readonly kind: 'askProperties'; readonly id: string; readonly expression: string }
	/** A front end speaks to a comm; it is delivered when no cell spins. */
	| ({ readonly kind: 'comm' } & CommPacket)
	/** The front shows how the streams are: `events` bring `vitals`, once a second, until it no longer does. */
	| { readonly kind: 'watch'; readonly isOn: boolean }
	/** Ends within `withinMs`: the context is stopped, then the process exits with code 0. */
	| { readonly kind: 'shutdown'; readonly withinMs: number }

export type FromSession =
	/** User code can run; sent once. */
	| { readonly kind: 'ready'; readonly pid: number }
	| { readonly kind: 'stream'; readonly owner: string; readonly name: 'stdout' | 'stderr'; readonly text: string }
	| {
			readonly kind: 'display'
			readonly owner: string
			readonly bundle: Bundle
			readonly metadata: Bundle
			readonly displayId?: string
			readonly update: boolean
	  }
	| { readonly kind: 'clear'; readonly owner: string; readonly wait: boolean }
	/**
	 * One batch of a `print()`: fold it, or keep one block per `outputId` up to date. An empty `text` says that it was
	 * registered and waits for its first batch.
	 */
	| {
			readonly kind: 'printed'
			readonly owner: string
			readonly outputId: number
			readonly title: string
			readonly timeMs: number
			readonly lines: readonly string[]
			readonly hasMore: boolean
			readonly mode: 'live' | 'log'
			readonly text: string
	  }
	| { readonly kind: 'viewOpened'; readonly owner: string; readonly view: ViewDefinition; readonly frame: ViewFrame }
	| { readonly kind: 'viewFrame'; readonly owner: string; readonly frame: ViewFrame }
	/** The view is at rest: draw the full bundle once more. */
	| { readonly kind: 'viewClosed'; readonly owner: string; readonly viewId: string }
	/** The view is wanted under `owner` too; `isOver`: it was closed before and stays so. */
	| {
			readonly kind: 'viewShown'
			readonly owner: string
			readonly view: ViewDefinition
			readonly frame: ViewFrame
			readonly isOver: boolean
	  }
	| {
			readonly kind: 'result'
			readonly id: string
			readonly owner: string
			readonly bundle: Bundle
			readonly metadata: Bundle
	  }
	/** An error outside a running cell: a batch function, a timer, a rejected promise. */
	| { readonly kind: 'error'; readonly owner: string; readonly error: ErrorData }
	| {
			readonly kind: 'ask'
			readonly id: string
			readonly owner: string
			readonly prompt: string
			readonly password: boolean
	  }
	/** Asks for a local TypeScript file as JavaScript; answered by `compiled`. `source` is its text. */
	| { readonly kind: 'compile'; readonly id: string; readonly file: string; readonly source: string }
	/** `value` is a short text; undefined for what has none, such as functions and streams. */
	| { readonly kind: 'properties'; readonly id: string; readonly names: readonly string[]; readonly value?: string }
	| {
			readonly kind: 'done'
			readonly id: string
			readonly status: 'ok' | 'error' | 'interrupted'
			readonly error?: ErrorData
			readonly expressions?: Readonly<Record<string, { readonly bundle: Bundle } | { readonly error: ErrorData }>>
			/** Text for the front's pager (`?name`). */
			readonly page?: string
			/** Declared names that hold a value now (those of a half-failed cell are kept). */
			readonly names: readonly string[]
	  }
	| {
			readonly kind: 'notice'
			readonly owner: string | undefined
			readonly level: 'info' | 'warning' | 'error'
			readonly text: string
	  }
	/** A comm of a cell speaks to front ends. */
	| ({ readonly kind: 'comm'; readonly owner: string } & CommPacket)
	/** Whether comms to this target are taken. */
	| { readonly kind: 'commTarget'; readonly target: string; readonly isAccepted: boolean }
	/** Engine events since the last such message, coalesced to at most ten messages a second. */
	| { readonly kind: 'events'; readonly events: readonly EngineEvent[]; readonly vitals?: Vitals }
