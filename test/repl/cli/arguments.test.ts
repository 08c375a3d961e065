import { describe, expect, it } from 'vitest'
import { type Grammar, readArguments } from '../../../repl/cli/arguments.js'

const serve: Grammar = {
	name: 'serve',
	positionals: ['port', '[file]'],
	options: [
		{ name: 'rate', value: 'N', summary: '' },
		{ name: 'once', short: 'o', summary: '' },
		{ name: 'help', summary: '' },
	],
}
const run: Grammar = {
	name: 'run',
	positionals: ['file.ts'],
	options: [{ name: 'rate', value: 'N', summary: '' }],
	passesRest: true,
}

describe('arguments', () => {
	it('are options anywhere, and positionals in order', () => {
		const given = readArguments(serve, ['9999', '--rate', '5', 'a.txt', '-o'])
		expect([given.positionals, given.count('rate', 0), given.has('once')]).toEqual([['9999', 'a.txt'], 5, true])
	})

	it('after the first positional belong to the program that is run', () => {
		const given = readArguments(run, ['--rate', '2', 'app.ts', '--rate', 'x', '--', '-v'])
		expect([given.positionals, given.text('rate'), given.rest]).toEqual([['app.ts'], '2', ['--rate', 'x', '--', '-v']])
	})

	it.each<[string, Grammar, readonly string[], string]>([
		['an unknown option', serve, ['1', '--fast'], 'unknown option --fast'],
		['an unknown short option', serve, ['1', '-x'], 'unknown option -x'],
		['an option without its value', serve, ['1', '--rate'], '--rate needs a value: --rate N'],
		['an option where the value should be', serve, ['1', '--rate', '--once'], '--rate needs a value: --rate N'],
		['a value for a flag', serve, ['1', '--once=yes'], '--once takes no value'],
		['a missing positional', serve, ['--once'], '<port> is missing'],
		['one positional too many', serve, ['1', '2', '3'], "unexpected argument '3'"],
		['no program to run', run, [], '<file.ts> is missing'],
	])('%s is a usage error', (_, grammar, args, message) =>
		expect(() => readArguments(grammar, args)).toThrow(expect.objectContaining({ code: 'cli/usage', message })),
	)

	it.each(['x', '-1', '1.5', '', '1e3'])('%j is no whole number', (text) =>
		expect(() => readArguments(serve, ['1', `--rate=${text}`]).count('rate', 0)).toThrow(
			'--rate must be a whole number',
		),
	)
})
