/** Puts the drawn shell together: terminal, editor, screen, frame, around the same shell as line mode. */

import { systemClock } from '../../engine/index.js'
import type { FromSession } from '../../kernel/session/messages.js'
import { writerFor } from '../plain/ascii.js'
import type { History } from '../plain/history.js'
import type { Shell } from '../plain/shell.js'
import type { TerminalActions } from '../plain/shellactions.js'
import type { DrawView } from '../plain/transcript.js'
import { type DrawnFrame, drawFrame } from './app.js'
import { BlockEditor } from './blockeditor.js'
import { submittedLines } from './blocklines.js'
import { chartLines } from './chart.js'
import { DashboardActions } from './dashboardactions.js'
import { type Facts, known, noFacts, withVitals } from './facts.js'
import { noDashboard } from './frame.js'
import { FullScreen } from './fullscreen.js'
import { GatedOutput } from './gatedoutput.js'
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
	const say = writerFor(process.env)
	const dashboard = new Store(noDashboard)
	const output = new GatedOutput(process.stdout, say)
	const facts = new Store<Facts>(noFacts)
	let latest = noFacts
	let isPlanned = false
	const guard = <T>(work: () => Promise<T>): Promise<T | undefined> => parts.shell().runner.guard(work)
	const prompted = (text: string, mark = ''): void => {
		const lines = submittedLines(text, editor.view.value.prompt, palette)
		screen.print([...lines.slice(0, -1), `${lines.at(-1) ?? ''}${palette.dim(mark)}`])
	}
	const clear = (): void => frame?.write('\x1b[H\x1b[2J')
	const editor: BlockEditor = new BlockEditor(
		{
			// A piece may close the dashboard and type on.
			elsewhere: (key) => (full.isOpen ? full.press(key) : key),
			onInterrupt: () => parts.shell().interrupt(),
			onDropped: (text) => prompted(text, ' ^C'),
			onSubmitted: (text) => prompted(text),
			onRedraw: clear,
			onDashboard: (asked) => dash.asked(asked),
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
	const full = new FullScreen({
		...{ clock: systemClock, palette, size: terminal.size },
		facts: () => latest,
		live: () => screen.blocks,
		write: (text) => void process.stdout.write(say(text)),
		onShown: (isOpen) => {
			if (isOpen) screen.hold()
			if (isOpen) output.hold()
			terminal.showOther(isOpen)
			if (!isOpen) output.release()
			if (!isOpen) screen.release()
			if (!isOpen) facts.set(latest)
			watchVitals()
		},
	})
	const watchVitals = (): void => parts.shell().runner.watchVitals(dashboard.value.isShown || full.isOpen)
	dashboard.subscribe(watchVitals)
	const dash = new DashboardActions(dashboard, full, () => ({ facts: latest, live: screen.blocks }))
	frame = drawFrame(
		{ editor: editor.view, live: screen.live, facts, dashboard, size: terminal.size, palette },
		output.stream,
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
			// A question is answered at the prompt.
			if (message.kind === 'ask') full.close()
			full.changed()
			if (message.kind !== 'events') return
			for (const event of message.events) latest = known(latest, event)
			if (message.vitals !== undefined) latest = withVitals(latest, message.vitals)
			if (isPlanned) return
			isPlanned = true
			systemClock.at(systemClock.now() + factsEveryMs, () => {
				isPlanned = false
				if (!full.isOpen) facts.set(latest)
			})
		},
		terminal: {
			page: (text) => terminal.page(text),
			clear,
			dash: (argument) => dash.command(argument),
			toggleFrozen: () => screen.toggleFrozen(),
			fill: (text) => editor.fill(text),
			// OSC 52: the terminal's own clipboard, also through ssh.
			copy: (text) => frame?.write(`\x1b]52;c;${Buffer.from(text).toString('base64')}\x07`),
		},
		close() {
			full.close()
			screen.settleAll()
			screen.flush()
			frame?.close()
			terminal.close()
		},
	}
}
