/** Records through a command of the operating system. Source: Spark's `PipedRDD`. */

import { spawnSync } from 'node:child_process'
import { StreamError } from '../base/errors.js'
import { family } from './family.js'
import { RDD } from './rdd.js'
import { narrow } from './shuffle.js'
import { textOf } from './text.js'

/** What `pipe` may be told beside its command. */
export interface PipeOptions {
	/** More variables of the command's environment. */
	readonly env?: Readonly<Record<string, string>>
	/** Called with a function that prints a line to the command before the records. */
	readonly printPipeContext?: (print: (line: string) => void) => void
	/** Prints a record to the command (default: its text). */
	readonly printRDDElement?: (record: unknown, print: (line: string) => void) => void
}

declare module './rdd.js' {
	interface RDD<T> {
		/** The lines that a command prints for the records of each partition, given to it one a line. */
		pipe(command: string | readonly string[], options?: PipeOptions): RDD<string>
	}
}

function piped(records: Iterable<unknown>, words: readonly string[], options: PipeOptions): string[] {
	const input: string[] = []
	const print = (line: string): void => void input.push(`${line}\n`)
	options.printPipeContext?.(print)
	for (const x of records) {
		if (options.printRDDElement === undefined) print(textOf(x))
		else options.printRDDElement(x, print)
	}
	const [command = '', ...args] = words
	const ran = spawnSync(command, args, {
		input: input.join(''),
		encoding: 'utf8',
		env: { ...process.env, ...options.env },
		maxBuffer: 1 << 30,
	})
	// A command that ends without reading all of its input (EPIPE) has a status, and that is what counts.
	if (ran.error !== undefined && ran.status === null) {
		throw new StreamError('task/user', `cannot run ${command}: ${ran.error.message}`, {
			where: 'pipe',
			cause: ran.error,
		})
	}
	if (ran.status !== 0) {
		throw new StreamError('task/user', `Subprocess exited with status ${ran.status}. Command ran: ${words.join(' ')}`, {
			where: 'pipe',
			...(ran.stderr === '' ? {} : { cause: ran.stderr }),
		})
	}
	const lines = ran.stdout.split(/\r?\n/)
	if (lines.at(-1) === '') lines.pop()
	return lines
}

family(RDD, {
	pipe(command, options = {}) {
		const words = typeof command === 'string' ? command.trim().split(/\s+/) : command
		return narrow(this, { op: 'partition', fn: (records) => piped(records, words, options) })
	},
})
