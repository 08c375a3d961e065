/** Runs the built command as a process, for tests of the rims. */

import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { once } from 'node:events'
import type { Readable, Writable } from 'node:stream'
import { packageFile } from '../../../engine/index.js'

/** A running `rivulet`. */
export class Rivulet {
	readonly process: ChildProcessByStdio<Writable, Readable, Readable>
	out = ''
	err = ''
	readonly #closed: Promise<unknown>

	constructor(args: readonly string[], cwd: string) {
		const env = { ...process.env, RIVULET_HISTORY: '', NO_COLOR: '1' }
		this.process = spawn(process.execPath, [packageFile('dist', 'repl', 'cli', 'main.js'), ...args], {
			...{ cwd, env, stdio: ['pipe', 'pipe', 'pipe'] },
		})
		this.#closed = once(this.process, 'close')
		this.process.stdout.setEncoding('utf8').on('data', (text: string) => {
			this.out += text
		})
		this.process.stderr.setEncoding('utf8').on('data', (text: string) => {
			this.err += text
		})
	}

	/** Resolves when stdout contains what `pattern` looks for; rejects when the process ends before. */
	async saw(pattern: RegExp): Promise<RegExpExecArray> {
		for (;;) {
			const found = pattern.exec(this.out)
			if (found !== null) return found
			const ended = this.process.exitCode !== null || this.process.signalCode !== null
			if (ended) throw new TypeError(`ended without ${pattern}: ${this.out}${this.err}`)
			await Promise.race([once(this.process.stdout, 'data'), this.#closed])
		}
	}

	/** Resolves to the exit code, or the signal, once all output is there. */
	async ended(): Promise<number | string | null> {
		const [code, signal] = (await once(this.process, 'close')) as [number | null, string | null]
		return code ?? signal
	}
}

/** Runs a call to its end, with `input` on stdin. */
export async function rivulet(
	args: readonly string[],
	cwd: string,
	input = '',
): Promise<Rivulet & { code: number | string | null }> {
	const running = new Rivulet(args, cwd)
	running.process.stdin.end(input)
	const code = await running.ended()
	return Object.assign(running, { code })
}
