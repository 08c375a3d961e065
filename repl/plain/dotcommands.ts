/**
 * The commands that begin with a dot, one row each.
 *
 * Those about streams are code that runs in the session, so they do what the same line typed by hand would do; the
 * others are done by the shell.
 */

import { StreamError } from '../../engine/index.js'
import type { TypesMode } from '../../kernel/language/contract.js'

/** What a dot command may ask of the shell. */
export interface ShellActions {
	say(lines: readonly string[]): void
	leave(): void
	/** Puts a fresh session in the place of this one. */
	reset(): Promise<void>
	/** Runs code as an input of its own. */
	runCode(code: string): Promise<void>
	/** Runs code that shows only what it prints. */
	runQuietly(code: string): Promise<void>
	setTypes(mode: TypesMode): void
	describe(name: string): Promise<void>
	/** The text of a file, relative to the shell's folder. */
	readFile(path: string): string
}

/** One dot command. */
export interface DotCommand {
	readonly name: string
	readonly argument?: string
	readonly summary: string
	readonly run: (shell: ShellActions, argument: string) => Promise<void> | void
}

const modes: readonly string[] = ['check', 'warn', 'off'] satisfies readonly TypesMode[]

/** All dot commands, in the order of `.help`. */
export const dotCommands: readonly DotCommand[] = [
	{ name: 'help', summary: 'this list', run: (shell) => shell.say(helpLines()) },
	{ name: 'exit', summary: 'stop the context and leave (Ctrl-D)', run: (shell) => shell.leave() },
	{
		name: 'streams',
		summary: 'the streams and outputs there are',
		run: (shell) => shell.runQuietly(streamsCode),
	},
	{ name: 'start', summary: 'ssc.start()', run: (shell) => shell.runQuietly('ssc.start()') },
	{
		name: 'stop',
		summary: 'ssc.stop(false): stop the streams, keep sc',
		run: (shell) => shell.runQuietly('await ssc.stop(false)'),
	},
	{
		name: 'step',
		argument: '[n]',
		summary: 'ssc.step(n): the next n batches of a manual clock',
		run: (shell, argument) => shell.runQuietly(`await ssc.step(${count(argument)})`),
	},
	{
		name: 'clock',
		argument: 'manual',
		summary: 'a new ssc whose time moves by .step',
		run: (shell, argument) => {
			oneOf('.clock', argument, ['manual'])
			return shell.runQuietly('new StreamingContext(sc, ssc.batchDuration, { clock: new ManualClock() })')
		},
	},
	{
		name: 'types',
		argument: 'check|warn|off',
		summary: 'type errors stop an input, are notes, or off',
		run: (shell, argument) => {
			shell.setTypes(oneOf('.types', argument, modes) as TypesMode)
			shell.say([`types: ${argument}`])
		},
	},
	{ name: 'reset', summary: 'a fresh session: names and streams are gone', run: (shell) => shell.reset() },
	{
		name: 'load',
		argument: '<file>',
		summary: 'run a file as one input',
		run: (shell, argument) => shell.runCode(shell.readFile(wanted('.load', argument, '<file>'))),
	},
	{
		name: 'doc',
		argument: '<name>',
		summary: 'type and documentation of a name (also ?name)',
		run: (shell, argument) => shell.describe(wanted('.doc', argument, '<name>')),
	},
]

/** Prints the graph of the newest context, one line a stream: number, name, operator, durations, parents, outputs. */
const streamsCode = `{
	const { streams, outputs } = ssc.describe()
	const cells = streams.map(stream => [
		'#' + stream.id,
		stream.name ?? '',
		stream.operator,
		stream.windowMs === undefined ? '' : 'window ' + stream.windowMs / 1000 + ' s',
		'slide ' + stream.slideMs / 1000 + ' s',
		stream.parents.length === 0 ? '' : 'from ' + stream.parents.map(id => '#' + id).join(' '),
		outputs.filter(output => output.streamId === stream.id).map(output => output.name).join(', '),
	])
	const widths = cells.reduce((most, row) => row.map((cell, i) => Math.max(cell.length, most[i] ?? 0)), [])
	for (const row of cells) console.log(row.map((cell, i) => cell.padEnd(widths[i])).join('  ').trimEnd())
	if (cells.length === 0) console.log('no streams yet')
}`

/**
 * Finds the command of a line such as `.step 3`.
 * @throws cli/usage when there is none of that name
 */
export function findDotCommand(line: string): { readonly command: DotCommand; readonly argument: string } {
	const [, name = '', argument = ''] = /^\.(\S*)\s*(.*)$/.exec(line.trim()) ?? []
	const command = dotCommands.find((row) => row.name === name)
	if (command === undefined) throw new StreamError('cli/usage', `no command .${name}`, { remedy: 'see .help' })
	return { command, argument: argument.trim() }
}

function helpLines(): string[] {
	const cells = dotCommands.map((row) => [`.${row.name} ${row.argument ?? ''}`.trimEnd(), row.summary] as const)
	const width = Math.max(...cells.map(([left]) => left.length))
	return [
		...cells.map(([left, right]) => `${left.padEnd(width)}  ${right}`),
		'',
		'Ctrl-C clears the line or interrupts what runs; Ctrl-D leaves; Tab completes.',
		'sc, ssc: the contexts; _: the last value; $: the last batch; display(value).',
	]
}

function wanted(command: string, argument: string, what: string): string {
	if (argument === '') throw new StreamError('cli/usage', `${command} needs ${what}`, { remedy: 'see .help' })
	return argument
}

function oneOf(command: string, argument: string, choices: readonly string[]): string {
	if (!choices.includes(argument)) {
		const got = argument === '' ? '' : `, but got '${argument}'`
		throw new StreamError('cli/usage', `${command} needs ${choices.join(' or ')}${got}`, { remedy: 'see .help' })
	}
	return argument
}

function count(argument: string): number {
	if (argument === '') return 1
	if (!/^[1-9]\d*$/.test(argument)) {
		throw new StreamError('cli/usage', `.step needs a positive whole number, but got '${argument}'`)
	}
	return Number(argument)
}
