/**
 * What each batch of a stream holds, for inputs written down batch by batch: records, or nothing at all.
 *
 * As Spark's TestSuiteBase: 1 s batches, clock at 0, two partitions a batch, empty batches after the last one. An entry
 * that is undefined is a batch in which the input gives no RDD.
 */

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
	type DStream,
	InputDStream,
	ManualClock,
	type RDD,
	Seconds,
	SparkConf,
	SparkContext,
	StreamingContext,
	setHost,
	type Time,
} from '../../engine/index.js'
import { settings as always } from './settings.js'

/** The records of each batch; undefined where there is no RDD. */
export type Batches<T> = readonly (readonly T[] | undefined)[]

/** Source: Spark's TestInputStream. */
export class BatchesInput<T> extends InputDStream<T> {
	readonly #batches: Batches<T>
	readonly #slices: number

	constructor(ssc: StreamingContext, batches: Batches<T>, slices = 2) {
		super(ssc)
		this.#batches = batches
		this.#slices = slices
	}
	override start(): void {}
	override stop(): void {}
	override compute(time: Time): RDD<T> | undefined {
		const index = (time.milliseconds - (this.zeroTime as Time).milliseconds) / this.slideDuration.milliseconds - 1
		const rows = index < this.#batches.length ? this.#batches[index] : []
		return rows === undefined
			? undefined
			: (this.context as StreamingContext).sparkContext.parallelize(rows, this.#slices)
	}
}

export interface Scope {
	readonly sc: SparkContext
	readonly ssc: StreamingContext
	/** An input stream of these batches. */
	input<T>(batches: Batches<T>, slices?: number): DStream<T>
}

/** Runs `body` with a fresh context on two partitions whose checkpoint directory is set; everything ends afterwards. */
export async function withStreams<R>(body: (scope: Scope) => Promise<R> | R, settings: object = {}): Promise<R> {
	const directory = mkdtempSync(join(tmpdir(), 'rivulet-test-'))
	setHost({ batchError: () => undefined, notice: () => undefined })
	const conf = new SparkConf().setMaster('local[2]').setAppName('test').setAll(always)
	const sc = new SparkContext(conf.setAll(Object.entries(settings)))
	sc.setCheckpointDir(directory)
	const ssc = new StreamingContext(sc, Seconds(1), { clock: new ManualClock() })
	try {
		return await body({ sc, ssc, input: (batches, slices) => new BatchesInput(ssc, batches, slices) })
	} finally {
		await StreamingContext.getActive()?.stop(true)
		await ssc.stop(true)
		setHost({})
		rmSync(directory, { recursive: true, force: true })
	}
}

/** What was seen of a batch: its records, undefined where there was no RDD, or the text of its error. */
export type Seen<U> = readonly U[] | string | undefined

/** `n` batches of the stream that `build` makes; a batch that failed gives its error's text. */
export function batchesOf<U>(n: number, build: (scope: Scope) => DStream<U>): Promise<Seen<U>[]> {
	return withStreams(async (scope) => {
		const seen: Seen<U>[] = []
		let index = 0
		build(scope).foreachRDD(async (rdd, time) => {
			const at = time.milliseconds / 1_000 - 1
			seen[at] = await rdd.collect()
		})
		for (; index < n; index++) {
			seen.push(undefined)
			await scope.ssc.step().catch((error: unknown) => {
				seen[index] = (error as Error).message
			})
		}
		return seen
	})
}

/** The same batches with their records in one order, for streams that keep none. */
export const sorted = <U>(batches: readonly Seen<U>[]): Seen<U>[] =>
	batches.map((rows) =>
		Array.isArray(rows)
			? rows
					.map((x) => [JSON.stringify(x), x] as const)
					.sort(byText)
					.map(([, x]) => x)
			: rows,
	)

const byText = ([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number =>
	a < b ? -1 : a > b ? 1 : 0
