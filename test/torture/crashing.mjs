/**
 * Files that end the process in the middle of an operation: the `crashing:` scheme is the local disk, and the process
 * kills itself with SIGKILL at the operation whose number RIVULET_TORTURE_KILL_AT gives, before it, half-way through what
 * it writes, or after it. Only the tortured program reads that variable.
 */

import { resolve } from 'node:path'
import { registerFileSystem } from '../../dist/engine/storage/filesystem.js'
import { localFiles } from '../../dist/engine/storage/localfiles.js'

const [at = Number.POSITIVE_INFINITY, share = 0] = (process.env.RIVULET_TORTURE_KILL_AT ?? '').split(':').map(Number)
let numOperations = 0

const die = () => process.kill(process.pid, 'SIGKILL')

/** True when this is the operation to die in. */
function isLast() {
	numOperations += 1
	return at > 0 && numOperations === at
}

/** Dies before (share below a third), half-way (if `half` is given) or after the operation. */
function during(operation, half) {
	if (!isLast()) return operation()
	if (share < 1 / 3) die()
	else if (share < 2 / 3 && half !== undefined) half()
	else {
		const done = operation()
		if (!(done instanceof Promise)) die()
		return Promise.resolve(done).then(die)
	}
	return die()
}

const part = (bytes) => bytes.subarray(0, Math.floor(bytes.length * (share * 3 - 1)))

const files = {
	status: (path) => localFiles.status(path),
	list: (path) => localFiles.list(path),
	read: (path, from, to) => localFiles.read(path, from, to),
	write: (path, bytes) =>
		during(
			() => localFiles.write(path, bytes),
			() => localFiles.write(`${path}.torn`, part(bytes)),
		),
	writeDurably: (path, bytes) =>
		during(
			() => localFiles.writeDurably(path, bytes),
			() => localFiles.write(path.replace(/[^/]*$/, '._temporary-torn'), part(bytes)),
		),
	sync: (paths) =>
		during(
			() => localFiles.sync(paths),
			// What is not synced may be torn when the machine goes down, and nothing may count on it.
			() => localFiles.write(paths.at(-1), part(localFiles.read(paths.at(-1)))),
		),
	syncDirectory: (path) => during(() => localFiles.syncDirectory(path)),
	append(path) {
		const inner = during(() => localFiles.append(path))
		return {
			write: (bytes) =>
				during(
					() => inner.write(bytes),
					() => inner.writeNow(part(bytes)),
				),
			writeNow: (bytes) =>
				during(
					() => inner.writeNow(bytes),
					() => inner.writeNow(part(bytes)),
				),
			close: () => inner.close(),
		}
	},
	makeDirectory: (path) => during(() => localFiles.makeDirectory(path)),
	rename: (from, to) => during(() => localFiles.rename(from, to)),
	remove: (path) => during(() => localFiles.remove(path)),
	setModified: (path, ms) => localFiles.setModified(path, ms),
	shown: (path) => `crashing:${path}`,
}

registerFileSystem('crashing', (path) => ({ files, path: resolve(path.replace(/^crashing:(\/\/(?=\/))?/, '')) }))
