/**
 * The checkpoints of one stream's states: a snapshot now and then, between them only what has changed.
 *
 *   snapshot ── delta ── delta ── delta ── snapshot ── delta …      a new one when the deltas outweigh the last
 *      │          └─ checkpoint of batch 20: snapshot, delta
 *      └─ checkpoint of batch 10
 *
 * What is to be written is copied at once and written in slices with a turn of the event loop between them; a large one is
 * written while batches go on, and the next checkpoint waits for it. A checkpoint counts when its files are on the disk;
 * files go when no checkpoint needs them.
 */

import { asError } from '../base/errors.js'
import { host } from '../base/host.js'
import { savedRecords } from '../rdd/saved.js'
import { type FileSystem, locate } from '../storage/filesystem.js'
import { frame } from '../storage/log/frames.js'
import {
	copiedColumns,
	deltaFrames,
	type StateFile,
	type StateFiles,
	sliceLength,
	snapshotFrames,
	turn,
} from './files.js'
import type { StateVersion } from './version.js'

/** What a partition holds: its states, and records beside them. */
export interface StatePartition {
	readonly states: StateVersion
	readonly others: readonly unknown[]
}

/** A checkpoint that is on the disk. */
export interface WrittenStates {
	readonly directory: string
	readonly partitions: readonly StateFiles[]
	/** Removes the files that no other checkpoint needs. */
	readonly remove: () => void
}

/** Files of a partition, and the states they hold. */
interface Chain {
	readonly version: StateVersion
	readonly length: number
	readonly files: readonly StateFile[]
	readonly snapshotBytes: number
	readonly deltaBytes: number
}

/** A file to be: its name, and its frames one after another. */
interface Draft {
	readonly name: string
	readonly frames: Iterator<Buffer>
}

/** Files of a snapshot are about as large as that. */
const fileBytes = 4 * 2 ** 20
/** Files up to that are synced together; larger ones are written off the thread, each by itself. */
const groupedBytes = 2 ** 18
/** More states than that are written while batches go on. */
const mostAwaited = 4 * sliceLength

/** What is being written now by all logs. */
const underWay = new Set<Promise<void>>()

/** Resolves when everything that is being written is on the disk, or has failed. */
export async function statesWritten(): Promise<void> {
	while (underWay.size > 0) await Promise.all(underWay)
}

export class StateLog {
	#directory = ''
	#chains: readonly Chain[] = []
	#writing: Promise<void> | undefined
	readonly #written = new Set<WrittenStates>()

	/**
	 * Writes the states of a batch. Resolves when the batch may go on; `done` gets what is on the disk, now or later, or
	 * undefined when that has failed after the batch went on.
	 * @param root the checkpoint directory of this life
	 * @param id names the files; another one each time
	 * @throws output/path, rdd/unsupported for states that bytes cannot hold
	 */
	async write(
		partitions: readonly StatePartition[],
		root: string,
		id: number,
		done: (written: WrittenStates | undefined) => void,
	): Promise<void> {
		if (this.#writing !== undefined) await this.#writing
		if (!this.#directory.startsWith(`${root}/`)) {
			this.#directory = `${root}/states-${id}`
			this.#chains = []
		}
		const plans: Plan[] = []
		for (const [index, partition] of partitions.entries()) {
			plans.push(await planOf(partition, this.#chains[index], `${id}-${index}`))
		}
		const finish = async (): Promise<void> => done(await this.#writeAll(plans))
		if (plans.reduce((sum, { numStates }) => sum + numStates, 0) <= mostAwaited) return finish()
		const writing = finish().catch((thrown: unknown) => {
			const text = `the states of ${this.#directory} are not written: ${asError(thrown).message}`
			host().notice({ level: 'warning', text, group: undefined })
			done(undefined)
		})
		this.#writing = writing
		underWay.add(writing)
		void writing.then(() => {
			underWay.delete(writing)
			this.#writing = undefined
		})
	}

	async #writeAll(plans: readonly Plan[]): Promise<WrittenStates> {
		const { files, path } = locate(this.#directory)
		const made: StateFile[] = []
		const writes = new StateWrites(files, path, made)
		try {
			const chains: Chain[] = []
			const partitions: StateFiles[] = []
			for (const { before, partition, length, states, others } of plans) {
				const added = await writeDraft(writes, states)
				const bytes = added.reduce((sum, [, sizeBytes]) => sum + sizeBytes, 0)
				const chain: Chain = {
					version: partition.states,
					length,
					files: [...(before?.files ?? []), ...added],
					snapshotBytes: before?.snapshotBytes ?? bytes,
					deltaBytes: before === undefined ? 0 : before.deltaBytes + bytes,
				}
				chains.push(chain)
				partitions.push({ states: chain.files, others: await writeDraft(writes, others) })
			}
			await writes.sync()
			this.#chains = chains
			const { directory } = { directory: this.#directory }
			const written: WrittenStates = { directory, partitions, remove: () => this.#remove(written) }
			this.#written.add(written)
			return written
		} catch (thrown) {
			for (const [name] of made) files.remove(`${path}/${name}`)
			throw thrown
		}
	}

	#remove(written: WrittenStates): void {
		this.#written.delete(written)
		const needed = new Set<string>()
		const add = (names: readonly StateFile[]): void => {
			for (const [name] of names) needed.add(name)
		}
		for (const other of this.#written) {
			if (other.directory !== written.directory) continue
			for (const { states, others } of other.partitions) for (const names of [states, others]) add(names)
		}
		if (written.directory === this.#directory) for (const chain of this.#chains) add(chain.files)
		const { files, path } = locate(written.directory)
		for (const { states, others } of written.partitions) {
			for (const [name] of [...states, ...others]) if (!needed.has(name)) removeQuietly(files, `${path}/${name}`)
		}
	}
}

/** What a checkpoint writes of a partition, copied from it. */
interface Plan {
	readonly partition: StatePartition
	readonly length: number
	/** Undefined for a snapshot. */
	readonly before: Chain | undefined
	readonly numStates: number
	readonly states: Draft
	readonly others: Draft
}

async function planOf(partition: StatePartition, chain: Chain | undefined, id: string): Promise<Plan> {
	const { length } = partition.states
	const { keys } = partition.states.columns.table
	const others = { name: `${id}-records`, frames: framesOf(sliced(partition.others)) }
	// What the batch itself took counts for itself.
	if (length > mostAwaited) await turn()
	const isLight = chain !== undefined && chain.deltaBytes <= chain.snapshotBytes
	const ids = isLight ? chain.version.changesUntil(partition.states) : undefined
	if (chain === undefined || ids === undefined || 2 * ids.length > length) {
		const chunks = await copiedColumns(partition.states, length)
		const states = { name: `${id}-snapshot`, frames: snapshotFrames(chunks, keys, length) }
		return { partition, length, before: undefined, numStates: length, states, others }
	}
	const states = { name: `${id}-delta`, frames: deltaFrames(partition.states.columns, ids, chain.length) }
	return { partition, length, before: chain, numStates: ids.length, states, others }
}

function* framesOf(slices: Iterable<readonly unknown[]>): Generator<Buffer> {
	for (const slice of slices) yield frame(savedRecords.toBytes(slice))
}

function* sliced(records: readonly unknown[]): Generator<readonly unknown[]> {
	for (let from = 0; from < records.length; from += sliceLength) yield records.slice(from, from + sliceLength)
}

/** The files of one checkpoint: on the disk after `sync`. */
class StateWrites {
	readonly #files: FileSystem
	readonly #path: string
	readonly #made: StateFile[]
	readonly #unsynced: string[] = []

	/** @param made gets each file before it is written */
	constructor(files: FileSystem, path: string, made: StateFile[]) {
		this.#files = files
		this.#path = path
		this.#made = made
	}
	async write(file: StateFile, bytes: Buffer): Promise<void> {
		const path = `${this.#path}/${file[0]}`
		this.#made.push(file)
		if (this.#files.sync !== undefined && bytes.length <= groupedBytes) {
			await this.#files.write(path, bytes)
			this.#unsynced.push(path)
		} else await (this.#files.writeDurably?.(path, bytes) ?? this.#files.write(path, bytes))
	}
	async sync(): Promise<void> {
		if (this.#unsynced.length > 0) await this.#files.sync?.(this.#unsynced)
	}
}

/** Writes frames into as many files as it takes. */
async function writeDraft(writes: StateWrites, { name, frames }: Draft): Promise<StateFile[]> {
	const written: StateFile[] = []
	let waiting: Buffer[] = []
	let sizeBytes = 0
	const flush = async (): Promise<void> => {
		if (sizeBytes === 0) return
		const file: StateFile = [written.length === 0 ? name : `${name}-${written.length}`, sizeBytes]
		const bytes = Buffer.concat(waiting)
		waiting = []
		sizeBytes = 0
		await writes.write(file, bytes)
		written.push(file)
	}
	for (let next = frames.next(), i = 0; next.done !== true; next = frames.next(), i += 1) {
		waiting.push(next.value)
		sizeBytes += next.value.length
		if (sizeBytes >= fileBytes) await flush()
		else if (i > 0) await turn()
	}
	await flush()
	return written
}

function removeQuietly(files: FileSystem, file: string): void {
	try {
		files.remove(file)
	} catch (thrown) {
		host().notice({
			level: 'warning',
			text: `a file of states could not be removed: ${asError(thrown).message}`,
			group: undefined,
		})
	}
}
