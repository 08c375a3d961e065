/** Puts the drawn shell together: terminal, editor, screen, frame, around the same shell as line mode. */

import { systemClock } from '../../engine/index.js'
import type { FromSession } from '../../kernel/session/messages.js'
import type { History } from '../plain/history.js'
import type { Shell } from '../plain/shell.js'
import type { TerminalActions } from '../plain/shellactions.js'
import type { DrawView } from '../plain/transcript.js'
import { type DrawnFrame, drawFrame } from './app.js'
import { BlockEditor } from './blockeditor.js'
import { submittedLines } from './blocklines.js'
import { chartLines } from './chart.js'
import { type Facts, known, noFacts } from './facts.js'
import { LiveScreen } from './livescreen.js'
import { paletteFor } from './palette.js'
import { RawTerminal } from './rawterminal.js'
import { Store } from './store.js'

/** What the drawn shell needs of the shell it draws; asked only once keys come. */
export interface DrawnParts {
	readonly history: (screen: LiveScreen) => History
	readonly shell: () => Shell
	readonly hasColours: boolean
	/** Whether the language worker answers at once. */
	readonly isWarm: () => boolean
}

/** A drawn terminal. */
export interface Drawn {
	readonly screen: LiveScreen
	readonly editor: BlockEditor
	readonly history: History
	readonly drawView: DrawView
	/** For the dashboard. */
	watch(message: FromSession): void
	readonly terminal: TerminalActions
	/** Gives the terminal back. */
	close(): void
}

/** Facts change the dashboard at most ten times a second. */
const factsEveryMs = 100

/** Draws the shell on this process's terminal. */
export function openDrawn(parts: DrawnParts): Drawn {
	const palette = paletteFor(parts.hasColours)
	let frame: DrawnFrame | undefined
	const screen = new LiveScreen(
		systemClock,
		(text) => frame?.write(text),
		() => process.stdout.rows || 24,
	)
	const history = parts.history(screen)
	const hasDashboard = new Store(false)
	const facts = new Store<Facts>(noFacts)
	let latest = noFacts
	let isPlanned = false
	const guard = <T>(work: () => Promise<T>): Promise<T | undefined> => parts.shell().runner.guard(work)
	const prompted = (text: string, mark = ''): void => {
		const lines = submittedLines(text, editor.view.value.prompt, palette)
		screen.print([...lines.slice(0, -1), `${lines.at(-1) ?? ''}${palette.dim(mark)}`])
	}
	const clear = (): void => frame?.write('\x1b[H\x1b[2J')
	const toggleDashboard = (): void => hasDashboard.set(!hasDashboard.value)
	const editor: BlockEditor = new BlockEditor(
		{
			onInterrupt: () => parts.shell().interrupt(),
			onDropped: (text) => prompted(text, ' ^C'),
			onSubmitted: (text) => prompted(text),
			onRedraw: clear,
			onToggleDashboard: toggleDashboard,
			editOutside: (text) => guard(async () => terminal.editOutside(text)),
			isComplete: async (text) => (await guard(() => parts.shell().completeness(text))) ?? { status: 'unknown' },
			complete: async (text, cursor) =>
				(await guard(() => parts.shell().candidates(text, cursor))) ?? { items: [], start: cursor, end: cursor },
			get isWarm() {
				return parts.isWarm()
			},
			explain: (text, cursor) => guard(() => parts.shell().explain(text, cursor)),
			diagnose: async (text) => (await guard(() => parts.shell().diagnose(text))) ?? [],
			describe: async (text, cursor) => void (await guard(() => parts.shell().describeAt(text, cursor))),
		},
		history.inputs,
		systemClock,
	)
	const terminal = new RawTerminal(process.stdin, process.stdout, (keys) => editor.press(keys))
	frame = drawFrame(
		{ editor: editor.view, live: screen.live, facts, hasDashboard, size: terminal.size, palette },
		process.stdout,
		process.stdin,
	)
	return {
		screen,
		editor,
		history,
		drawView: (view, frame) => {
			const { columns, rows } = terminal.size.value
			return chartLines(view, frame, { columns: columns - 4, rows: Math.max(3, Math.floor(rows / 3)) })
		},
		watch(message) {
			if (message.kind !== 'events') return
			for (const event of message.events) latest = known(latest, event)
			if (isPlanned) return
			isPlanned = true
			systemClock.at(systemClock.now() + factsEveryMs, () => {
				isPlanned = false
				facts.set(latest)
			})
		},
		terminal: {
			page: (text) => terminal.page(text),
			clear,
			toggleDashboard,
			toggleFrozen: () => screen.toggleFrozen(),
			fill: (text) => editor.fill(text),
			// OSC 52: the terminal's own clipboard, also through ssh.
			copy: (text) => frame?.write(`\x1b]52;c;${Buffer.from(text).toString('base64')}\x07`),
		},
		close() {
			screen.settleAll()
			screen.flush()
			frame?.close()
			terminal.close()
		},
	}
}
