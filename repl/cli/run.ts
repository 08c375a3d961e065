/**
 * `rivulet run file.ts args…`: a program as a Spark example would run, its types checked before its first line.
 *
 * The program runs in this very process. SIGTERM and SIGINT stop the active StreamingContext gracefully, so that
 * `awaitTermination` returns and the program goes on to its end; a second signal, or one without a context, ends it.
 */

import { statSync } from 'node:fs'
import { register } from 'node:module'
import { constants } from 'node:os'
import { dirname, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { packageFile } from '../../engine/index.js'
import { usage } from './arguments.js'
import { failure, reportMark } from './failure.js'
import type { LoaderOptions } from './loader.js'

/**
 * Runs the program; resolves to 0 when its module has been evaluated, to 1 when it was refused or threw.
 * @throws cli/usage when there is no such file, or it is no TypeScript or JavaScript module
 */
export async function runProgram(file: string, args: readonly string[]): Promise<number> {
	const path = resolve(file)
	if (statSync(path, { throwIfNoEntry: false })?.isFile() !== true) throw usage(`no such file: ${file}`)
	if (!/\.m?[jt]s$/.test(path)) throw usage(`${file} is no program`, 'give a .ts, .mts, .js or .mjs file')
	process.argv = [process.execPath, path, ...args]
	process.setSourceMapsEnabled(true)
	const options: LoaderOptions = { directory: dirname(path), packageFolder: packageFile(), reportMark }
	register(pathToFileURL(packageFile('dist', 'repl', 'cli', 'loader.js')).href, { data: options })
	stopOnSignals()
	try {
		await import(pathToFileURL(path).href)
		return typeof process.exitCode === 'number' ? process.exitCode : 0
	} catch (thrown) {
		process.stderr.write(`${failure(thrown)}\n`)
		return 1
	}
}

function stopOnSignals(): void {
	let stopping = false
	const onSignal = (signal: 'SIGINT' | 'SIGTERM'): void => {
		const leave = (): never => process.exit(128 + constants.signals[signal])
		if (stopping) leave()
		stopping = true
		stopActive().then((wasActive) => (wasActive ? undefined : leave()), reportAndLeave)
	}
	process.on('SIGINT', onSignal)
	process.on('SIGTERM', onSignal)
}

/** Stops the active context gracefully; false when there was none. */
async function stopActive(): Promise<boolean> {
	// The very module that the program's `rivulet` resolves to, also when this file has been bundled.
	const url = pathToFileURL(packageFile('dist', 'engine', 'index.js')).href
	const { StreamingContext } = (await import(url)) as typeof import('../../engine/index.js')
	const active = StreamingContext.getActive()
	if (active === undefined) return false
	await active.stop(true, true)
	return true
}

function reportAndLeave(thrown: unknown): never {
	process.stderr.write(`${failure(thrown)}\n`)
	process.exit(1)
}
