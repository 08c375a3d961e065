/** What the block editor shows, and what it asks of the shell around it. */

import type { Completeness, Completions, Diagnostic } from '../../kernel/language/contract.js'
import type { DashboardAsked } from '../edit/bindings.js'
import { type Editing, editing } from '../edit/editing.js'
import type { Key } from '../edit/keys.js'
import type { Menu } from '../edit/menu.js'
import type { Search } from '../edit/recall.js'

/** What an editor asks of the shell. */
export interface BlockEvents {
	/** Gives a key, when its turn has come, to the screen that is shown instead; what is left of it for the block. */
	elsewhere(key: Key): Key | undefined
	/** Ctrl-C on an empty block. */
	onInterrupt(): void
	/** A block was given up: shown above as it was. */
	onDropped(text: string): void
	/** A block or answer was handed in: shown above from now on. */
	onSubmitted(text: string): void
	onRedraw(): void
	onDashboard(asked: DashboardAsked): void
	/** The block in the person's own editor; undefined when that went wrong. */
	editOutside(text: string): Promise<string | undefined>
	isComplete(text: string): Promise<Completeness>
	complete(text: string, cursor: number): Promise<Completions>
	/** Whether completion answers at once: then it opens by itself behind a dot. */
	readonly isWarm: boolean
	/** Signature of the call around the cursor, or type of the name there; undefined when there is none. */
	explain(text: string, cursor: number): Promise<string | undefined>
	/** Findings of the checker about the block. */
	diagnose(text: string): Promise<readonly Diagnostic[]>
	describe(text: string, cursor: number): Promise<void>
}

/** What is drawn. */
export interface EditorView {
	readonly block: Editing
	readonly prompt: string
	/** A block that is handed in now is run now; otherwise it waits its turn. */
	readonly isReading: boolean
	readonly isSecret: boolean
	/** Blocks that wait for the one that runs. */
	readonly typedAhead: readonly string[]
	readonly menu: Menu | undefined
	readonly search: Search | undefined
	/** What the newest input that begins like this goes on with. */
	readonly suggestion: string
	/** One line under the block. */
	readonly hint: string
	readonly findings: readonly Diagnostic[]
}

/** An empty block that nobody reads. */
export const idle: EditorView = {
	block: editing(),
	...{
		prompt: '',
		isReading: false,
		isSecret: false,
		typedAhead: [],
		menu: undefined,
		search: undefined,
		suggestion: '',
		hint: '',
		findings: [],
	},
}
