/**
 * What was typed after a command, read by the command's own row: options, positionals, or one clear usage error.
 *
 * Every fault is a `StreamError` with the code `cli/usage`; the entry prints it as one line and exits with code 2.
 */

import { type ParseArgsConfig, parseArgs } from 'node:util'
import { StreamError } from '../../engine/index.js'

/** One option of a command. Without `value` it is a flag; with it, `value` names what is expected: `PORT`. */
export interface OptionRow {
	readonly name: string
	readonly short?: string
	readonly value?: string
	/** May be given more than once; `texts` has them all. */
	readonly isRepeated?: boolean
	readonly summary: string
}

/** What a command takes. */
export interface Grammar {
	readonly name: string
	/** Names of the positionals, in order; a name in brackets may be left out: `['port', '[file]']`. */
	readonly positionals: readonly string[]
	readonly options: readonly OptionRow[]
	/** True when everything after the first positional belongs to another program. */
	readonly passesRest?: boolean
}

/** The arguments of one call, checked. */
export class Given {
	readonly positionals: readonly string[]
	/** What follows the first positional of a command that passes it on. */
	readonly rest: readonly string[]
	readonly #values: ReadonlyMap<string, readonly (string | true)[]>

	constructor(
		positionals: readonly string[],
		rest: readonly string[],
		values: ReadonlyMap<string, readonly (string | true)[]>,
	) {
		this.positionals = positionals
		this.rest = rest
		this.#values = values
	}

	/** True when the flag was given. */
	has(name: string): boolean {
		return this.#values.has(name)
	}

	/** The option's value as it was typed. */
	text(name: string): string | undefined {
		return this.texts(name).at(-1)
	}

	/** All values of an option that may be repeated, as they were typed. */
	texts(name: string): readonly string[] {
		return (this.#values.get(name) ?? []).filter((value) => typeof value === 'string')
	}

	/**
	 * The option's value as a whole number.
	 * @throws cli/usage when it is none, or below `least`
	 */
	count(name: string, least: number): number | undefined {
		const text = this.text(name)
		return text === undefined ? undefined : wholeNumber(`--${name}`, text, least)
	}
}

/**
 * A whole number from `least` to `most`.
 * @throws cli/usage otherwise, naming `what`
 */
export function wholeNumber(what: string, text: string, least: number, most = Number.MAX_SAFE_INTEGER): number {
	const value = /^\d+$/.test(text) ? Number(text) : Number.NaN
	if (value >= least && value <= most) return value
	const range = most === Number.MAX_SAFE_INTEGER ? `at least ${least}` : `from ${least} to ${most}`
	throw usage(`${what} must be a whole number ${range}, but got '${text}'`)
}

/** A usage error: what is wrong, and what to do. */
export const usage = (what: string, remedy?: string): StreamError =>
	new StreamError('cli/usage', what, remedy === undefined ? {} : { remedy })

/**
 * Reads the arguments of the command `grammar`.
 * @throws cli/usage for an unknown option, a missing or superfluous value, too few or too many positionals
 */
export function readArguments(grammar: Grammar, args: readonly string[]): Given {
	const help = `see rivulet ${grammar.name} --help`
	const cut = grammar.passesRest === true ? firstPositional(grammar, args) : args.length
	const { tokens } = parseArgs({
		args: args.slice(0, cut),
		options: Object.fromEntries(grammar.options.map((row) => [row.name, parseOption(row)])),
		allowPositionals: true,
		strict: false,
		tokens: true,
	})
	const values = new Map<string, (string | true)[]>()
	const positionals = args.slice(cut, cut + 1)
	for (const token of tokens) {
		if (token.kind === 'positional') positionals.push(token.value)
		if (token.kind !== 'option') continue
		const row = grammar.options.find((option) => option.name === token.name)
		if (row === undefined) throw usage(`unknown option ${token.rawName}`, help)
		if (row.value === undefined && token.value !== undefined) throw usage(`--${row.name} takes no value`, help)
		if (row.value !== undefined && (token.value === undefined || (!token.inlineValue && token.value.startsWith('-')))) {
			throw usage(`--${row.name} needs a value: --${row.name} ${row.value}`, help)
		}
		values.set(row.name, [...(values.get(row.name) ?? []), token.value ?? true])
	}
	const wanted = grammar.positionals
	const missing = wanted.find((name, index) => !name.startsWith('[') && positionals[index] === undefined)
	if (missing !== undefined && !values.has('help')) throw usage(`<${missing}> is missing`, help)
	const extra = positionals[wanted.length]
	if (extra !== undefined) throw usage(`unexpected argument '${extra}'`, help)
	return new Given(positionals, args.slice(cut + 1), values)
}

function parseOption(row: OptionRow): NonNullable<ParseArgsConfig['options']>[string] {
	const type = row.value === undefined ? 'boolean' : 'string'
	return { type, ...(row.short === undefined ? {} : { short: row.short }), multiple: row.isRepeated === true }
}

/** The index of the first argument that is neither an option nor the value of one. */
function firstPositional(grammar: Grammar, args: readonly string[]): number {
	for (let index = 0; index < args.length; index++) {
		const word = args[index] ?? ''
		if (!word.startsWith('-')) return index
		if (word === '--') return index + 1
		const row = grammar.options.find((option) => word === `--${option.name}` || word === `-${option.short}`)
		if (row?.value !== undefined) index++
	}
	return args.length
}
