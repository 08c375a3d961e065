/** What a shell reads from and writes to, whether lines on a pipe or a drawn terminal. */

import type { FromSession } from '../../kernel/session/messages.js'

/** What a read gives. */
export type Read =
	| { readonly kind: 'line'; readonly text: string }
	/** Ctrl-C: what was typed is gone. `hadText` tells whether there was anything. */
	| { readonly kind: 'cancelled'; readonly hadText: boolean }
	| { readonly kind: 'end' }

/** Where inputs come from: lines, or whole blocks. */
export interface BlockSource {
	/** The next line or block. One read at a time. */
	read(prompt: string): Promise<Read>
	/** Asks the person at the keys, for a program; undefined when nobody answers. What is typed may stay unseen. */
	ask(prompt: string, isSecret: boolean): Promise<string | undefined>
	/** Makes `inputs` (oldest first) what can be recalled. */
	recall(inputs: readonly string[]): void
	/** Drops what was typed ahead. */
	dropTyped(): void
	close(): void
}

/** Where finished lines and live blocks go. */
export interface Display {
	readonly isTerminal: boolean
	/** Blocks of any number of keys stay open at once; otherwise only the last thing written does. */
	readonly keepsMany: boolean
	/** A result longer than this is cut; infinite where nobody looks. */
	readonly mostLines: number
	/** True when the block `key` can be rewritten in place. */
	isLast(key: string): boolean
	/** Appends lines; each may itself hold line ends. */
	print(lines: readonly string[]): void
	/** Writes a block, or rewrites it in place where it can be. */
	keep(key: string, lines: readonly string[]): void
	/** A block is at rest: it stays as it is. */
	settle(key: string): void
	/** Text as a program writes it, which may end in the middle of a line. */
	stream(key: string, text: string, name?: 'stdout' | 'stderr', indent?: string): void
}

/** Shows what a session says. */
export interface SessionView {
	/** Tells which input runs now; what it says has no header. */
	running(owner: string | undefined): void
	show(message: FromSession): void
	/** Forgets everything about a session that is gone. */
	reset(): void
	/** The whole text of the last result or display. */
	readonly lastText: string
}
