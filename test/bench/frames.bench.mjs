// Counts what a browser draws beside a chart at ten updates a second in JupyterLab; `--write` puts it into README.md.
//
// `npm run test:integration` once, then `npm run bench -- frames [--seconds 60] [--write]`.

import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { machineNote, table, writeFigures } from './figures.mjs'

const folder = fileURLToPath(new URL('../integration/', import.meta.url))

/** Runs the bench and prints its table. */
export async function run(args) {
	const python = process.env.RIVULET_BENCH_PYTHON ?? `${folder}.venv/bin/python`
	if (!existsSync(python)) {
		throw new Error(`no ${python} – run npm run test:integration once: it makes the environment with JupyterLab`)
	}
	const seconds = args.includes('--seconds') ? args[args.indexOf('--seconds') + 1] : '60'
	const options = { encoding: 'utf8', cwd: folder, stdio: ['ignore', 'pipe', 'inherit'] }
	const found = JSON.parse(execFileSync(python, ['frames.py', seconds], options))
	const text = [
		table(
			['a chart at 10 Hz in JupyterLab', 'aim', 'found'],
			[
				['frames a second', '≥ 55', found.fps],
				['frames a second before there is a chart', '', found.fpsWithout],
				['frames without a picture', '0', found.blank],
				['pictures drawn a second', '10', (found.updates / Number(seconds)).toFixed(1)],
				['heights of the output', '1', Object.keys(found.heights).length],
				['tasks over 50 ms', '', `${found.longTasks}, the longest ${found.longestTaskMs} ms`],
			],
		),
		'',
		`Headless Chromium for ${seconds} s; ${machineNote()}.`,
	].join('\n')
	console.log(text)
	if (args.includes('--write')) writeFigures('frames', text)
}
