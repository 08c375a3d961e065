/** An error that ended a program, as a person reads it. */

import { pathToFileURL } from 'node:url'
import { stripVTControlCharacters } from 'node:util'
import { packageFile, StreamError } from '../../engine/index.js'
import { wantsColours } from '../plain/style.js'

/** The start of a message that is a report of the checker; what follows are its lines, with colours. */
export const reportMark = 'rivulet: types\n'

/** Frames of this folder lead to the program and say nothing about it. */
const runnerFolder = pathToFileURL(packageFile('dist', 'repl')).href

/** What a person reads of an error: the checker's report, or the message, what to do, and the program's own lines. */
export function failure(thrown: unknown): string {
	if (!(thrown instanceof Error)) return `Uncaught ${String(thrown)}`
	const at = thrown.message.indexOf(reportMark)
	if (at !== -1) return checkReport(thrown.message.slice(at + reportMark.length))
	const [head = '', ...frames] = stackLines(thrown)
	const own = frames.filter((frame) => !frame.includes('node:internal/') && !frame.includes(runnerFolder))
	const where = thrown instanceof StreamError ? [thrown.where, thrown.remedy].filter((part) => part !== undefined) : []
	const cause = thrown.cause === undefined ? [] : [`caused by: ${failure(thrown.cause)}`]
	return [head, ...where.map((part) => `  ${part}`), ...own, ...cause].join('\n')
}

/** The message as one entry, then one entry a frame. */
function stackLines(error: Error): string[] {
	const stack = error.stack ?? ''
	const first = stack.search(/^ {4}at /m)
	const head = `${error.name}: ${error.message}`
	return first === -1 ? [head] : [head, ...stack.slice(first).split('\n')]
}

function checkReport(text: string): string {
	const plain = stripVTControlCharacters(text.trimEnd())
	const count = plain.match(/^.*:\d+:\d+ - error TS/gm)?.length ?? 1
	const errors = `${count} error${count === 1 ? '' : 's'}: nothing was run`
	return `${wantsColours(process.stderr) ? text.trimEnd() : plain}\n\n${errors}`
}
