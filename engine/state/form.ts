/**
 * How RDDs of states are written and read: each partition by a log of its stream, and back as the columns that it was.
 */

import type { RDDContext } from '../rdd/backend.js'
import type { CheckpointForm, WrittenRecords } from '../rdd/checkpoint.js'
import type { Partitioner } from '../rdd/partitioner.js'
import type { AnyRDD } from '../rdd/plan.js'
import { RDD } from '../rdd/rdd.js'
import { savedRecords } from '../rdd/saved.js'
import { locate } from '../storage/filesystem.js'
import { recordsOf } from '../storage/log/frames.js'
import { readColumns, type StateFiles } from './files.js'
import { StateLog, type StatePartition } from './log.js'
import { StateIterator, StateVersion } from './version.js'

/** What a stream keeps in a partition of its RDDs. */
export interface StateShape {
	/** The states among the records of a partition. */
	take(records: Iterable<unknown>): StatePartition
	/** The records of a partition with these states. */
	make(partition: StatePartition): Iterable<unknown>
}

/** States that are the records of their partition, as pairs. */
export const pairShape: StateShape = {
	take: (records) => ({
		states: StateIterator.versionOf(records) ?? StateVersion.of(records as Iterable<readonly [unknown, unknown]>),
		others: [],
	}),
	make: ({ states }) => states,
}

/** The form of the RDDs of one stream. */
export class StateForm implements CheckpointForm {
	readonly #shape: StateShape
	readonly #log = new StateLog()

	constructor(shape: StateShape) {
		this.#shape = shape
	}

	async write(rdd: AnyRDD, root: string, done: (written: WrittenRecords | undefined) => void): Promise<void> {
		const partitions = await rdd.sparkContext.runJob(rdd, (records: Iterable<unknown>) => this.#shape.take(records))
		await this.#log.write(partitions, root, rdd.id, done)
	}

	read(context: RDDContext, { directory, partitions }: WrittenRecords, partitioner: Partitioner | undefined): AnyRDD {
		const read = async (partition: number): Promise<Iterable<unknown>> => {
			const { states, others } = partitions[partition] as StateFiles
			const columns = await readColumns(directory, states)
			return this.#shape.make({ states: StateVersion.holding(columns), others: await readRecords(directory, others) })
		}
		return new RDD<unknown>(context, {
			kind: 'ReliableCheckpointRDD',
			partitioner,
			plan: { kind: 'source', numPartitions: partitions.length, read },
		})
	}
}

async function readRecords(directory: string, names: StateFiles['others']): Promise<unknown[]> {
	const { files, path } = locate(directory)
	const records: unknown[] = []
	for (const [name] of names) {
		for (const { record } of recordsOf(await files.read(`${path}/${name}`)).records) {
			for (const one of savedRecords.fromBytes(record)) records.push(one)
		}
	}
	return records
}
