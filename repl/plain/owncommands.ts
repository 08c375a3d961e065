/** The dot commands that only a shell has: about inputs, files, the terminal and the end. One row each. */

import { StreamError } from '../../engine/index.js'
import { type DotCommand, type ShellActions, type TerminalActions, wanted } from './shellactions.js'
import { wrapped } from './wrap.js'

/** In the order of `.help`. */
export const ownCommands: readonly DotCommand[] = [
	{
		name: 'restart',
		summary: 'Starts the streams again after a stop, the same graph.',
		run: (shell) => shell.runQuietly('await ssc.restart()', 'await ssc.restart()'),
	},
	{
		name: 'last',
		argument: '[stream | output]',
		summary: 'Shows the whole of the last result, or the last batch of a stream or output (counts, #4, print).',
		run: (shell, argument) => {
			if (argument === '') return terminalOf(shell, '.last').page(shell.lastText)
			return shell.runQuietly(`await $rv.showLast(${JSON.stringify(argument)})`)
		},
	},
	{
		name: 'dash',
		argument: '[full | stream | all | rows]',
		summary: 'Shows or hides the dashboard (F2); over the whole window (F3), of one stream, or so many rows high.',
		run: (shell, argument) => terminalOf(shell, '.dash').dash(argument),
	},
	{
		name: 'freeze',
		summary: 'Lets live output stand still, or go on.',
		run: (shell) => shell.say([terminalOf(shell, '.freeze').toggleFrozen() ? 'frozen: .freeze goes on' : 'live again']),
	},
	{
		name: 'doc',
		argument: '<name>',
		summary: 'Tells type and documentation of a name (also ?name).',
		run: (shell, argument) => shell.describe(wanted('.doc', argument, '<name>')),
	},
	{
		name: 'type',
		argument: '<expression>',
		summary: 'Tells the type of an expression without running it.',
		run: async (shell, argument) => shell.say([await shell.typeOf(wanted('.type', argument, '<expression>'))]),
	},
	{
		name: 'time',
		argument: '<code>',
		summary: 'Runs code and tells how long it took.',
		run: async (shell, argument) => {
			const startMs = shell.nowMs()
			await shell.runCode(wanted('.time', argument, '<code>'))
			shell.say([`took ${Math.round(shell.nowMs() - startMs)} ms`])
		},
	},
	{
		name: 'history',
		argument: '[n]',
		summary: 'Lists the inputs of this session, or the last n.',
		run: (shell, argument) => shell.say(historyLines(shell, argument)),
	},
	{
		name: 'save',
		argument: '<file>',
		summary: 'Writes the inputs of this session that ran into a file.',
		run: (shell, argument) => {
			const path = wanted('.save', argument, '<file>')
			const inputs = shell.inputs.filter(({ hasRun }) => hasRun)
			shell.writeFile(path, inputs.map(({ code }) => `${code}\n`).join('\n'))
			shell.say([`${inputs.length} ${inputs.length === 1 ? 'input' : 'inputs'} written to ${path}`])
		},
	},
	{
		name: 'export',
		argument: '<app.ts | file.ipynb>',
		summary: 'Writes what is alive as a program for rivulet run, or the inputs as a notebook.',
		run: async (shell, argument) => {
			const path = wanted('.export', argument, '<app.ts | file.ipynb>')
			const notes = await shell.exportTo(path)
			const lines = [`written: ${path}${path.endsWith('.ipynb') ? '' : ` – rivulet run ${path}`}`, ...notes]
			shell.say(lines.flatMap((line) => wrapped(line, shell.columns - 1)))
		},
	},
	{
		name: 'test',
		argument: '<stream> [batches] [file]',
		summary: 'Writes a vitest file: the input and the results of the last five batches of a stream, on a ManualClock.',
		run: async (shell, argument) => {
			const [stream = '', n = '5', path, ...more] = wanted('.test', argument, '<stream>').split(/\s+/)
			if (!/^[1-9]\d*$/.test(n) || more.length > 0) {
				throw new StreamError(
					'cli/usage',
					`.test takes a stream and a positive whole number of batches, not '${argument}'`,
					{
						remedy: 'write .test counts 5',
					},
				)
			}
			const file = path ?? `${stream.replace(/^#/, 'stream')}.test.ts`
			await shell.writeTest(stream, Number(n), file)
			const line = `written: ${file} – npx vitest run ${file} (npm install --save-dev rivulet vitest, once)`
			shell.say(wrapped(line, shell.columns - 1))
		},
	},
	{
		name: 'edit',
		argument: '[n]',
		summary: 'Puts an input, the last or number n, back into the editor.',
		run: (shell, argument) => terminalOf(shell, '.edit').fill(inputOf(shell, argument)),
	},
	{
		name: 'copy',
		argument: '[n]',
		summary: 'Copies the last result, or input number n, to the clipboard.',
		run: (shell, argument) => {
			terminalOf(shell, '.copy').copy(argument === '' ? shell.lastText : inputOf(shell, argument))
			shell.say(['copied, if the terminal allows it'])
		},
	},
	{ name: 'clear', summary: 'Clears the window (Ctrl-L).', run: (shell) => terminalOf(shell, '.clear').clear() },
	{ name: 'quit', summary: 'Stops the streams and leaves (Ctrl-D).', run: (shell) => shell.leave() },
	{ name: 'exit', summary: 'The same.', run: (shell) => shell.leave() },
]

function terminalOf({ terminal }: ShellActions, command: string): TerminalActions {
	if (terminal === undefined) {
		throw new StreamError('cli/usage', `${command} needs a drawn terminal`, {
			remedy: 'start rivulet in a terminal, without --plain',
		})
	}
	return terminal
}

function inputOf({ inputs }: ShellActions, argument: string): string {
	const input = argument === '' ? inputs.at(-1) : inputs.find(({ number }) => String(number) === argument)
	if (input === undefined)
		throw new StreamError('cli/usage', `there is no input ${argument}`.trimEnd(), { remedy: 'see .history' })
	return input.code
}

function historyLines({ inputs }: ShellActions, argument: string): string[] {
	if (argument !== '' && !/^[1-9]\d*$/.test(argument)) {
		throw new StreamError('cli/usage', `.history needs a positive whole number, but got '${argument}'`)
	}
	const shown = argument === '' ? inputs : inputs.slice(-Number(argument))
	if (shown.length === 0) return ['no inputs yet']
	return shown.map(({ number, code }) => `[${number}] ${code.replaceAll('\n', '\n    ')}`)
}
