/**
 * What a graph takes along to another SparkContext beside its states, as records: the batches that windows still show,
 * and the RDDs that wait in queues. RDDs themselves belong to the context that they were made with.
 *
 *   graph stopped ── luggageOf ──▶ rows in this process ── unpack(other context) ──▶ the same graph, not started yet
 */

import { asError } from '../base/errors.js'
import type { RDDContext } from '../rdd/backend.js'
import { concatenated, emptyRDD, parallelize } from '../rdd/make.js'
import type { RDD } from '../rdd/rdd.js'
import type { AnyDStream } from './dstream.js'
import { InputDStream } from './input.js'
import { windowOf } from './windowof.js'

/** So many records are taken along in all; they pass through this process. */
const mostRecords = 1_000_000

/** What comes along of one stream, and what does not. */
export interface Packed {
	readonly stream: AnyDStream
	/** `window`: batches that it still shows, as other windows over the same stream may. `queue`: RDDs of the program that it would have read. */
	readonly kind: 'window' | 'queue'
	readonly numRDDs: number
	readonly numRecords: number
	/** RDDs that stay behind, and why. */
	readonly numLeft: number
	readonly reason: string | undefined
}

export interface Luggage {
	readonly packed: readonly Packed[]
	/** Gives it all to the same graph on another context, before that starts. */
	unpack(context: RDDContext): void
}

/** An RDD as records. */
interface Rows {
	readonly records: readonly unknown[]
	readonly numPartitions: number
}

const rddOf = ({ records, numPartitions }: Rows, context: RDDContext): RDD<unknown> =>
	numPartitions === 0 ? emptyRDD(context) : parallelize(context, records, numPartitions)

/** Packs what these streams hold. The context that they were on must still be there. Never rejects. */
export async function luggageOf(streams: Iterable<AnyDStream>): Promise<Luggage> {
	const all = [...streams]
	const packer = new Packer()
	const unpacks: ((context: RDDContext) => void)[] = []
	const packed: Packed[] = []
	const windows = all.filter((one) => windowOf(one) !== undefined)
	const windowed = new Map(windows.flatMap((window) => window.dependencies.map((stream) => [stream, window] as const)))
	for (const [stream, window] of windowed) {
		const batches = [...stream.generatedRDDs]
		if (batches.length === 0) continue
		const { rows, facts } = await packer.pack(batches.map(([, rdd]) => rdd))
		packed.push({ stream: window, kind: 'window', ...facts })
		// A window with holes would be wrong.
		if (facts.numLeft > 0) continue
		unpacks.push((context) => {
			for (const [ms, rdd] of batches) stream.generated.bring(ms, rddOf(rows.get(rdd) as Rows, context))
		})
	}
	for (const stream of all) {
		if (!(stream instanceof InputDStream) || stream.heldRDDs.length === 0) continue
		const { rows, facts } = await packer.pack(stream.heldRDDs)
		packed.push({ stream, kind: 'queue', ...facts })
		unpacks.push((context) => {
			const others = new Map([...rows].map(([rdd, one]) => [rdd, rddOf(one, context)]))
			stream.exchangeRDDs((rdd) => others.get(rdd))
		})
	}
	return {
		packed,
		unpack: (context) => {
			for (const unpack of unpacks) unpack(context)
		},
	}
}

type Facts = Pick<Packed, 'numRDDs' | 'numRecords' | 'numLeft' | 'reason'>

class Packer {
	#numFree = mostRecords

	/** The records of RDDs, as long as there is room. */
	async pack(
		rdds: readonly RDD<unknown>[],
	): Promise<{ readonly rows: ReadonlyMap<RDD<unknown>, Rows>; readonly facts: Facts }> {
		const rows = new Map<RDD<unknown>, Rows>()
		const all = [...new Set(rdds)]
		let reason: string | undefined
		const take = async (some: readonly RDD<unknown>[]): Promise<void> => {
			const taken = await recordsOf(some, this.#numFree + 1)
			for (const [i, rdd] of some.entries()) {
				const records = taken[i] ?? []
				if (records.length > this.#numFree) {
					reason = `more than ${mostRecords.toLocaleString('en')} records in all`
					continue
				}
				this.#numFree -= records.length
				rows.set(rdd, { records, numPartitions: rdd.getNumPartitions() })
			}
		}
		try {
			await take(all)
		} catch {
			// One of them at least cannot be computed: one by one they tell which.
			for (const rdd of all) {
				await take([rdd]).catch((thrown: unknown) => {
					reason = asError(thrown).message
				})
			}
		}
		const numRDDs = rdds.filter((rdd) => rows.has(rdd)).length
		const numRecords = [...rows.values()].reduce((sum, { records }) => sum + records.length, 0)
		return { rows, facts: { numRDDs, numRecords, numLeft: rdds.length - numRDDs, reason } }
	}
}

/** The records of each RDD, up to about `most` of all of them, in one job. */
async function recordsOf(rdds: readonly RDD<unknown>[], most: number): Promise<unknown[][]> {
	const [first] = rdds
	if (first === undefined) return []
	const parts = await concatenated(first.sparkContext, rdds)
		.mapPartitions((records) => {
			const taken: unknown[] = []
			for (const record of records) if (taken.push(record) === most) break
			return [taken]
		})
		.collect()
	return rdds.map((rdd) => parts.splice(0, rdd.getNumPartitions()).flat())
}
