#!/usr/bin/env node
/**
 * The one command `rivulet`: finds the row of what was asked, reads its arguments, runs it.
 *
 * Exit codes: 0 done, 1 the work failed, 2 the call was wrong (one clear line on stderr).
 */

import { packageVersion, StreamError } from '../../engine/index.js'
import { readArguments, usage } from './arguments.js'
import { commands, defaultCommand } from './commands.js'
import { helpOf, overview } from './help.js'

/** Codes of errors that mean: the call was wrong. */
const usageCodes: ReadonlySet<string> = new Set(['cli/usage', 'jupyter/install', 'jupyter/connection'])

/** Whoever read our output has gone (`| head`): there is nobody to write for. What a shell says of SIGPIPE. */
const readerGone = 141
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
	if (error.code === 'EPIPE') process.exit(readerGone)
	throw error
})

async function main(args: readonly string[]): Promise<number> {
	const [first, ...rest] = args
	if (first === 'version' || first === '--version' || first === '-v') return say(`rivulet ${packageVersion()}\n`)
	if (first === '--help' || first === '-h') return say(overview(packageVersion(), commands, defaultCommand))
	if (first === 'help') return help(rest)
	const isOption = first === undefined || first.startsWith('-')
	const row = isOption ? defaultCommand : rowOf(first)
	const given = readArguments(
		{ ...row, options: [...row.options, { name: 'help', short: 'h', summary: 'show this help' }] },
		isOption ? args : rest,
	)
	return given.has('help') ? say(helpOf(row)) : row.run(given)
}

function help(args: readonly string[]): number {
	const [name] = args
	return say(name === undefined ? overview(packageVersion(), commands, defaultCommand) : helpOf(rowOf(name)))
}

function say(text: string): number {
	process.stdout.write(text)
	return 0
}

function rowOf(name: string): (typeof commands)[number] {
	const row = commands.find((command) => command.name === name)
	if (row !== undefined) return row
	if (/\.[cm]?[jt]s$/.test(name)) throw usage(`unknown command '${name}'`, `to run that file: rivulet run ${name}`)
	const near = commands.find((command) => distance(command.name, name) <= 2)
	throw usage(`unknown command '${name}'`, near === undefined ? 'see rivulet help' : `did you mean '${near.name}'?`)
}

/** How many letters have to be put in, taken out or changed to make one word of the other (Levenshtein). */
function distance(left: string, right: string): number {
	let row = Array.from({ length: right.length + 1 }, (_, index) => index)
	for (let i = 1; i <= left.length; i++) {
		const next = [i]
		for (let j = 1; j <= right.length; j++) {
			const change = (row[j - 1] ?? 0) + (left[i - 1] === right[j - 1] ? 0 : 1)
			next.push(Math.min(change, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1))
		}
		row = next
	}
	return row[right.length] ?? 0
}

/** One line for a wrong call; message, place and stack for anything else. */
function report(error: unknown): number {
	if (error instanceof StreamError && usageCodes.has(error.code)) {
		const parts = [error.message, error.where, error.remedy].filter((part) => part !== undefined)
		process.stderr.write(`rivulet: ${parts.join(' – ').replaceAll('\n', ' ')}\n`)
		return 2
	}
	process.stderr.write(`${error instanceof Error ? (error.stack ?? String(error)) : String(error)}\n`)
	return 1
}

process.exitCode = await main(process.argv.slice(2)).catch(report)
