/** What a dot command is, and what it may ask of the shell. */

import { StreamError } from '../../engine/index.js'
import type { TypesMode } from '../../kernel/language/contract.js'

/** An input of this session. */
export interface PastInput {
	readonly number: number
	readonly code: string
	/** False when it was refused or has thrown. */
	readonly hasRun: boolean
	/** True for a command as a notebook has it; it has no number of its own for `.history` and `.edit`. */
	readonly isCommand?: boolean
}

/** What only a drawn terminal can do. */
export interface TerminalActions {
	/** Shows a long text in $PAGER. */
	page(text: string): void
	clear(): void
	/** Shows or hides the dashboard, or what else is asked of it: `full`, `all`, a number of rows, a stream. */
	dash(argument: string): void
	/** Live blocks and dashboard stand still, or go on. */
	toggleFrozen(): boolean
	/** Puts a text into the editor. */
	fill(text: string): void
	/** Puts a text into the clipboard, by the terminal. */
	copy(text: string): void
}

/** What a dot command may ask of the shell. */
export interface ShellActions {
	say(lines: readonly string[]): void
	leave(): void
	/** Puts a fresh session in the place of this one. */
	reset(): Promise<void>
	/** Runs code as an input of its own. */
	runCode(code: string): Promise<void>
	/** Runs code that shows only what it prints; `cell` is what a notebook has in its place. */
	runQuietly(code: string, cell?: string): Promise<void>
	setTypes(mode: TypesMode): void
	describe(name: string): Promise<void>
	/** The type of an expression, as the checker writes it. */
	typeOf(code: string): Promise<string>
	/** The text of a file, relative to the shell's folder. */
	readFile(path: string): string
	/** Writes a file, relative to the shell's folder. */
	writeFile(path: string, text: string): void
	/** Writes the session as a program or a notebook; what its reader should know. */
	exportTo(path: string): Promise<readonly string[]>
	/** Writes a test of the last `n` batches of a stream. */
	writeTest(stream: string, n: number, path: string): Promise<void>
	/** Inputs of this session, oldest first. */
	readonly inputs: readonly PastInput[]
	/** Of the window; infinite where there is none. */
	readonly columns: number
	/** Milliseconds of a clock that only goes on. */
	nowMs(): number
	/** The whole text of the last result. */
	readonly lastText: string
	readonly terminal: TerminalActions | undefined
}

/** One dot command. */
export interface DotCommand {
	readonly name: string
	readonly argument?: string
	readonly summary: string
	readonly run: (shell: ShellActions, argument: string) => Promise<void> | void
}

/**
 * The argument of a command that needs one.
 * @throws cli/usage when there is none
 */
export function wanted(command: string, argument: string, what: string): string {
	if (argument === '') throw new StreamError('cli/usage', `${command} needs ${what}`, { remedy: 'see .help' })
	return argument
}
