/** `rivulet` and `rivulet demo`: puts the shell, drawn or line by line, together from this process and a real session. */

import { readFileSync, statSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { resolve } from 'node:path'
import type { Writable } from 'node:stream'
import { Duration, type DurationLike, packageVersion, StreamError, systemClock } from '../../engine/index.js'
import { startLanguage } from '../../kernel/language/client.js'
import { startSession } from '../../kernel/session/client.js'
import { writerFor } from '../plain/ascii.js'
import type { BlockSource, Display } from '../plain/contract.js'
import { demoCode, demoOffers, demoWords, drawnDemoCode } from '../plain/demo.js'
import { Editor } from '../plain/editor.js'
import { History, historyFile } from '../plain/history.js'
import { JsonLines, JsonScreen } from '../plain/jsonlines.js'
import type { StartSession } from '../plain/link.js'
import { type Output, Screen } from '../plain/screen.js'
import { Shell } from '../plain/shell.js'
import { type Style, styleFor, wantsColours } from '../plain/style.js'
import { Transcript } from '../plain/transcript.js'
import { type Given, usage } from './arguments.js'

/**
 * Opens the shell; resolves to its exit code.
 * @throws cli/usage for a wrong number of batches or a text that is no duration
 */
export async function openShell(given: Given, isDemo: boolean): Promise<number> {
	const batches = given.count('batches', 1)
	const interval = intervalOf(given.text('interval'))
	const master = given.text('master') ?? 'local'
	const directory = process.cwd()
	const isDumb = process.env.TERM === 'dumb'
	const isInteractive = process.stdin.isTTY === true && process.stdout.isTTY === true && !given.has('json')
	const hasColours = wantsColours(process.stdout) && !given.has('json')
	const reads = !isDemo || (isInteractive && batches === undefined)
	let isWarm = false
	const isJson = given.has('json')
	const isPlain = isJson || isDumb || given.has('plain') || (process.env.CI ?? '') !== ''
	const isDrawn = isInteractive && reads && !isPlain
	// Ink is loaded only for the drawn terminal.
	const ink = isDrawn ? await import('../ink/open.js') : undefined
	// Before anything is drawn: whoever sees the prompt may end us. Nothing below waits before there is a shell.
	const isCooked = isInteractive && isDumb
	onFirstSignal(() => shell.leave(), isCooked ? ['SIGTERM', 'SIGHUP'] : ['SIGINT', 'SIGTERM', 'SIGHUP'])
	const drawn = ink?.openDrawn({
		...{ hasColours, shell: () => shell, isWarm: () => isWarm },
		history: (screen) => historyIn(true, screen, styleFor(hasColours)),
	})
	const plain = new Screen(outputOf(process.stdout.isTTY === true && !isDumb))
	const writeLine = (text: string): void => void process.stdout.write(`${text}\n`)
	const screen: Display = isJson ? new JsonScreen(writeLine) : (drawn?.screen ?? plain)
	const style = styleFor(hasColours)
	const transcript = isJson ? new JsonLines(writeLine) : new Transcript(screen, style, systemClock, drawn?.drawView)
	const history = drawn?.history ?? historyIn(isInteractive, screen, style)
	const lines =
		drawn === undefined && reads ? lineEditor(isInteractive, isDumb, history, () => shell, plain) : undefined
	const editor: BlockSource | undefined = drawn?.editor ?? lines
	// A terminal without keys of its own sends Ctrl-C as a signal, as often as it is pressed.
	if (isCooked) process.on('SIGINT', () => (lines === undefined ? shell.interrupt() : lines.cancel()))
	const language = startLanguage({
		directory,
		onLate: (late) => shell.runner.late(late),
	})
	const isUsual = interval === undefined && given.text('master') === undefined
	const shell: Shell = new Shell(
		{
			...{ editor, screen, transcript, style, history, language, directory },
			startSession: sessionIn(directory),
			clock: systemClock,
			...(process.stdout.isTTY === true ? { columns: () => process.stdout.columns || 80 } : {}),
			readFile: (path) => textOf(resolve(directory, path), path),
			writeFile: (path, text) => writeFileSync(resolve(directory, path), text),
			...(drawn === undefined ? {} : { terminal: drawn.terminal, watch: (message) => drawn.watch(message) }),
		},
		{
			banner: banner(interval ?? '1 s', master),
			isInteractive,
			...(batches === undefined ? {} : { batches }),
			...(isUsual ? {} : { setUp: contextCode(master, interval ?? '1s') }),
			...(isDemo ? { firstInput: drawn === undefined ? demoCode : drawnDemoCode } : {}),
			...(isDemo && drawn !== undefined ? { afterFirst: demoWords } : {}),
		},
	)
	if (isDemo) drawn?.editor.offer(demoOffers)
	void language.warm.then(
		() => {
			isWarm = true
		},
		// Whoever asks the worker next hears why it has died.
		() => undefined,
	)
	try {
		return await shell.run()
	} finally {
		drawn?.close()
	}
}

/** Calls back for the first signal of each kind; the second one ends the process. */
function onFirstSignal(leave: () => void, signals: readonly NodeJS.Signals[]): void {
	for (const signal of signals) {
		const first = (): void => {
			leave()
			// Not before Ink's listener has run, which ends the process when it is alone.
			queueMicrotask(() => process.off(signal, first))
		}
		process.on(signal, first)
	}
}

const historyIn = (isInteractive: boolean, screen: Display, style: Style): History =>
	new History(isInteractive ? historyFile() : undefined, (text) => screen.print([style.warning(text)]))

/** Lines read by readline: pipes, dumb terminals, and whoever asks for it. */
function lineEditor(
	isInteractive: boolean,
	isDumb: boolean,
	history: History,
	shell: () => Shell,
	screen: Screen,
): Editor {
	const editor = new Editor(
		{
			input: process.stdin,
			output: process.stdout as Writable,
			isTerminal: isInteractive && !isDumb,
			showsPrompt: isInteractive,
		},
		history.inputs,
		{
			onInterrupt: () => shell().interrupt(),
			onLeft: () => screen.seal(),
			complete: (text) => shell().complete(text),
		},
	)
	if (isInteractive) screen.attach(editor)
	return editor
}

function intervalOf(text: string | undefined): string | undefined {
	if (text === undefined) return undefined
	try {
		if (Duration.of(text as DurationLike).milliseconds > 0) return text
	} catch (thrown) {
		if (!(thrown instanceof StreamError)) throw thrown
	}
	throw usage(`--interval '${text}' is no positive duration`, "write '500ms', '2s' or '1 min'")
}

/** Makes the session's context; one that the user makes later takes its place all the same. */
const contextCode = (master: string, interval: string): string =>
	`new StreamingContext(new SparkConf().setMaster(${JSON.stringify(master)}).setAppName('rivulet'), ${JSON.stringify(interval)})`

function banner(interval: string, master: string): readonly string[] {
	const manifest = createRequire(import.meta.url).resolve('typescript/package.json')
	const { version } = JSON.parse(readFileSync(manifest, 'utf8')) as { readonly version: string }
	return [
		`Rivulet ${packageVersion()} · TypeScript ${version} · Node ${process.versions.node}`,
		`sc and ssc (batch interval ${interval}, master ${master}) are ready · .help`,
	]
}

function outputOf(isTerminal: boolean): Output {
	const { stdout, stderr } = process
	const say = isTerminal ? writerFor(process.env) : (text: string) => text
	return {
		isTerminal,
		get columns() {
			return stdout.columns || 80
		},
		get rows() {
			return stdout.rows || 24
		},
		write: (text) => void stdout.write(say(text)),
		writeError: (text) => void stderr.write(say(text)),
	}
}

function sessionIn(directory: string): StartSession {
	return ({ onMessage, onExit }) =>
		startSession({
			directory,
			onMessage,
			onExit: ({ code, signal }) => onExit(signal === null ? `exit code ${code}` : `signal ${signal}`),
		})
}

function textOf(path: string, asTyped: string): string {
	if (statSync(path, { throwIfNoEntry: false })?.isFile() !== true) throw usage(`no such file: ${asTyped}`)
	return readFileSync(path, 'utf8')
}
