// Writes the generated tables of README.md: magics, shell commands, operators, settings, errors. `--check` only tells whether they are up to date.

import { readdirSync, readFileSync, writeFileSync } from 'node:fs'

const root = new URL('../../', import.meta.url)
const { settings } = await import(new URL('dist/engine/base/settings.js', root))
const { sparkSettings } = await import(new URL('dist/engine/base/sparksettings.js', root))
const { errorCodes } = await import(new URL('dist/engine/base/errors.js', root))
const { ownCommands } = await import(new URL('dist/repl/plain/owncommands.js', root))
const { magics, usageOf } = await import(new URL('dist/kernel/session/magics/catalog.js', root))

const cell = (text) => text.replaceAll('|', '\\|').replaceAll('\n', ' ')

/** The methods that the files of a folder add to an interface, each with the first sentence of its documentation. */
function methods(folder, name) {
	const rows = new Map()
	for (const file of readdirSync(new URL(folder, root)).sort()) {
		const text = readFileSync(new URL(`${folder}/${file}`, root), 'utf8')
		const block = text.match(new RegExp(`interface ${name}<T> \\{\\n([\\s\\S]*?)\\n\\t\\}\\n`))?.[1]
		for (const [, doc, method] of block?.matchAll(/\/\*\*([\s\S]*?)\*\/\s*(\w+)\??[<(]/g) ?? []) {
			const words = doc
				.replace(/^\s*\*\s?/gm, '')
				.replace(/\s+/g, ' ')
				.trim()
			if (!rows.has(method)) rows.set(method, words.match(/^.*?\.(?= |$)/)?.[0] ?? words)
		}
	}
	return [...rows].sort(([a], [b]) => (a < b ? -1 : 1)).map(([method, text]) => `| \`${method}\` | ${cell(text)} |`)
}

/** The settings that some file of the engine reads. */
const sources = readdirSync(new URL('engine', root), { recursive: true })
	.filter((file) => file.endsWith('.ts') && !file.endsWith('settings.ts'))
	.map((file) => readFileSync(new URL(`engine/${file}`, root), 'utf8'))
	.join('\n')
const effective = settings.filter(({ key }) => sources.includes(`'${key}'`))

const scopes = { here: 'here', spark: 'only on a cluster', none: 'no meaning' }

const tables = {
	magics: [
		'| magic | what it does |',
		'|---|---|',
		...magics.map((row) => `| \`${cell(usageOf(row))}\` | ${cell(row.summary)} |`),
	],
	commands: [
		'| command | what it does |',
		'|---|---|',
		...ownCommands.map(({ name, argument = '', summary }) => {
			return `| \`${cell(`.${name} ${argument}`.trim())}\` | ${cell(summary)} |`
		}),
	],
	operators: ['| operator | what each batch holds |', '|---|---|', ...methods('engine/dstream', 'DStream')],
	settings: [
		'| setting | type | default | meaning |',
		'|---|---|---|---|',
		...effective.map((row) => `| \`${row.key}\` | ${row.type} | ${cell(row.default ?? '')} | ${cell(row.meaning)} |`),
	],
	sparksettings: [
		'| setting | where it works | what it is about |',
		'|---|---|---|',
		...sparkSettings.map((row) => `| \`${row.key}\` | ${scopes[row.scope]} | ${cell(row.meaning)} |`),
	],
	errors: [
		'| code | what it means and what to do |',
		'|---|---|',
		...Object.entries(errorCodes).map(([code, text]) => `| \`${code}\` | ${cell(text)} |`),
	],
}

const path = new URL('README.md', root)
const before = readFileSync(path, 'utf8')
const after = before.replace(/<!-- (\w+) -->[\s\S]*?<!-- end -->/g, (_, name) =>
	[`<!-- ${name} -->`, ...tables[name], '<!-- end -->'].join('\n'),
)
if (process.argv.includes('--check')) process.exitCode = after === before ? 0 : 1
else writeFileSync(path, after)
