/**
 * The drawn part of the terminal: live blocks, dashboard, block, and what stands under it, as one frame.
 *
 * The only importer of ink and react. All rows are made by pure functions; the frame stays below the height of the
 * window, because Ink 6 wipes the scrollback when it does not (`ESC[3J`).
 */

import { render, Text, useCursor, useStdout } from 'ink'
import { useEffect, useSyncExternalStore } from 'react'
import { blockLines } from './blocklines.js'
import { cutTo } from './cut.js'
import { dashboardLines } from './dashboardlines.js'
import type { EditorView } from './editorview.js'
import type { Facts } from './facts.js'
import { liveLines } from './livelines.js'
import type { LiveBlock } from './livescreen.js'
import { menuLines } from './menulines.js'
import type { Palette } from './palette.js'
import type { Watched } from './store.js'

/** What the frame follows. */
export interface FrameParts {
	readonly editor: Watched<EditorView>
	readonly live: Watched<readonly LiveBlock[]>
	readonly facts: Watched<Facts>
	readonly hasDashboard: Watched<boolean>
	readonly size: Watched<WindowSize>
	readonly palette: Palette
}

/** Of the terminal, in characters. */
export interface WindowSize {
	readonly columns: number
	readonly rows: number
}

/** A drawn frame. */
export interface DrawnFrame {
	/** Puts text into the scrollback above the frame. */
	write(text: string): void
	/** Takes the frame away and gives the terminal's cursor back. */
	close(): void
}

/** The rows of a frame and its cursor, for a window. Pure. */
export function frameOf(
	now: { editor: EditorView; live: readonly LiveBlock[]; facts: Facts; hasDashboard: boolean },
	palette: Palette,
	{ columns, rows }: WindowSize,
): { readonly lines: readonly string[]; readonly cursor: { readonly x: number; readonly y: number } } {
	// One row for the cursor's line end, one that Ink needs free.
	const room = Math.max(1, rows - 2)
	const block = blockLines(now.editor, palette, { columns, mostRows: Math.max(1, Math.ceil(room / 2)) })
	let left = room - block.lines.length
	const under = menuLines(now.editor, palette, { columns, mostRows: left })
	left -= under.length
	const dashboard = now.hasDashboard ? dashboardLines(now.facts, palette, { columns, mostRows: left - 1 }) : []
	left -= dashboard.length
	const rule = dashboard.length > 0 ? [palette.dim('─'.repeat(Math.max(1, columns - 1)))] : []
	const ahead = now.editor.typedAhead.map((text) =>
		cutTo(palette.dim(`then: ${text.replaceAll('\n', ' ⏎ ')}`), columns - 1),
	)
	const next = ahead.slice(0, Math.max(0, Math.min(3, left - rule.length)))
	const live = liveLines(now.live, palette, { columns, mostRows: left - rule.length - next.length })
	const above = [...live, ...rule, ...dashboard, ...next]
	return {
		lines: [...above, ...block.lines, ...under],
		cursor: { x: block.cursor.column, y: above.length + block.cursor.row },
	}
}

/** Draws on `stdout` until it is closed. */
export function drawFrame(parts: FrameParts, stdout: NodeJS.WriteStream, stdin: NodeJS.ReadStream): DrawnFrame {
	let write: ((text: string) => void) | undefined
	let early = ''
	const instance = render(
		<Frame
			parts={parts}
			onReady={(ready) => {
				write = ready
				if (early !== '') ready(early)
				early = ''
			}}
		/>,
		{ stdout, stdin, exitOnCtrlC: false, patchConsole: false, maxFps: 60 },
	)
	return {
		write(text) {
			if (write === undefined) early += text
			else write(text)
		},
		close() {
			instance.clear()
			instance.unmount()
		},
	}
}

function useWatched<T>(watched: Watched<T>): T {
	return useSyncExternalStore(
		(listener) => watched.subscribe(listener),
		() => watched.value,
	)
}

function Frame({ parts, onReady }: { parts: FrameParts; onReady: (write: (text: string) => void) => void }) {
	const editor = useWatched(parts.editor)
	const live = useWatched(parts.live)
	const facts = useWatched(parts.facts)
	const hasDashboard = useWatched(parts.hasDashboard)
	const size = useWatched(parts.size)
	const { write } = useStdout()
	const { setCursorPosition } = useCursor()
	useEffect(() => onReady(write), [write, onReady])
	const { lines, cursor } = frameOf({ editor, live, facts, hasDashboard }, parts.palette, size)
	setCursorPosition(cursor)
	return <Text wrap="truncate">{lines.join('\n')}</Text>
}
