/**
 * What the language service does for a front end. It lives in a worker thread of the front (`worker.ts`), reached
 * through `client.ts`; so a spinning cell or a busy batch never holds up completion, and no compiler runs beside batches.
 *
 * All offsets and columns count UTF-16 units; lines and columns of diagnostics are one-based and refer to the user's
 * source. Cells are modules to the checker and share one scope: a later cell sees, and may redeclare, every name of the
 * cells before it.
 */

import type { Recording } from '../session/magics/recording.js'
import type { FromSession, PreparedCell, StreamShapes, ToSession } from '../session/messages.js'

/** One finding of the parser or the checker. */
export interface Diagnostic {
	readonly severity: 'error' | 'warning'
	/** TypeScript's number, e.g. 2322; 0 for findings of our own rules. */
	readonly code: number
	readonly message: string
	/** What to do about it, where the message does not say so. */
	readonly remedy?: string
	readonly line: number
	readonly column: number
	readonly endLine: number
	readonly endColumn: number
	/** Set when it is not in the cell but in a file that the cell imports; lines and columns are of that file. */
	readonly elsewhere?: { readonly file: string; readonly text: string }
}

/** `check`: type errors stop a cell once the checker is warm; `warn`: they are notes; `off`: no checking. */
export type TypesMode = 'check' | 'warn' | 'off'

export type Prepared =
	/** Runs. `notes` are findings that do not stop it. `late` tells that the checker was cold: findings follow by `onLate`. */
	| {
			readonly status: 'ready'
			readonly cell: PreparedCell
			readonly notes: readonly Diagnostic[]
			readonly late: boolean
	  }
	/** A syntax error or type errors: nothing runs. `lines` is the ready-made report with code frames, without colours. */
	| {
			readonly status: 'refused'
			readonly syntax: boolean
			readonly diagnostics: readonly Diagnostic[]
			readonly lines: readonly string[]
	  }

/** What is found out about a cell that was prepared while the checker was cold. */
export interface Late {
	readonly file: string
	readonly diagnostics: readonly Diagnostic[]
	/** The ready-made report with code frames, without colours; empty without findings. */
	readonly lines: readonly string[]
	/** What its streams hold. */
	readonly shapes?: StreamShapes
}

export interface Completion {
	readonly text: string
	/** `const`, `function`, `method`, `property`, `keyword`, `module`, … */
	readonly kind: string
	/** The type or signature in one line; empty where unknown. */
	readonly signature: string
}

export interface Completions {
	readonly items: readonly Completion[]
	/** The stretch of the source that a chosen item replaces. */
	readonly start: number
	readonly end: number
}

export interface Inspection {
	/** `const counts: DStream<[string, number]>`. */
	readonly signature: string
	/** The documentation comment, Markdown. */
	readonly documentation: string
}

export type Completeness =
	| { readonly status: 'complete' | 'invalid' | 'unknown' }
	| { readonly status: 'incomplete'; readonly indent: string }

/** A cell that may become a part of a program. */
export interface ProgramCell {
	/** How comments call it: `cell [3]`. */
	readonly label: string
	/** Its code; magics are blank. */
	readonly code: string
	/** The names whose values it has made. */
	readonly names: readonly string[]
	/** Whether it is written for its own sake, not only because another cell needs it. */
	readonly isAlive: boolean
}

/** What a program needs to know of the session. */
export interface ProgramFacts {
	/** The program's own file, for its comments. */
	readonly file: string
	/** Its checkpoint directory. */
	readonly checkpoint: string
	readonly master: string
	readonly appName: string
	readonly batchMs: number
	/** Names that hold streams. */
	readonly streams: readonly string[]
	/** Names that hold contexts. */
	readonly contexts: readonly string[]
	/** The name that holds the context of the streams, if a cell has made it. */
	readonly context?: string
}

/** A program's text, and what its reader should know. */
export interface Program {
	readonly text: string
	readonly notes: readonly string[]
	/** Why there is no text. */
	readonly refused?: string
}

/** The client's methods. Requests are answered in order; each resolves in some 50 ms once warm. */
export interface Language {
	/** Checks and transforms a cell. `file` is unique per execution: `cell-3.ts`. */
	prepare(
		code: string,
		options: {
			readonly file: string
			readonly directory: string
			readonly types: TypesMode
			/** `js`: plain JavaScript, not checked. Later cells see its names with the types that they seem to have. */
			readonly language?: 'js'
		},
	): Promise<Prepared>
	/** Tells which of the cell's names hold a value after it ran; only these are visible to later cells. */
	ran(file: string, names: readonly string[]): void
	complete(code: string, offset: number): Promise<Completions>
	inspect(code: string, offset: number): Promise<Inspection | undefined>
	isComplete(code: string): Promise<Completeness>
	/** The signature of the call around a place, else the type of the name there; undefined when there is neither. */
	explain(code: string, offset: number): Promise<string | undefined>
	/** Findings of the checker about a cell that is still being written; none while it cannot be parsed. */
	diagnose(code: string): Promise<readonly Diagnostic[]>
	/** Cells, in the order of the notebook, as a program for `rivulet run`. */
	program(cells: readonly ProgramCell[], facts: ProgramFacts): Promise<Program>
	/** What a stream was recorded to do, as a vitest file that replays the cells it needs. */
	test(cells: readonly ProgramCell[], facts: ProgramFacts, recording: Recording): Promise<Program>
	/** Forgets all cells (a fresh session). */
	reset(): void
	/** Compiles a local TypeScript file for the session; the answer to its `compile`. */
	compile(ask: Extract<FromSession, { readonly kind: 'compile' }>): Promise<Extract<ToSession, { kind: 'compiled' }>>
	/** Resolves when the first diagnostics can be had quickly. */
	readonly warm: Promise<void>
	stop(): Promise<void>
}
