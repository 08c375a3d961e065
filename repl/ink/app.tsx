/**
 * The drawn part of the terminal: live blocks, dashboard, block, and what stands under it, as one frame.
 *
 * The only importer of ink and react. All rows are made by pure functions; the frame stays below the height of the
 * window, because Ink 6 wipes the scrollback when it does not (`ESC[3J`).
 */

import { render, Transform, useCursor, useStdout } from 'ink'
import { useEffect, useSyncExternalStore } from 'react'
import { shownOf } from './cut.js'
import type { EditorView } from './editorview.js'
import type { Facts } from './facts.js'
import { type DashboardView, frameOf, type WindowSize } from './frame.js'
import type { LiveBlock } from './livescreen.js'
import type { Palette } from './palette.js'
import type { Watched } from './store.js'

/** What the frame follows. */
export interface FrameParts {
	readonly editor: Watched<EditorView>
	readonly live: Watched<readonly LiveBlock[]>
	readonly facts: Watched<Facts>
	readonly dashboard: Watched<DashboardView>
	readonly size: Watched<WindowSize>
	readonly palette: Palette
}

/** A drawn frame. */
export interface DrawnFrame {
	/** Puts text into the scrollback above the frame. */
	write(text: string): void
	/** Takes the frame away and gives the terminal's cursor back. */
	close(): void
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

/** As many rows of one blank as are drawn. */
const blanks = (rows: number): string => new Array<string>(rows).fill(' ').join('\n')

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
	const dashboard = useWatched(parts.dashboard)
	const size = useWatched(parts.size)
	const { write } = useStdout()
	const { setCursorPosition } = useCursor()
	useEffect(() => onReady(write), [write, onReady])
	const { lines, cursor } = frameOf({ editor, live, facts, dashboard }, parts.palette, size)
	setCursorPosition(cursor)
	// Ink keeps every text that it has ever measured (measure-text.js): it measures blanks, the rows take their place.
	return <Transform transform={(_, row) => shownOf(lines[row] ?? '')}>{blanks(lines.length)}</Transform>
}
