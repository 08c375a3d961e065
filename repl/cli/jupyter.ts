/** The commands about Jupyter: installing and checking the kernelspec, running the kernel. */

import { existsSync } from 'node:fs'
import { type Given, usage } from './arguments.js'

/** Writes the kernelspec. */
export async function install(given: Given): Promise<number> {
	const place = placeOf(given)
	const part = await import('../../kernel/jupyter/install.js')
	return print(part.install(place))
}

/** Removes the kernelspec. */
export async function uninstall(given: Given): Promise<number> {
	const place = placeOf(given)
	const part = await import('../../kernel/jupyter/install.js')
	return print(part.uninstall(place))
}

/** Checks the installation; 1 when something is wrong with it. */
export async function doctor(): Promise<number> {
	const { doctor } = await import('../../kernel/jupyter/doctor.js')
	const { lines, healthy } = doctor()
	print(lines)
	return healthy ? 0 : 1
}

/**
 * Runs the kernel until Jupyter ends it.
 * @throws cli/usage when the connection file is missing
 */
export async function kernel(connectionFile: string): Promise<number> {
	if (!existsSync(connectionFile)) throw usage(`no such connection file: ${connectionFile}`)
	const { runKernel } = await import('../../kernel/jupyter/main.js')
	await runKernel(connectionFile)
	return 0
}

/** Where the options say the kernelspec belongs. */
function placeOf(given: Given): { readonly prefix?: string; readonly sysPrefix?: boolean; readonly user?: boolean } {
	const prefix = given.text('prefix')
	const chosen = ['user', 'prefix', 'sys-prefix'].filter((name) => given.has(name))
	if (chosen.length > 1) throw usage(`--${chosen.join(' and --')} contradict each other`, 'give one of them')
	if (prefix !== undefined) return { prefix }
	return given.has('sys-prefix') ? { sysPrefix: true } : { user: true }
}

function print(lines: readonly string[]): number {
	for (const line of lines) process.stdout.write(`${line}\n`)
	return 0
}
