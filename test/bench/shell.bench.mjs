// Measures the shell beside node, deno, ts-node and IPython on a terminal, and typing under load; `--write` puts the table into README.md.
//
// `npm run build && npm run bench -- shell [--runs 5] [--keys 300] [--only rivulet,node] [--minutes 60] [--write]`.

import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { machineNote, spread, table, writeFigures } from './figures.mjs'
import { preparePython, python } from './prepare.mjs'

const here = fileURLToPath(new URL('./', import.meta.url))
const root = fileURLToPath(new URL('../../', import.meta.url))
const bin = python.replace(/python$/, '')
const rivulet = [process.execPath, `${root}dist/front/rivulet.js`]

const shells = {
	rivulet: { argv: rivulet, prompt: 'rivulet> ' },
	node: { argv: [process.execPath], prompt: '> ' },
	deno: { argv: [`${bin}deno`, 'repl'], prompt: '> ' },
	'ts-node': {
		argv: [process.execPath, `${root}node_modules/ts-node/dist/bin.js`, '-i', '-O', '{"module":"commonjs"}'],
		prompt: '> ',
	},
	IPython: { argv: [`${bin}ipython`], prompt: 'In [1]: ' },
}

const rows = [
	['start to prompt, ms', '≤ 500', (run) => run.prompt],
	['start to first answer, ms', '≤ 1,000', (run) => run.answer],
	['a later answer, ms', '', (run) => run.next],
	['memory when idle, MB', '', (run) => run.memory],
]

/** The value below which the share `part` of the values lies. */
const quantile = (values, part) =>
	[...values].sort((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * part))]

/** Runs the bench and prints its tables. */
export async function run(args) {
	const value = (name) => (args.includes(name) ? args[args.indexOf(name) + 1] : undefined)
	const names = value('--only')?.split(',') ?? Object.keys(shells)
	const runs = Number(value('--runs') ?? 5)
	const keys = Number(value('--keys') ?? 300)
	const minutes = Number(value('--minutes') ?? 60)
	preparePython()
	const plan = {
		runs,
		shells: Object.fromEntries(names.map((name) => [name, shells[name]])),
		typing: { argv: [...rivulet, '--interval', '100ms'], keys },
	}
	const found = JSON.parse(
		execFileSync(python, [`${here}shell_measure.py`, JSON.stringify(plan)], {
			encoding: 'utf8',
			stdio: ['ignore', 'pipe', 'inherit'],
			maxBuffer: 2 ** 28,
		}),
	)
	const hour = JSON.parse(
		execFileSync(process.execPath, ['--expose-gc', `${here}shell_hour.mjs`, String(minutes)], {
			...{ encoding: 'utf8', env: { ...process.env, NODE_ENV: 'production' } },
		}),
	)
	const { echoes = [], wipes, failed, ...typing } = found.typing
	const ms = (part) => (echoes.length === 0 ? '–' : quantile(echoes, part).toFixed(0))
	const text = [
		table(
			['', 'aim', ...names],
			rows.map(([title, aim, figure]) => [title, aim, ...names.map((name) => spread(found[name].map(figure)))]),
		),
		'',
		table(
			[`typing while lines and frames arrive`, 'aim', 'found'],
			[
				[
					'lines a second that are shown meanwhile',
					'5,000',
					Math.round(typing['lines a second'] ?? 0).toLocaleString('en'),
				],
				['key to echo, median, ms', '≤ 30', ms(0.5)],
				['key to echo, 99 of 100, ms', '≤ 80', ms(0.99)],
				[`${keys} typed keys that arrive in the input`, 'all', typing['is whole'] ? 'all' : 'not all'],
				['wipes of the scrollback', '0', wipes],
				[`memory after ${hour.minutes} minutes against a sixth of that, MB`, 'flat', `${hour.endMb} (${hour.sixthMb})`],
			],
		),
		'',
		`Median of ${runs} runs, lowest and highest in brackets; ${machineNote()}. Memory is that of all processes (PSS).`,
		`Untyped input: types are checked behind it until the checker is warm. The ${hour.minutes} minutes are simulated on a`,
		`ManualClock: ${hour.lines.toLocaleString('en')} lines, ${hour.frames.toLocaleString('en')} frames.`,
	].join('\n')
	console.log(text)
	for (const name of names)
		for (const one of found[name]) if (one.failed !== undefined) console.error(`${name}: ${one.failed}`)
	if (failed !== undefined) console.error(`typing: ${failed}`)
	if (args.includes('--write')) writeFigures('shell', text)
}
