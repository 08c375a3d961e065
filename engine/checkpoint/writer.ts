/**
 * Writes metadata checkpoints of one life of a context, one at a time, off the batch path.
 *
 *   write(record) ──▶ waiting (only the newest) ──▶ what it replaces becomes .bk, checkpoint-<ms> durably ──▶ tidy
 *
 * A file is named after the newest batch seen by this writer: a later checkpoint of an older batch knows more than the
 * file of that name. The last ten files stay. Files of RDDs go once no file that is left may name them. A write that
 * fails three times is told, and the next one tries again. Source: Spark's `CheckpointWriter`.
 */

import { asError } from '../base/errors.js'
import { host } from '../base/host.js'
import { locate } from '../storage/filesystem.js'
import { type CheckpointFile, checkpointFiles, inOrder } from './newest.js'
import { DirectoryOwner } from './owner.js'
import { type CheckpointRecord, recordBytes } from './record.js'

const maxAttempts = 3
const maxFiles = 10

/** Something to remove once every checkpoint up to `sinceMs` is gone. */
interface Outdated {
	readonly sinceMs: number
	readonly remove: () => void | Promise<void>
}

export class CheckpointWriter {
	readonly #directory: string
	readonly #owner: DirectoryOwner
	#latestMs = Number.NEGATIVE_INFINITY
	/** The files that are there, oldest first, from the first write on. */
	#files: readonly CheckpointFile[] | undefined
	/** The newest checkpoint that may name what is needed no more. */
	#outdatedMs: number
	#waiting: { readonly record: CheckpointRecord; readonly after: () => void } | undefined
	#writing: Promise<void> | undefined
	#outdated: Outdated[] = []
	/** Each trouble is told once in a row. */
	#told = ''

	/**
	 * @param newestMs the time of the newest checkpoint there, if what it names may still be needed
	 * @throws context/active when another program writes there, output/path
	 */
	constructor(directory: string, newestMs = Number.NEGATIVE_INFINITY) {
		this.#directory = directory
		this.#outdatedMs = newestMs
		const { files, path } = locate(directory)
		files.makeDirectory(path)
		this.#owner = new DirectoryOwner(directory)
		// Of writes that a crash has interrupted.
		for (const { path: file } of files.list(path)) if (/\/\._temporary-[^/]*$/.test(file)) files.remove(file)
	}

	/** Writes a checkpoint unless a newer one comes before its turn; `after` is called when it, or that, is written. */
	write(record: CheckpointRecord, after: () => void): void {
		this.#latestMs = Math.max(this.#latestMs, record.timeMs)
		this.#outdatedMs = Math.max(this.#outdatedMs, record.timeMs)
		const before = this.#waiting?.after
		this.#waiting = {
			record,
			after: () => {
				before?.()
				after()
			},
		}
		this.#writing ??= this.#drain()
	}
	/** Calls `remove` once no checkpoint is left that was written until now. */
	outdate(remove: () => void | Promise<void>): void {
		this.#outdated.push({ sinceMs: this.#outdatedMs, remove })
	}
	/** Resolves when everything is written. */
	async drained(): Promise<void> {
		await this.#writing
	}

	/** Another program may write here from now on. */
	release(): void {
		this.#owner.release()
	}

	async #drain(): Promise<void> {
		// The batch goes first.
		await new Promise((resolve) => setImmediate(resolve))
		for (let next = this.#waiting; next !== undefined; next = this.#waiting) {
			this.#waiting = undefined
			if (await this.#attempt(next.record)) next.after()
		}
		this.#writing = undefined
	}

	async #attempt(record: CheckpointRecord): Promise<boolean> {
		for (let attempt = 1; ; attempt += 1) {
			try {
				await this.#replace(`checkpoint-${this.#latestMs}`, recordBytes(record))
				await this.#tidy()
				this.#told = ''
				return true
			} catch (thrown) {
				// Whatever is there now is looked for anew.
				this.#files = undefined
				if (attempt < maxAttempts && this.#waiting === undefined) continue
				if (this.#waiting === undefined)
					this.#tell(`the checkpoint of batch ${record.timeMs} ms is not written`, thrown)
				return false
			}
		}
	}

	async #replace(name: string, bytes: Uint8Array): Promise<void> {
		this.#owner.check()
		const { files, path } = locate(this.#directory)
		const file = `${path}/${name}`
		this.#files ??= checkpointFiles(this.#directory)
		const before = this.#files.find((each) => each.name === name)
		if (before !== undefined) {
			const kept = { ...before, path: `${file}.bk`, name: `${name}.bk` }
			files.rename(file, kept.path)
			this.#files = [...this.#files.filter((each) => each !== before && each.name !== kept.name), kept]
		}
		if (files.writeDurably === undefined) await files.write(file, bytes)
		else await files.writeDurably(file, bytes)
		this.#files = inOrder([...this.#files, { path: file, name, timeMs: this.#latestMs }])
	}

	/** Keeps the newest files, and removes what nothing names any more. */
	async #tidy(): Promise<void> {
		const { files } = locate(this.#directory)
		const all = this.#files ?? []
		this.#files = all.slice(-maxFiles)
		const remove = async (path: string): Promise<void> =>
			files.removeLater === undefined ? files.remove(path) : files.removeLater(path)
		await Promise.all(all.slice(0, -maxFiles).map(({ path }) => remove(path)))
		const oldestMs = all.at(-maxFiles)?.timeMs ?? all[0]?.timeMs ?? 0
		const over = this.#outdated.filter(({ sinceMs }) => sinceMs < oldestMs)
		this.#outdated = this.#outdated.filter(({ sinceMs }) => sinceMs >= oldestMs)
		await Promise.all(over.map((each) => each.remove()))
	}

	#tell(what: string, thrown: unknown): void {
		const { message } = asError(thrown)
		if (message === this.#told) return
		this.#told = message
		host().notice({ level: 'warning', text: `${what}: ${message}`, group: undefined })
	}
}
