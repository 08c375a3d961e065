/** Looks at an installation and says what is right and what is wrong with it, one line a finding. */

import { execFileSync } from 'node:child_process'
import { accessSync, constants, existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { packageVersion } from '../../engine/index.js'
import { prefixDataFolder, userDataFolder } from './datafolder.js'
import { kernelName } from './install.js'
import { zeromqWorks } from './socket.js'

/** What was found. `healthy` is false when a line begins with `wrong`. */
export interface Findings {
	readonly lines: readonly string[]
	readonly healthy: boolean
}

/** `note` concerns something that is missing and not needed here. */
type Finding = readonly [grade: 'ok' | 'note' | 'wrong', text: string]

/** The oldest Node that works. */
const oldestNode = [20, 19] as const

/** Checks Node, zeromq, the kernelspecs of user and environment, the data folder, and Jupyter itself. */
export function doctor(env: NodeJS.ProcessEnv = process.env): Findings {
	const findings = [nodeVersion(process.versions.node), zeromq(), ...kernelspecs(env), dataFolder(env), jupyter(env)]
	return {
		lines: [`rivulet ${packageVersion()}`, ...findings.map(([grade, text]) => `${grade.padEnd(5)} ${text}`)],
		healthy: findings.every(([grade]) => grade !== 'wrong'),
	}
}

/** Whether this Node is new enough. */
export function nodeVersion(version: string): Finding {
	const [major = 0, minor = 0] = version.split('.').map(Number)
	const isOld = major < oldestNode[0] || (major === oldestNode[0] && minor < oldestNode[1])
	return isOld
		? ['wrong', `Node ${version} is too old: use ${oldestNode.join('.')} or newer`]
		: ['ok', `Node ${version}`]
}

function zeromq(): Finding {
	try {
		zeromqWorks()
		return ['ok', 'zeromq loads']
	} catch (error) {
		return ['wrong', `zeromq cannot be used: ${(error as Error).message} – install the package again`]
	}
}

function kernelspecs(env: NodeJS.ProcessEnv): Finding[] {
	const prefixes = [env.VIRTUAL_ENV, env.CONDA_PREFIX].filter((one) => one !== undefined && one !== '')
	const folders = [userDataFolder(env), ...prefixes.map((prefix) => prefixDataFolder(prefix as string))]
	const files = folders.map((folder) => join(folder, 'kernels', kernelName, 'kernel.json')).filter(existsSync)
	if (files.length === 0) return [['wrong', 'no kernelspec is installed – run: rivulet install --user']]
	return files.map(kernelspec)
}

/** Whether what a kernel.json names is still there. */
export function kernelspec(file: string): Finding {
	const remedy = 'run: rivulet install again'
	let argv: unknown
	try {
		argv = (JSON.parse(readFileSync(file, 'utf8')) as { argv?: unknown }).argv
	} catch (error) {
		return ['wrong', `${file} cannot be read: ${(error as Error).message} – ${remedy}`]
	}
	const [node, script] = Array.isArray(argv) ? argv.map(String) : []
	for (const named of [node, script]) {
		if (named === undefined) return ['wrong', `${file} names no command – ${remedy}`]
		if (!existsSync(named)) return ['wrong', `${file} names ${named}, which is not there – ${remedy}`]
	}
	return ['ok', `kernelspec ${file}`]
}

function dataFolder(env: NodeJS.ProcessEnv): Finding {
	let folder = userDataFolder(env)
	while (!existsSync(folder) && folder !== dirname(folder)) folder = dirname(folder)
	try {
		accessSync(folder, constants.W_OK)
		return ['ok', `data folder ${userDataFolder(env)}`]
	} catch {
		// The reason is always the same: no permission. What matters is the folder.
		return ['wrong', `${folder} cannot be written – set JUPYTER_DATA_DIR to a folder that can`]
	}
}

function jupyter(env: NodeJS.ProcessEnv): Finding {
	try {
		const options = { encoding: 'utf8', env, timeout: 20_000, stdio: ['ignore', 'pipe', 'ignore'] } as const
		const text: string = execFileSync('jupyter', ['--version'], options as object).toString()
		const found = /^(?:jupyter_core|jupyterlab)\s*:\s*\d\S*$/gm
		return ['ok', `jupyter: ${(text.match(found) ?? ['found']).join(', ').replaceAll(/\s*:\s*/g, ' ')}`]
	} catch {
		// The shell needs no Jupyter, and a notebook server may be another environment's.
		return ['note', 'no jupyter on the PATH: the shell works without, notebooks need it (pip install jupyterlab)']
	}
}
