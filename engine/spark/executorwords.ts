/** What executors said before they ended: in the log of Spark's driver, and in logs of their own on this machine. */

import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** The lines of a log that tell why there are no executors; its end when none does. */
export function executorWords(log: string): string {
	const lines = log.split('\n')
	// Of an exception only what it says.
	const telling = lines.filter(
		(line) => !/^\s+at /.test(line) && /executor|worker|master|resources|refused|exit/i.test(line),
	)
	return (telling.length > 0 ? telling : lines).slice(-5).join('\n')
}

/**
 * The end of what the newest executor of an application wrote; empty where none wrote on this machine.
 * @param folder the application's, in the folder where workers of this machine start executors
 */
export function newestExecutor(folder: string): string {
	const ids = existsSync(folder) ? readdirSync(folder).filter((name) => /^\d+$/.test(name)) : []
	for (const id of ids.sort((a, b) => Number(b) - Number(a))) {
		// The first lines are the command that started it; a Java that cannot start says so on its standard output.
		const text =
			written(join(folder, id, 'stderr'))
				.split(/^=+$/m)
				.at(-1)
				?.trim() || written(join(folder, id, 'stdout'))
		if (text !== '') return `executor ${id}: ${text.split('\n').slice(-5).join('\n')}`
	}
	return ''
}

const written = (file: string): string => (existsSync(file) ? readFileSync(file, 'utf8').trim() : '')
