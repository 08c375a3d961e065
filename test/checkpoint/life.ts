/** Lives of a program on one checkpoint directory, in memory, by hand. */

import type { Notice } from '../../engine/base/host.js'
import {
	ManualClock,
	Seconds,
	SparkConf,
	SparkContext,
	StreamingContext,
	type StreamingContextOptions,
	setHost,
} from '../../engine/index.js'
import { type MemoryFiles, memoryFiles } from '../support/memoryfiles.js'

/** Makes the streams of a life; `see(name)` gives an output function that writes down what it sees. */
export type Program = (ssc: StreamingContext, see: (name: string) => See) => unknown
type See = (rdd: { collect(): PromiseLike<unknown[]> }, time: { readonly milliseconds: number }) => Promise<void>

export class Lives {
	readonly files: MemoryFiles
	readonly directory = 'memory:/cp'
	/** What outputs saw in this life: `name@batch` and the records. */
	seen: [string, unknown[]][] = []
	notices: string[] = []
	errors: string[] = []

	constructor(files: MemoryFiles = memoryFiles()) {
		this.files = files
		setHost({
			notice: ({ text }: Notice) => void this.notices.push(text),
			batchError: (error) => void this.errors.push(`${error}`),
		})
	}

	/** A life: `program` makes the streams on a context of 1 s batches. */
	begin(
		program: Program,
		options: {
			readonly settings?: Record<string, string>
			readonly seconds?: number
			readonly clock?: StreamingContextOptions['clock']
		} = {},
	): StreamingContext {
		this.seen = []
		const create = (): StreamingContext => {
			const conf = new SparkConf()
				.setMaster('local')
				.setAppName('life')
				.setAll(options.settings ?? {})
			const ssc = new StreamingContext(new SparkContext(conf), Seconds(options.seconds ?? 1), {
				clock: options.clock ?? new ManualClock(),
			})
			ssc.checkpoint(this.directory)
			program(ssc, (name) => async (rdd, time) => {
				this.seen.push([`${name}@${time.milliseconds / 1_000}`, (await rdd.collect()).sort()])
			})
			return ssc
		}
		return StreamingContext.getOrCreate(this.directory, create)
	}

	/** Names in the checkpoint directory that begin with `prefix`. */
	names(prefix: string): string[] {
		return this.files
			.list('/cp')
			.map(({ path }) => path.slice('/cp/'.length))
			.filter((name) => name.startsWith(prefix))
	}
	/** Changes the last byte of a file. */
	flip(name: string): void {
		const bytes = Buffer.from(this.files.read(`/cp/${name}`))
		bytes[bytes.length - 3] = (bytes.at(-3) ?? 0) ^ 1
		this.files.write(`/cp/${name}`, bytes)
	}

	async end(): Promise<void> {
		await StreamingContext.getActive()?.stop(true)
		await SparkContext.getActive()?.stop()
		setHost({})
	}
}
