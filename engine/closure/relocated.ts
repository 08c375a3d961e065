/**
 * Where a file of the driver's machine lies here: executors on other machines have what they were sent by the same path
 * under one folder, or, when a package was first met while the program ran, under one of its own beside that.
 *
 *   rivulet/root + home/me/node_modules/…      rivulet-packages-<hash>/root + home/me/node_modules/…
 */

import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { StreamError } from '../base/errors.js'

/** The folder of what was sent; set by the launcher of executors. */
const root = process.env.RIVULET_ROOT

/** How the archives of packages begin that are sent while a program runs. */
export const laterPackages = 'rivulet-packages-'

/** A path, or the address of a file. @throws task/closure when it was not sent */
export function relocated(module: string): string {
	if (root === undefined) return module
	const isAddress = module.startsWith('file:')
	const file = isAddress ? fileURLToPath(module) : module
	const path = [root, ...laterRoots(root)].map((one) => join(one, file)).find((one) => existsSync(one))
	if (path !== undefined) return isAddress ? pathToFileURL(path).href : path
	throw new StreamError('task/closure', `${module} is not on this executor`, {
		where: root,
		remedy: 'packages of the driver are sent along: install it there, where the program or notebook is',
	})
}

function laterRoots(first: string): string[] {
	const folder = join(first, '..', '..')
	const names = readdirSync(folder).filter((name) => name.startsWith(laterPackages))
	return names.map((name) => join(folder, name, 'root'))
}

/** The path of a file on the machine that sent it, for what is sent on from a driver in the cluster. */
export const original = (path: string): string =>
	root !== undefined && path.startsWith(`${root}/`) ? path.slice(root.length) : path
