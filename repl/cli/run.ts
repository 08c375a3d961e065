/**
 * `rivulet run file.ts args…`: a program as a Spark example would run, its types checked before its first line.
 *
 * The program runs in this very process. SIGTERM and SIGINT stop the active StreamingContext gracefully, so that
 * `awaitTermination` returns and the program goes on to its end; a second signal, or one without a context, ends it.
 * So does `spark.streaming.gracefulStopTimeout` when the context has not stopped by then. An error that the program does
 * not catch ends it as Node would, with the exit code 1, whatever else still runs.
 */

import { statSync } from 'node:fs'
import { register } from 'node:module'
import { constants } from 'node:os'
import { dirname, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { packageFile, type StreamingContext, systemClock } from '../../engine/index.js'
import { usage } from './arguments.js'
import { failure, isRefusal, reportMark } from './failure.js'
import type { LoaderOptions } from './loader.js'
import { isPlain } from './plainmodules.js'
import { type FromProgram, joinSupervisor } from './supervised.js'

/**
 * Runs the program; resolves to 0 when its module has been evaluated, to 1 when it was refused or threw.
 * @throws cli/usage when there is no such file, or it is no TypeScript or JavaScript module
 */
export async function runProgram(file: string, args: readonly string[]): Promise<number> {
	const path = programPath(file)
	process.argv = [process.execPath, path, ...args]
	process.setSourceMapsEnabled(true)
	// Before the hooks: they would be asked for each of its modules.
	await import(engineUrl())
	if (!isPlain(path, packageFile())) {
		const options: LoaderOptions = { directory: dirname(path), packageFolder: packageFile(), reportMark }
		register(pathToFileURL(packageFile('dist', 'repl', 'cli', 'loader.js')).href, { data: options })
	}
	const tell = joinSupervisor()
	stopOnSignals(tell)
	try {
		await import(pathToFileURL(path).href)
		return typeof process.exitCode === 'number' ? process.exitCode : 0
	} catch (thrown) {
		if (isRefusal(thrown)) tell({ kind: 'refused' })
		return reportAndLeave(thrown)
	}
}

/** The very module that the program's `rivulet` resolves to, also when this file has been bundled. */
const engineUrl = (): string => pathToFileURL(packageFile('dist', 'engine', 'index.js')).href

/** The absolute path of a program. @throws cli/usage when there is no such file, or it is no module */
export function programPath(file: string): string {
	const path = resolve(file)
	if (statSync(path, { throwIfNoEntry: false })?.isFile() !== true) throw usage(`no such file: ${file}`)
	if (!/\.m?[jt]s$/.test(path)) throw usage(`${file} is no program`, 'give a .ts, .mts, .js or .mjs file')
	return path
}

function stopOnSignals(tell: (message: FromProgram) => void): void {
	let stopping = false
	const onSignal = (signal: 'SIGINT' | 'SIGTERM'): void => {
		const leave = (): never => process.exit(128 + constants.signals[signal])
		if (stopping) leave()
		stopping = true
		stopActive(tell, leave).then((wasActive) => (wasActive ? undefined : leave()), reportAndLeave)
	}
	process.on('SIGINT', onSignal)
	process.on('SIGTERM', onSignal)
}

/** Stops the active context gracefully, or calls `leave` when its time is up; false when there was none. */
async function stopActive(tell: (message: FromProgram) => void, leave: () => never): Promise<boolean> {
	const { StreamingContext } = (await import(engineUrl())) as typeof import('../../engine/index.js')
	const active = StreamingContext.getActive()
	if (active === undefined) return false
	const withinMs = gracefulMs(active)
	tell({ kind: 'stopping', withinMs })
	const limit = systemClock.at(systemClock.now() + withinMs, () => {
		const setting = 'spark.streaming.gracefulStopTimeout'
		process.stderr.write(
			`rivulet: the context has not stopped within ${withinMs} ms (${setting}): the program is ended; a batch that had not ended runs again after a recovery\n`,
		)
		leave()
	})
	await active.stop(true, true)
	limit.dispose()
	return true
}

/** The least time for a graceful stop that was not set: a few short batches may take longer on a busy machine. */
const leastStopMs = 10_000

/** How long a graceful stop may take; Spark's default is ten batches. */
const gracefulMs = ({ conf, batchDuration }: StreamingContext): number =>
	conf.getTimeAsMs('spark.streaming.gracefulStopTimeout', `${Math.max(leastStopMs, 10 * batchDuration.milliseconds)}ms`)

function reportAndLeave(thrown: unknown): never {
	process.stderr.write(`${failure(thrown)}\n`)
	process.exit(1)
}
