/** An error that ended a program, as a person reads it. */

import { pathToFileURL } from 'node:url'
import { stripVTControlCharacters } from 'node:util'
import { packageFile, type StreamError } from '../../engine/index.js'
import { wantsColours } from '../plain/style.js'

/** The start of a message that is a report of the checker; what follows are its lines, with colours. */
export const reportMark = 'rivulet: types\n'

/** Frames of these folders lead to the program, or from it, and say nothing about it. */
const runnerFolders = ['repl', 'front', 'engine'].map((name) => pathToFileURL(packageFile('dist', name)).href)

/** What a person reads of an error: the checker's report, or the message, what to do, and the program's own lines. */
export function failure(thrown: unknown): string {
	if (!(thrown instanceof Error)) return `Uncaught ${String(thrown)}`
	const at = thrown.message.indexOf(reportMark)
	if (at !== -1) return checkReport(thrown.message.slice(at + reportMark.length))
	const [head = '', ...frames] = stackLines(thrown)
	const program = frames.filter((frame) => isOfProgram(frame))
	// An error that no line of the program led to is most likely ours.
	const own = program.length > 0 ? program : frames
	// By name: the program's engine need not be the one that is bundled with this file.
	const { where, remedy } = thrown.name === 'StreamError' ? (thrown as StreamError) : {}
	const parts = [where, remedy].filter((part) => part !== undefined)
	const cause = isTelling(thrown.cause) ? [`caused by: ${failure(thrown.cause)}`] : []
	return [head, ...parts.map((part) => `  ${part}`), ...own, ...cause].join('\n')
}

/** A trace of Spark is long, and its first line is the message. */
const isTelling = (cause: unknown): boolean =>
	cause instanceof Error || (typeof cause === 'string' && !/\n\tat /.test(cause))

/** True when the program was refused before its first line: it is the same the next time. */
export const isRefusal = (thrown: unknown): boolean => thrown instanceof Error && thrown.message.includes(reportMark)

function isOfProgram(frame: string): boolean {
	return !/[( ]node:/.test(frame) && !runnerFolders.some((start) => frame.includes(start))
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
