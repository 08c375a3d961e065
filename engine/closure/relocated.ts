/**
 * Where a file of the driver's machine lies here: executors on other machines have what they were sent under one folder,
 * by the same path.
 */

import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { StreamError } from '../base/errors.js'

/** The folder of what was sent; set by the launcher of executors. */
const root = process.env.RIVULET_ROOT

/** A path, or the address of a file. @throws task/closure when it was not sent */
export function relocated(module: string): string {
	if (root === undefined) return module
	const isAddress = module.startsWith('file:')
	const path = join(root, isAddress ? fileURLToPath(module) : module)
	if (existsSync(path)) return isAddress ? pathToFileURL(path).href : path
	throw new StreamError('task/closure', `${module} is not on this executor`, {
		where: root,
		remedy: 'start the program with rivulet submit, which sends the packages that it imports',
	})
}

/** The path of a file on the machine that sent it, for what is sent on from a driver in the cluster. */
export const original = (path: string): string =>
	root !== undefined && path.startsWith(`${root}/`) ? path.slice(root.length) : path
