/**
 * What executors on other machines are sent, as archives that Spark unpacks beside each executor:
 *
 *   rivulet/       launch, the engine, the packages of the program under root/ as they lie on the driver's machine
 *   rivulet-node/  the driver's Node, when it is sent along
 *
 * An archive is named by a hash of what is in it and kept for the next application, so that Node is packed once.
 */

import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync, utimesSync } from 'node:fs'
import { createRequire } from 'node:module'
import { homedir } from 'node:os'
import { dirname, join, relative } from 'node:path'
import { systemClock } from '../base/clock.js'
import { StreamError } from '../base/errors.js'
import { packageFile } from '../base/package.js'
import { contentHash, type TarEntry, writeTarball } from '../storage/tarball.js'

/** Archives that nobody has used for so long go. */
const keptForMs = 14 * 24 * 3_600_000

/** The folder of packed archives. */
export const archiveFolder = (): string =>
	join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'rivulet', 'archives')

/** Where executors find an archive, as `spark.archives` names it. */
export const archiveNames = { rivulet: 'rivulet', node: 'rivulet-node' } as const
/** What executors start in place of `python`. */
export const launcherInArchive = `./${archiveNames.rivulet}/launch`

/**
 * Node is the one that was sent along, else the one of PATH. The folder of the script is found without other programs:
 * a worker's PATH may be empty.
 */
const launchScript = `#!/bin/sh
here=\${0%/*}
node=$here/../${archiveNames.node}/node
if [ ! -x "$node" ]; then
	node=$(command -v node) || {
		echo "rivulet: no node on the PATH of this executor: send the driver's along, rivulet submit --with-node" >&2
		exit 127
	}
fi
RIVULET_ROOT=$here/root exec "$node" "$here/dist/engine/spark/worker/daemon.js" "$@"
`

/** Packs the engine and what else is given; the path of the archive. */
export function workerArchive(others: readonly TarEntry[] = []): Promise<string> {
	return packed('rivulet', [...engineEntries(), ...others])
}

/**
 * Packs the packages that files of them need, with what those import.
 * @throws task/closure for an import that leads nowhere
 */
export async function packagesArchive(
	files: readonly string[],
): Promise<{ readonly path: string; readonly hash: string }> {
	// The bundler is loaded by those who need it.
	const { packageEntries } = await import('./programfiles.js')
	const entries = new Map<string, TarEntry>()
	for (const file of files) {
		try {
			for (const entry of await packageEntries(file)) entries.set(entry.path, entry)
		} catch (thrown) {
			throw new StreamError('task/closure', `a package cannot be sent to the executors: ${(thrown as Error).message}`, {
				where: file,
				remedy: 'install what it imports, or do without it in functions that run on the cluster',
				cause: thrown,
			})
		}
	}
	const all = [...entries.values()]
	return { path: await packed('packages', all), hash: contentHash(all) }
}

/** Packs the Node that runs here. @throws cluster/spark when it is no program by itself */
export function nodeArchive(): Promise<string> {
	if (Reflect.get(process.config.variables, 'node_shared') === true || Reflect.has(process.versions, 'bun')) {
		throw new StreamError('cluster/spark', 'this Node cannot be sent to executors: it needs libraries beside it', {
			where: process.execPath,
			remedy: 'use a Node of nodejs.org, or install the same version on the executors',
		})
	}
	return packed('node', [{ path: 'node', file: process.execPath, isExecutable: true }])
}

function engineEntries(): TarEntry[] {
	const engine = packageFile('dist', 'engine')
	const acorn = dirname(createRequire(packageFile('package.json')).resolve('acorn/package.json'))
	return [
		{ path: 'launch', text: launchScript, isExecutable: true },
		{ path: 'package.json', file: packageFile('package.json') },
		...entriesUnder(engine, 'dist/engine', (path) => path.endsWith('.js')),
		...entriesUnder(acorn, 'node_modules/acorn', (path) => /(\.m?js|package\.json)$/.test(path)),
	]
}

function entriesUnder(folder: string, at: string, isTaken: (path: string) => boolean): TarEntry[] {
	return readdirSync(folder, { recursive: true, withFileTypes: true })
		.filter((one) => one.isFile())
		.map((one) => join(one.parentPath, one.name))
		.filter(isTaken)
		.map((file) => ({ path: `${at}/${relative(folder, file)}`, file }))
}

async function packed(name: string, entries: readonly TarEntry[]): Promise<string> {
	const folder = archiveFolder()
	mkdirSync(folder, { recursive: true })
	const path = join(folder, `${name}-${contentHash(entries)}.tgz`)
	const now = new Date(systemClock.now())
	if (existsSync(path)) {
		utimesSync(path, now, now)
		return path
	}
	const own = `${path}.${process.pid}`
	try {
		await writeTarball(own, entries)
		renameSync(own, path)
	} finally {
		rmSync(own, { force: true })
	}
	removeOld(folder, now.getTime() - keptForMs)
	return path
}

function removeOld(folder: string, beforeMs: number): void {
	for (const name of readdirSync(folder)) {
		const path = join(folder, name)
		// Another application may have removed it in between.
		const facts = statSync(path, { throwIfNoEntry: false })
		if (facts !== undefined && facts.mtimeMs < beforeMs) rmSync(path, { force: true })
	}
}
