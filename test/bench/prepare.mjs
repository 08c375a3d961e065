// The environment of the programs that benches compare with: Python's packages of requirements.txt, under .cache/bench.

import { execFileSync } from 'node:child_process'
import { copyFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const here = fileURLToPath(new URL('./', import.meta.url))

/** Where everything that benches install lies. */
export const cache = fileURLToPath(new URL('../../.cache/bench', import.meta.url))

/** The interpreter of that environment. */
export const python = `${cache}/venv/bin/python`

/** Makes it once, and again when the list of packages changes. */
export function preparePython() {
	mkdirSync(cache, { recursive: true })
	const quiet = { stdio: ['ignore', 'inherit', 'inherit'] }
	const requirements = `${here}requirements.txt`
	const installed = `${cache}/venv/installed.txt`
	if (existsSync(installed) && readFileSync(installed, 'utf8') === readFileSync(requirements, 'utf8')) return
	execFileSync('python3', ['-m', 'venv', `${cache}/venv`], quiet)
	execFileSync(
		`${cache}/venv/bin/pip`,
		['install', '--quiet', '--disable-pip-version-check', '-r', requirements],
		quiet,
	)
	copyFileSync(requirements, installed)
}
