/**
 * Names in local directories that outlive a crash of the machine: a file that is synced may still vanish with its name,
 * or with that of a directory above it.
 *
 *   keep('/data/cp/rdd-5')     syncs rdd-5 each time; cp, data and / once, for the names of those directories
 */

import { closeSync, fsyncSync, openSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { dirname } from 'node:path'

/** Windows cannot open a directory as a file, and keeps names by its journal. */
const isNeeded = process.platform !== 'win32'

export class SafeNames {
	/** Directories whose own names are safe. */
	readonly #safe = new Set<string>()

	/** When it resolves, the names in the directory are safe, and those of the directories above. */
	async keep(directory: string): Promise<void> {
		if (!isNeeded) return
		await syncDirectory(directory)
		for (const above of this.#unsafeAbove(directory)) {
			await syncDirectory(dirname(above)).catch((thrown) => passOver(thrown, foreign))
			this.#safe.add(above)
		}
	}
	/** The same without waiting. */
	keepNow(directory: string): void {
		if (!isNeeded) return
		syncDirectoryNow(directory)
		for (const above of this.#unsafeAbove(directory)) {
			try {
				syncDirectoryNow(dirname(above))
			} catch (thrown) {
				passOver(thrown, foreign)
			}
			this.#safe.add(above)
		}
	}
	/** What is there now, or comes there, is not known to be safe. */
	forget(path: string): void {
		for (const safe of this.#safe) if (safe === path || safe.startsWith(`${path}/`)) this.#safe.delete(safe)
	}

	#unsafeAbove(directory: string): string[] {
		const unsafe: string[] = []
		for (let path = directory; path !== dirname(path) && !this.#safe.has(path); path = dirname(path)) unsafe.push(path)
		return unsafe
	}
}

async function syncDirectory(directory: string): Promise<void> {
	const handle = await open(directory, 'r')
	try {
		await handle.sync().catch((thrown) => passOver(thrown, unsyncable))
	} finally {
		await handle.close()
	}
}

function syncDirectoryNow(directory: string): void {
	const file = openSync(directory, 'r')
	try {
		fsyncSync(file)
	} catch (thrown) {
		passOver(thrown, unsyncable)
	} finally {
		closeSync(file)
	}
}

/** Mounted file systems that cannot sync a directory keep its names by themselves (fsync(2)). */
const unsyncable = ['EINVAL', 'ENOTSUP']
/** A directory that this process may not open was there before it: its names are not ours to keep. */
const foreign = ['EACCES', 'EPERM']

function passOver(thrown: unknown, codes: readonly string[]): void {
	if (!codes.includes((thrown as NodeJS.ErrnoException).code ?? '')) throw thrown
}
