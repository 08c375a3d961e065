/** `rivulet` and `rivulet demo`: puts the line mode shell together from this process's streams and the real session. */

import { readFileSync, statSync } from 'node:fs'
import { createRequire } from 'node:module'
import { resolve } from 'node:path'
import type { Writable } from 'node:stream'
import { Duration, type DurationLike, packageVersion, StreamError, systemClock } from '../../engine/index.js'
import { startLanguage } from '../../kernel/language/client.js'
import { startSession } from '../../kernel/session/client.js'
import { demoCode } from '../plain/demo.js'
import { Editor } from '../plain/editor.js'
import { History, historyFile } from '../plain/history.js'
import type { StartSession } from '../plain/link.js'
import { type Output, Screen } from '../plain/screen.js'
import { Shell } from '../plain/shell.js'
import { styleFor, wantsColours } from '../plain/style.js'
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
	const isInteractive = process.stdin.isTTY === true && process.stdout.isTTY === true
	const screen = new Screen(outputOf(process.stdout.isTTY === true && !isDumb))
	const style = styleFor(wantsColours(process.stdout))
	const transcript = new Transcript(screen, style, systemClock)
	const history = new History(isInteractive ? historyFile() : undefined, (text) => screen.print([style.warning(text)]))
	const reads = !isDemo || (isInteractive && batches === undefined)
	const editor: Editor | undefined = reads
		? new Editor(
				{
					input: process.stdin,
					output: process.stdout as Writable,
					isTerminal: isInteractive && !isDumb,
					showsPrompt: isInteractive,
				},
				history.inputs,
				{ onInterrupt: () => shell.interrupt(), onLeft: () => screen.seal(), complete: (text) => shell.complete(text) },
			)
		: undefined
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
			readFile: (path) => textOf(resolve(directory, path), path),
		},
		{
			banner: banner(interval ?? '1 s', master),
			isInteractive,
			...(batches === undefined ? {} : { batches }),
			...(isUsual ? {} : { setUp: contextCode(master, interval ?? '1s') }),
			...(isDemo ? { firstInput: demoCode } : {}),
		},
	)
	for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => shell.leave())
	return shell.run()
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
	return {
		isTerminal,
		get columns() {
			return stdout.columns || 80
		},
		get rows() {
			return stdout.rows || 24
		},
		write: (text) => void stdout.write(text),
		writeError: (text) => void stderr.write(text),
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
