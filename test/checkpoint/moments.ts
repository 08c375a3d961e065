/** Programs whose crashes are tried at every call to their disk, and the lives of them on images of that disk. */

import type { Notice } from '../../engine/base/host.js'
import { ManualClock, Seconds, SparkConf, SparkContext, StreamingContext, setHost } from '../../engine/index.js'
import { Disk, type Image, mount } from '../support/disk.js'
import { Fed } from '../support/fed.js'

type See = (
	name: string,
) => (rdd: { collect(): PromiseLike<unknown[]> }, time: { readonly milliseconds: number }) => Promise<void>

/** Outputs by name and batch: `sums@3`, and their records in order, as text. */
export type Outputs = Map<string, string>

/** A program, and what the world outside does in each of its batches. */
export interface Program {
	readonly settings: Readonly<Record<string, string>>
	readonly streams: (ssc: StreamingContext, see: See) => void
	/** Before each batch. */
	readonly feed: (safe: number[]) => Promise<void>
}

const add = (a: number, b: number): number => a + b
const sum = (values: number[], before = 0): number => values.reduce(add, before)

/** Every kind of state: written whole, in part when few keys have changed, and whole again; and other records. */
export const states: Program = {
	settings: {},
	streams(ssc, see) {
		const pairs = ssc.rateStream(2, (i): [string, number] => [i % 3 === 0 ? 'all' : `k${i}`, i])
		pairs.updateStateByKey(sum).checkpoint(Seconds(1)).foreachRDD(see('sums'))
		const window = pairs.reduceByKeyAndWindow(add, (a, b) => a - b, Seconds(3), Seconds(1))
		window.checkpoint(Seconds(2)).foreachRDD(see('window'))
		const seen = pairs.mapWithState<number, string>(
			(key, value, state) => {
				state.update((state.getOption() ?? 0) + (value ?? 0))
				return `${key} ${state.get()}`
			},
			{ timeout: '30s' },
		)
		seen.checkpoint(Seconds(2)).foreachRDD(see('mapped'))
		const doubled = pairs.map(([k, n]): [string, number] => [k, 2 * n])
		doubled.checkpoint(Seconds(2)).foreachRDD(see('doubled'))
	},
	feed: async () => undefined,
}

let nextFed = 0

/** A receiver with a log whose files change every other batch. */
export const received: Program = {
	settings: {
		'spark.streaming.receiver.writeAheadLog.enable': 'true',
		'spark.streaming.receiver.writeAheadLog.rollingIntervalSecs': '2',
		'spark.streaming.driver.writeAheadLog.rollingIntervalSecs': '2',
	},
	streams(ssc, see) {
		ssc.receiverStream(new Fed()).foreachRDD(see('fed'))
	},
	async feed(safe) {
		const pair = [nextFed++, nextFed++]
		await Fed.current?.store(pair).then(
			() => void safe.push(...pair),
			() => undefined,
		)
	},
}

/** One life of a program on a disk, and what came of it. */
export class Life {
	readonly disk: Disk
	readonly outputs: Outputs = new Map()
	/** Numbers that a receiver was told are safe. */
	readonly safe: number[] = []
	readonly notices: string[] = []
	/** What was thrown or told. */
	readonly errors: unknown[] = []
	/** Batches that came out with other records than before. */
	readonly conflicts: string[] = []

	constructor(image: Image) {
		this.disk = mount(new Disk(image))
		setHost({
			notice: ({ text }: Notice) => void this.notices.push(text),
			batchError: (error) => void this.errors.push(error),
		})
	}

	/** Runs until batch `untilSeconds` is out, or for ten batches, or until it cannot go on. */
	async run(program: Program, untilSeconds: number): Promise<void> {
		try {
			const ssc = StreamingContext.getOrCreate('memory:/cp', () => this.#create(program))
			for (let i = 0; i < 10 && !this.#hasBatch(untilSeconds); i += 1) {
				await program.feed(this.safe)
				await ssc.step(1)
			}
		} catch (thrown) {
			this.errors.push(thrown)
		}
	}
	/** What it does now is in vain. */
	async end(): Promise<void> {
		this.disk.before = () => undefined
		await StreamingContext.getActive()?.stop(true)
		await SparkContext.getActive()?.stop()
		setHost({})
	}

	#hasBatch(seconds: number): boolean {
		return [...this.outputs.keys()].some((name) => name.endsWith(`@${seconds}`))
	}
	#create({ settings, streams }: Program): StreamingContext {
		const conf = new SparkConf().setMaster('local').setAppName('moments').setAll(settings)
		const ssc = new StreamingContext(new SparkContext(conf), Seconds(1), { clock: new ManualClock() })
		ssc.checkpoint('memory:/cp')
		streams(ssc, (name) => async (rdd, { milliseconds }) => {
			const at = `${name}@${milliseconds / 1_000}`
			const records = JSON.stringify((await rdd.collect()).sort())
			if ((this.outputs.get(at) ?? records) !== records)
				this.conflicts.push(`${at}: ${this.outputs.get(at)}, ${records}`)
			this.outputs.set(at, records)
		})
		return ssc
	}
}
