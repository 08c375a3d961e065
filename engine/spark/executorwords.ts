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

/** How many executors were lost, by a log. */
export const numLost = (log: string): number => log.match(/Lost executor \S+|is now EXITED/g)?.length ?? 0

/** How many executors of an application were started on this machine. */
export const numStarted = (folder: string): number => idsIn(folder).length

const idsIn = (folder: string): string[] =>
	existsSync(folder) ? readdirSync(folder).filter((name) => /^\d+$/.test(name)) : []

/**
 * The end of what the newest executor of an application wrote about trouble, otherwise of what the newest wrote; empty
 * where none wrote on this machine.
 * @param folder the application's, in the folder where workers of this machine start executors
 */
export function newestExecutor(folder: string): string {
	let newest = ''
	for (const id of idsIn(folder).sort((a, b) => Number(b) - Number(a))) {
		// The first lines are the command that started it; a Java that cannot start says so on its standard output.
		const text =
			written(join(folder, id, 'stderr'))
				.split(/^=+$/m)
				.at(-1)
				?.trim() || written(join(folder, id, 'stdout'))
		if (text === '') continue
		const lines = text.split('\n')
		const bad = lines.filter((line) => trouble.test(line))
		if (bad.length > 0) return `executor ${id}: ${bad.slice(-5).join('\n')}`
		newest ||= `executor ${id}: ${lines.slice(-5).join('\n')}`
	}
	return newest
}

/** No line of a trace, and not the signal by which it was ended. */
const trouble = /^(?!\s+at |.*RECEIVED SIGNAL).*(\b(ERROR|FATAL|Error|error)\b|Exception|not found|denied|cannot)/

const written = (file: string): string => (existsSync(file) ? readFileSync(file, 'utf8').trim() : '')
