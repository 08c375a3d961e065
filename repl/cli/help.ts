/** The texts of `rivulet help` and of `--help` after a command, laid out from the rows. */

import type { OptionRow } from './arguments.js'
import type { CommandRow } from './commands.js'

const everywhere: readonly OptionRow[] = [{ name: 'help', short: 'h', summary: 'show this help' }]

/** The overview: all commands, and the options of the shell. */
export function overview(version: string, commands: readonly CommandRow[], shell: CommandRow): string {
	return [
		`rivulet ${version} – Spark Streaming for TypeScript, alive under your hands`,
		'',
		'Usage: rivulet [options]              open the shell',
		'       rivulet <command> [arguments]  do something else',
		'',
		'Commands:',
		...columns([
			...commands.map((row) => [signature(row), row.summary] as const),
			['help [command]', 'Show this help, or that of one command.'],
			['version', 'Show the version.'],
		]),
		'',
		'Options of the shell:',
		...columns([...[...shell.options, ...everywhere].map(optionCells), ['-v, --version', 'show the version']]),
		'',
		'Examples:',
		...columns([
			['rivulet --demo', 'a live word count at once'],
			['rivulet serve-text 9999', 'a text source for socketTextStream, in a second terminal'],
			['rivulet install --user', 'the kernel for JupyterLab'],
		]),
		'',
	].join('\n')
}

/** The help of one command. */
export function helpOf(row: CommandRow): string {
	const options = [...row.options, ...everywhere]
	const examples = row.examples.length === 0 ? [] : ['', 'Examples:', ...columns(row.examples)]
	return [
		`Usage: rivulet ${usageOf(row)}`,
		'',
		row.summary,
		...row.details,
		'',
		'Options:',
		...columns(options.map(optionCells)),
		...examples,
		'',
	].join('\n')
}

const signature = (row: CommandRow): string =>
	[row.name, ...row.positionals.map((name) => `<${name}>`), ...(row.passesRest === true ? ['[args…]'] : [])].join(' ')

/** Options stand before the file of a program, whose own arguments follow it. */
function usageOf(row: CommandRow): string {
	if (row.options.length === 0) return signature(row)
	if (row.passesRest !== true) return `${signature(row)} [options]`
	return signature(row).replace(row.name, `${row.name} [options]`)
}

function optionCells(row: OptionRow): readonly [string, string] {
	const short = row.short === undefined ? '' : `-${row.short}, `
	return [`${short}--${row.name}${row.value === undefined ? '' : ` ${row.value}`}`, row.summary]
}

/** Two columns, indented by two; the first as wide as its widest cell. */
function columns(rows: readonly (readonly [string, string])[]): string[] {
	const width = Math.max(...rows.map(([left]) => left.length))
	return rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`)
}
