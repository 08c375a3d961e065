/**
 * `rivulet run --supervise file.ts`: starts the program again when it crashes, so that it goes on from its checkpoint.
 *
 * A crash is an end by a signal or with an exit code other than 0. SIGTERM, SIGINT and SIGHUP stop the program
 * gracefully and are no crash. Every life leads a process group that is ended with it: nothing that it started is left
 * when the next begins. What the supervisor does is written to stderr, one line each.
 */

import { type ChildProcess, spawn } from 'node:child_process'
import { constants } from 'node:os'
import { type Clock, stopwatch, systemClock } from '../../engine/index.js'
import { signalGroup } from '../../kernel/session/processgroup.js'
import { Restarts } from './restarts.js'
import { programPath } from './run.js'
import { type FromProgram, supervisedMark } from './supervised.js'

/** One life of a program. */
export interface Life {
	readonly pid: number | undefined
	/** Its exit code or the signal that ended it. */
	readonly ended: Promise<number | NodeJS.Signals>
	/** Calls `listener` with what the program tells. */
	onMessage(listener: (message: FromProgram) => void): void
	/** Asks it to end. */
	signal(signal: NodeJS.Signals): void
	/** Ends it and everything that it has started. */
	kill(): void
}

/** What a supervisor works with. */
export interface SupervisorParts {
	/** As the user named it. */
	readonly file: string
	readonly restarts: Restarts
	readonly clock: Clock
	readonly start: () => Life
	/** Takes one line. */
	readonly log: (line: string) => void
}

/** A program that is asked to stop and does not say how long it needs is ended after this. */
const answerMs = 10_000
/** What a program may take beyond the time it has named: to write its last checkpoint and to run its end. */
const marginMs = 5_000

/** Keeps one program alive until it ends well, is stopped, or has crashed too often. */
export class Supervisor {
	readonly #parts: SupervisorParts
	#life: Life | undefined
	#stopping: NodeJS.Signals | undefined
	#isRefused = false
	#wake: () => void = () => undefined

	constructor(parts: SupervisorParts) {
		this.#parts = parts
	}

	/** Resolves to the exit code: that of the last life, or 1 after too many crashes. */
	async run(): Promise<number> {
		for (;;) {
			const { ended, livedMs } = await this.#live()
			if (this.#stopping !== undefined || ended === 0 || this.#isRefused) return exitCode(ended)
			const waitMs = this.#next(ended, livedMs)
			if (waitMs === undefined) return 1
			await this.#pause(waitMs)
			if (this.#stopping !== undefined) return exitCode(this.#stopping)
		}
	}

	/** Stops the program gracefully; a second call ends it at once. */
	stop(signal: NodeJS.Signals): void {
		const isFirst = this.#stopping === undefined
		this.#stopping ??= signal
		this.#wake()
		const life = this.#life
		if (life === undefined) return
		if (!isFirst) {
			life.kill()
			return
		}
		this.#say(`${signal}: stopping pid ${life.pid} gracefully; once more ends it at once`)
		life.signal('SIGTERM')
		this.#limit(life, answerMs, 'does not answer')
	}

	async #live(): Promise<{ ended: number | NodeJS.Signals; livedMs: number }> {
		const passed = stopwatch()
		const life = this.#parts.start()
		this.#life = life
		life.onMessage((message) => {
			if (message.kind === 'refused') this.#isRefused = true
			else this.#limit(life, message.withinMs + marginMs, `has not ended ${message.withinMs} ms after it was asked to`)
		})
		const ended = await life.ended
		this.#life = undefined
		this.#wake()
		life.kill()
		return { ended, livedMs: passed() }
	}

	/** Ends a life that is still there after `ms`, unless another limit takes the place of this one. */
	#limit(life: Life, ms: number, what: string): void {
		this.#wake()
		const timer = this.#parts.clock.at(this.#parts.clock.now() + ms, () => {
			this.#say(`pid ${life.pid} ${what}: it is ended; what it had not finished runs again after a recovery`)
			life.kill()
		})
		this.#wake = () => timer.dispose()
	}

	#next(ended: number | NodeJS.Signals, livedMs: number): number | undefined {
		const how = typeof ended === 'number' ? `ended with exit code ${ended}` : `was killed by ${ended}`
		const what = `${this.#parts.file} ${how} after ${seconds(livedMs)}`
		const { restarts } = this.#parts
		const { count, waitMs } = restarts.crashed(livedMs)
		if (waitMs === undefined) {
			const times = `${restarts.limit} ${restarts.limit === 1 ? 'restart' : 'restarts'}`
			this.#say(`${what}: given up after ${times} without a minute of work between; see its error above`)
		} else this.#say(`${what}: restart ${count} of ${restarts.limit} in ${seconds(waitMs)}`)
		return waitMs
	}

	#pause(ms: number): Promise<void> {
		return new Promise((resolve) => {
			const timer = this.#parts.clock.at(this.#parts.clock.now() + ms, resolve)
			this.#wake = () => {
				timer.dispose()
				resolve()
			}
		})
	}

	#say(text: string): void {
		this.#parts.log(`rivulet: ${new Date(systemClock.now()).toISOString()} ${text}\n`)
	}
}

const seconds = (ms: number): string => `${(ms / 1_000).toFixed(1)} s`

const exitCode = (ended: number | NodeJS.Signals): number =>
	typeof ended === 'number' ? ended : 128 + constants.signals[ended]

/** Runs `rivulet run file args…` under a supervisor; resolves to the exit code. @throws as runProgram */
export async function superviseProgram(file: string, args: readonly string[], limit: number): Promise<number> {
	programPath(file)
	const start = (): Life => startLife(['run', file, ...args])
	const log = (line: string): unknown => process.stderr.write(line)
	const supervisor = new Supervisor({ file, restarts: new Restarts(limit), clock: systemClock, start, log })
	for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => supervisor.stop(signal))
	return supervisor.run()
}

/** This very command as a child that leads its own group; its stdin is empty, so that it never waits for a terminal. */
function startLife(args: readonly string[]): Life {
	const child: ChildProcess = spawn(process.execPath, [...process.execArgv, process.argv[1] ?? '', ...args], {
		stdio: ['ignore', 'inherit', 'inherit', 'ipc', 'pipe'],
		detached: true,
		env: { ...process.env, [supervisedMark]: '1' },
	})
	const ended = new Promise<number | NodeJS.Signals>((resolve, reject) => {
		child.once('error', reject)
		child.once('exit', (code, signal) => resolve(code ?? signal ?? 1))
	})
	// The lifeline carries nothing; that its other end is gone is told by `exit`.
	child.stdio[4]?.on('error', () => undefined)
	return {
		pid: child.pid,
		ended,
		onMessage: (listener) => child.on('message', (message) => listener(message as FromProgram)),
		signal: (signal) => child.kill(signal),
		kill: () => {
			if (child.pid !== undefined) signalGroup(child.pid, 'SIGKILL')
		},
	}
}
