/**
 * The commands that begin with a dot: the rows of the magics, and what only a shell has.
 *
 * Those about streams are run by the session, which does the same for `%streams` in a notebook; the others are done by
 * the shell. A percent sign in the place of the dot means the same.
 */

import { nearestNames, StreamError } from '../../engine/index.js'
import type { TypesMode } from '../../kernel/language/contract.js'
import { magics } from '../../kernel/session/magics/catalog.js'
import { bindings } from '../edit/bindings.js'
import { ownCommands } from './owncommands.js'
import { type DotCommand, wanted } from './shellactions.js'
import { tableLines, wrapped } from './wrap.js'

const modes: readonly string[] = ['check', 'warn', 'off'] satisfies readonly TypesMode[]

/** What is the shell's own, by the names of magics and others. */
const ours: Readonly<Record<string, DotCommand['run']>> = {
	types: (shell, argument) => {
		shell.setTypes(oneOf('.types', argument, modes) as TypesMode)
		shell.say([`types: ${argument}`])
	},
	reset: (shell) => shell.reset(),
	load: (shell, argument) => shell.runCode(shell.readFile(wanted('.load', argument, '<file>'))),
}

/** The magics that a shell has, each as a command: those of the session are run there. */
const fromMagics: readonly DotCommand[] = magics.flatMap(({ name, place, usage, summary }) => {
	const argument = usage === '' ? {} : { argument: usage }
	const own = ours[name]
	if (own !== undefined) return [{ name, summary, ...argument, run: own }]
	return place === 'session' ? [{ name, summary, ...argument, run: inSession(name) }] : []
})

/** All dot commands, in the order of `.help`. */
export const dotCommands: readonly DotCommand[] = [
	{
		name: 'help',
		argument: '[keys | command]',
		summary: 'This list, the keys of the editor, or one command.',
		run: (shell, argument) =>
			shell.say(
				argument === ''
					? helpLines(shell.columns)
					: argument === 'keys'
						? keyLines(shell.columns)
						: helpFor(argument, shell.columns),
			),
	},
	...fromMagics,
	...ownCommands,
]

/** Runs a magic of the session, which prints or gives a value to show. */
function inSession(name: string): DotCommand['run'] {
	return (shell, argument) =>
		shell.runQuietly(
			`$rv.show(await $rv.magic(${JSON.stringify(name)}, ${JSON.stringify(argument)}))`,
			`%${name} ${argument}`.trimEnd(),
		)
}

/**
 * Finds the command of a line such as `.step 3`.
 * @throws cli/usage when there is none of that name
 */
export function findDotCommand(line: string): { readonly command: DotCommand; readonly argument: string } {
	const [, name = '', argument = ''] = /^[.%](\S*)\s*(.*)$/.exec(line.trim()) ?? []
	const command = dotCommands.find((row) => row.name === name)
	if (command === undefined) {
		const near = nearestNames(
			name,
			dotCommands.map((row) => row.name),
		)
		const remedy = `did you mean .${near.join(' or .')}; all of them: .help`
		throw new StreamError('cli/usage', `no command .${name}`, { remedy })
	}
	return { command, argument: argument.trim() }
}

function helpFor(name: string, columns: number): readonly string[] {
	const { command } = findDotCommand(`.${name.replace(/^[.%]/, '')}`)
	const row = magics.find((magic) => magic.name === command.name)
	const lines = [`.${command.name} ${command.argument ?? ''}`.trimEnd(), command.summary, ...(row?.details ?? [])]
	return lines.flatMap((line) => wrapped(line, columns - 1))
}

function keyLines(columns: number): readonly string[] {
	return tableLines(
		bindings.map(({ keys, summary }) => [keys.join(' '), summary] as const),
		columns,
	)
}

function helpLines(columns: number): readonly string[] {
	const cells = dotCommands.map((row) => [`.${row.name} ${row.argument ?? ''}`.trimEnd(), row.summary] as const)
	const notes = [
		'Ctrl-C clears the block or interrupts what runs, twice it stops the streams; Ctrl-D leaves; Tab completes.',
		'.help keys: all keys of the editor.',
		'sc, ssc: the contexts; _: the last value; $: the last batch; display(value).',
	]
	return [...tableLines(cells, columns), '', ...notes.flatMap((line) => wrapped(line, columns - 1))]
}

function oneOf(command: string, argument: string, choices: readonly string[]): string {
	if (!choices.includes(argument)) {
		const got = argument === '' ? '' : `, but got '${argument}'`
		throw new StreamError('cli/usage', `${command} needs ${choices.join(' or ')}${got}`, { remedy: 'see .help' })
	}
	return argument
}
