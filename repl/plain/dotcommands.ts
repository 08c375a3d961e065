/**
 * The commands that begin with a dot: the rows of the magics, and what only a shell has.
 *
 * Those about streams are run by the session, which does the same for `%streams` in a notebook; the others are done by
 * the shell. A percent sign in the place of the dot means the same.
 */

import { nearestNames, StreamError } from '../../engine/index.js'
import type { TypesMode } from '../../kernel/language/contract.js'
import { magics } from '../../kernel/session/magics/catalog.js'

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
	{ name: 'help', summary: 'This list.', run: (shell) => shell.say(helpLines()) },
	{ name: 'exit', summary: 'Stops the context and leaves (Ctrl-D).', run: (shell) => shell.leave() },
	...fromMagics,
	{
		name: 'doc',
		argument: '<name>',
		summary: 'Tells type and documentation of a name (also ?name).',
		run: (shell, argument) => shell.describe(wanted('.doc', argument, '<name>')),
	},
]

/** Runs a magic of the session, which prints or gives a value to show. */
function inSession(name: string): DotCommand['run'] {
	return (shell, argument) =>
		shell.runQuietly(`$rv.show(await $rv.magic(${JSON.stringify(name)}, ${JSON.stringify(argument)}))`)
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
