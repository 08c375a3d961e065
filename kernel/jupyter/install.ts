/**
 * Writes and removes the kernelspec, without Python.
 *
 *   <data folder>/kernels/rivulet/   kernel.json  logo-32x32.png  logo-64x64.png  logo-svg.svg
 */

import { copyFileSync, existsSync, mkdirSync, readdirSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve, sep } from 'node:path'
import { packageFile, StreamError } from '../../engine/index.js'
import { prefixDataFolder, systemPrefix, userDataFolder } from './datafolder.js'

/** Where the kernelspec belongs; for the user when nothing is said. */
export interface InstallOptions {
	readonly user?: boolean
	/** The folder of an environment. */
	readonly prefix?: string
	/** The active Python environment. */
	readonly sysPrefix?: boolean
}

/** The name that Jupyter knows the kernel by. */
export const kernelName = 'rivulet'

/** What kernel.json says. */
export interface KernelSpec {
	readonly argv: readonly string[]
	readonly display_name: string
	readonly language: string
	readonly interrupt_mode: string
	readonly metadata: Readonly<Record<string, unknown>>
}

/** The kernelspec of a package whose command lies at `script`. */
export const kernelSpec = (node: string, script: string): KernelSpec => ({
	argv: [node, script, 'kernel', '{connection_file}'],
	display_name: 'Rivulet (TypeScript)',
	language: 'typescript',
	interrupt_mode: 'message',
	metadata: { debugger: false },
})

/** The folder of the kernelspec. */
export function kernelFolder(options: InstallOptions, env: NodeJS.ProcessEnv = process.env): string {
	const data =
		options.prefix !== undefined
			? prefixDataFolder(resolve(options.prefix))
			: options.sysPrefix === true
				? prefixDataFolder(systemPrefix(env))
				: userDataFolder(env)
	return join(data, 'kernels', kernelName)
}

/**
 * Writes the kernelspec and gives the lines to print.
 * @throws jupyter/install when this package lies where it will not stay, or the folder cannot be written
 */
export function install(options: InstallOptions): string[] {
	const script = packageFile('dist', 'front', 'rivulet.js')
	refuseThrowAway(script, kernelFolder(options))
	if (!existsSync(script)) {
		throw new StreamError('jupyter/install', 'the package is not built', {
			where: script,
			remedy: 'run: npm run build',
		})
	}
	const folder = kernelFolder(options)
	try {
		mkdirSync(folder, { recursive: true })
		const spec = kernelSpec(process.execPath, script)
		writeFileSync(join(folder, 'kernel.json'), `${JSON.stringify(spec, null, 2)}\n`)
		const assets = packageFile('kernel', 'jupyter', 'assets')
		for (const name of readdirSync(assets)) copyFileSync(join(assets, name), join(folder, name))
	} catch (cause) {
		throw unwritable(folder, cause)
	}
	return [`installed the kernel ${kernelName} in ${folder}`, `it runs ${process.execPath} ${script}`]
}

/**
 * Removes the kernelspec and gives the lines to print.
 * @throws jupyter/install when there is none, or it cannot be removed
 */
export function uninstall(options: InstallOptions): string[] {
	const folder = kernelFolder(options)
	if (!existsSync(folder)) {
		throw new StreamError('jupyter/install', 'no kernelspec is installed there', {
			where: folder,
			remedy: 'say where it is with --user, --prefix or --sys-prefix',
		})
	}
	try {
		rmSync(folder, { recursive: true })
	} catch (cause) {
		throw unwritable(folder, cause)
	}
	return [`removed the kernel ${kernelName} from ${folder}`]
}

/**
 * Checks that the package stays as long as the kernelspec at `target`: npx keeps packages in a cache that is cleaned. A
 * kernelspec that is temporary itself may name a temporary package.
 * @throws jupyter/install for npx's cache and for temporary folders
 */
export function refuseThrowAway(script: string, target: string, temporary: string = tmpdir()): void {
	const remedy = 'install the package for good: npm install --global rivulet, then rivulet install --user'
	if (script.split(sep).includes('_npx')) {
		throw new StreamError('jupyter/install', "this copy of rivulet lies in npx's cache, which is cleaned", {
			where: script,
			remedy,
		})
	}
	const folders = [resolve(temporary), existsSync(temporary) ? realpathSync(temporary) : temporary]
	const isIn = (path: string): boolean => folders.some((folder) => path.startsWith(folder + sep))
	if (isIn(script) && !isIn(resolve(target))) {
		throw new StreamError('jupyter/install', 'this copy of rivulet lies in a temporary folder', {
			where: script,
			remedy,
		})
	}
}

const unwritable = (folder: string, cause: unknown): StreamError =>
	new StreamError('jupyter/install', `the kernelspec cannot be changed: ${(cause as Error).message}`, {
		where: folder,
		remedy: 'choose a folder you may write with --prefix, or --user',
		cause,
	})
