// Measures this kernel beside ipykernel, tslab and Deno, in one run on one machine; `--write` puts the table into README.md.
//
// `npm run build && npm run bench -- kernel [--runs 5] [--only rivulet,deno] [--write]`. The others are installed under .cache/bench.

import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { machineNote, median, spread, table, writeFigures } from './figures.mjs'
import { cache, preparePython, python } from './prepare.mjs'

const here = fileURLToPath(new URL('./', import.meta.url))
const root = fileURLToPath(new URL('../../', import.meta.url))
const tslabVersion = '1.0.22'

/** Makes the environment of the other kernels once, and again when the list of packages changes. */
function prepare() {
	mkdirSync(`${cache}/tslab`, { recursive: true })
	const quiet = { stdio: ['ignore', 'inherit', 'inherit'] }
	preparePython()
	if (!existsSync(`${cache}/tslab/node_modules/tslab`)) {
		writeFileSync(`${cache}/tslab/package.json`, '{ "private": true }\n')
		// Nested: tslab does not find @types/node when npm puts it beside tslab.
		const options = ['--no-audit', '--no-fund', '--loglevel=error', '--install-strategy=nested']
		execFileSync('npm', ['install', ...options, `tslab@${tslabVersion}`], { ...quiet, cwd: `${cache}/tslab` })
	}
}

const kernels = {
	rivulet: {
		argv: [process.execPath, `${root}dist/front/rivulet.js`, 'kernel', '{connection_file}'],
		language: 'typescript',
	},
	ipykernel: {
		argv: [`${cache}/venv/bin/python`, '-m', 'ipykernel_launcher', '-f', '{connection_file}'],
		language: 'python',
	},
	tslab: {
		argv: [
			...[process.execPath, `${cache}/tslab/node_modules/tslab/bin/tslab`],
			...['kernel', '--config-path', '{connection_file}'],
		],
		language: 'typescript',
	},
	deno: {
		argv: [`${cache}/venv/bin/deno`, 'jupyter', '--kernel', '--conn', '{connection_file}'],
		language: 'typescript',
	},
}

/** The rows of the table: what it says, the aim for ours, and a figure of one run. */
const rows = [
	['start to ready, ms', '≤ 1,000', (run) => run.ready],
	['first cell after that, ms', '', (run) => run['first cell']],
	['cell, median of 20, ms', '≤ 30', (run) => run.cells && median(run.cells)],
	['first completion, ms', '', (run) => run['first completion']],
	['completion, median of 20, ms', '≤ 50', (run) => run.completes && median(run.completion)],
	['completion while a cell spins, ms', '≤ 50', (run) => run.completes && median(run['completion while busy'])],
	['memory when idle, MB', '≤ 250', (run) => run.memory],
	['lines a second', '', (run) => run['lines a second']],
	['share of 20,000 lines that arrives, %', '100', (run) => (run.lines === undefined ? undefined : run.lines * 100)],
]

const wordOf = (runs) => {
	if (runs.every((run) => run['types checked'])) return 'yes'
	return runs.some((run) => run['types checked'] === undefined) ? '–' : 'no'
}

/** Runs the bench and prints its table. */
export async function run(args) {
	const value = (name) => (args.includes(name) ? args[args.indexOf(name) + 1] : undefined)
	const names = value('--only')?.split(',') ?? Object.keys(kernels)
	prepare()
	const plan = {
		runs: Number(value('--runs') ?? 5),
		kernels: Object.fromEntries(names.map((name) => [name, kernels[name]])),
	}
	const found = execFileSync(python, [`${here}kernel_measure.py`, JSON.stringify(plan)], {
		encoding: 'utf8',
		stdio: ['ignore', 'pipe', 'inherit'],
		maxBuffer: 2 ** 28,
	})
	const results = JSON.parse(found)
	writeFileSync(`${cache}/kernel.json`, found)
	const runs = names.map((name) => results[name])
	const text = [
		table(
			['', 'aim', ...names],
			[
				...rows.map(([title, aim, figure]) => [title, aim, ...runs.map((one) => spread(one.map(figure)))]),
				['types checked', '', ...runs.map(wordOf)],
			],
		),
		'',
		`Median of ${plan.runs} runs, lowest and highest in brackets; ${machineNote()}. A dash: the kernel gives no such answer.`,
		'Memory is that of all processes of a kernel (PSS), after 21 cells and 21 completions.',
	].join('\n')
	console.log(text)
	for (const [index, name] of names.entries()) {
		for (const { failed } of runs[index]) if (failed !== undefined) console.error(`${name}: ${failed}`)
	}
	if (args.includes('--write')) writeFigures('kernel', text)
}
