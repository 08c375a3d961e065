/**
 * The session's own temporary folder: checkpoints, spilled data, files.
 *
 * Its front gives the name, so that it can remove the folder of a session that was killed; without one it gets a name
 * of its own. It is made when it is needed first.
 */

import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** The variable by which the front gives the name. */
export const folderVariable = 'RIVULET_SESSION_FOLDER'

let made: string | undefined

/** The folder, made if it was not there. */
export function sessionFolder(): string {
	const named = process.env[folderVariable]
	if (made === undefined && named !== undefined) mkdirSync(named, { recursive: true })
	made ??= named ?? mkdtempSync(join(tmpdir(), 'rivulet-'))
	return made
}

/** Removes the folder of a session and everything in it. */
export function removeFolder(folder = made ?? process.env[folderVariable]): void {
	if (folder !== undefined) rmSync(folder, { recursive: true, force: true, maxRetries: 3 })
}
