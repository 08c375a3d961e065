import { mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'vitest'
import {
	type DStream,
	ManualClock,
	Seconds,
	SparkConf,
	SparkContext,
	type State,
	StateSpec,
	StreamingContext,
	setHost,
} from '../../engine/index.js'
import { settings } from '../support/settings.js'
import { casesOf, conform, normal } from './cases.js'

interface Seen {
	readonly life: number
	readonly output: string
	readonly batch: number
	readonly rows: readonly unknown[]
}

interface Life {
	readonly clockAtStart: number
	readonly startError: string | null
	readonly awaitTermination: string | null
}

interface Recorded {
	readonly id: string
	readonly note: string
	readonly first: number
	readonly down: number
	readonly jump: number
	readonly blocked: boolean
	readonly second: number
	readonly third: number
	readonly input: readonly { readonly file: string; readonly modified: number; readonly lines: readonly string[] }[]
	readonly secondLife: Life
	readonly thirdLife: Life | null
	readonly expected: readonly Seen[]
}

type Pairs = DStream<[string, number]>

/** The streams that outputs are named after, in the order in which they see a batch. */
function program(ssc: StreamingContext, directory: string, recorded: Recorded): [string, DStream<unknown>][] {
	const hasIntervals = !recorded.note.includes('no checkpoint interval')
	const has = (output: string): boolean => recorded.expected.some((seen) => seen.output === output)
	const every = <T>(stream: DStream<T>): DStream<T> => (hasIntervals ? stream.checkpoint(Seconds(2)) : stream)
	const words = ssc.textFileStream(directory).flatMap((line) => line.split(' ').filter((word) => word !== ''))
	const pairs: Pairs = words.map((word): [string, number] => [word, 1])
	const add = (a: number, b: number): number => a + b
	const streams: [string, DStream<unknown>][] = []
	if (has('window')) {
		const [length, slide] = hasIntervals ? [Seconds(3), Seconds(1)] : [Seconds(4), Seconds(2)]
		streams.push(['window', every(pairs.reduceByKeyAndWindow(add, (a, b) => a - b, length, slide, 2))])
	}
	if (has('state')) {
		const sum = (values: number[], state: number | undefined): number => values.reduce(add, state ?? 0)
		const initial = recorded.note.includes('initial')
			? ssc.sparkContext.parallelize<[string, number]>([
					['a', 100],
					['z', 1],
				])
			: undefined
		streams.push(['state', every(pairs.updateStateByKey(sum, 2, initial))])
	}
	if (has('mapped') || has('snapshots')) {
		const count = (key: string, value: number | undefined, state: State<number>): [string, number] => {
			const next = (state.exists() ? state.get() : 0) + (value ?? 0)
			state.update(next)
			return [key, next]
		}
		const mapped = pairs.mapWithState(StateSpec.function(count).numPartitions(2))
		every(mapped)
		if (has('mapped')) streams.push(['mapped', mapped as unknown as DStream<unknown>])
		if (has('snapshots')) streams.push(['snapshots', mapped.stateSnapshots()])
	}
	if (has('plainWindow')) streams.push(['plainWindow', pairs.window(Seconds(3), Seconds(1)).reduceByKey(add)])
	streams.push(['last', hasIntervals ? pairs.reduceByKey(add, 2) : words.count()])
	return streams
}

const text = (row: unknown): string => JSON.stringify(row)

async function live(recorded: Recorded, tmp: string): Promise<void> {
	const { first, down, jump, second, third, blocked } = recorded
	const [directory, checkpoints] = [join(tmp, 'in'), join(tmp, 'checkpoints')]
	mkdirSync(directory)
	const seen: Seen[] = []
	let life = 0
	let numFiles = 0
	const put = (): void => {
		const { file, modified, lines } = recorded.input[numFiles++] as Recorded['input'][number]
		const path = join(directory, file)
		writeFileSync(path, lines.map((line) => `${line}\n`).join(''))
		utimesSync(path, modified / 1_000, modified / 1_000)
	}
	let hang: () => void = () => undefined
	const hung = new Promise<void>((resolve) => {
		hang = resolve
	})
	const create = (): StreamingContext => {
		const conf = new SparkConf().setMaster('local[2]').setAppName('recovery')
		conf.setAll(settings).set('spark.streaming.manualClock.jump', life === 1 ? 0 : jump * 1_000)
		const ssc = new StreamingContext(new SparkContext(conf), Seconds(1), { clock: new ManualClock() })
		ssc.checkpoint(checkpoints)
		const ours = life
		for (const [output, stream] of program(ssc, directory, recorded)) {
			stream.foreachRDD(async (rdd, time) => {
				const batch = time.milliseconds / 1_000
				if (blocked && output === 'last' && ours === 1 && batch === first) {
					hang()
					await new Promise(() => undefined)
				}
				const rows = [...(normal(await rdd.collect()) as unknown[])].sort((a, b) => (text(a) < text(b) ? -1 : 1))
				seen.push({ life: ours, output, batch, rows })
			})
		}
		return ssc
	}
	for (const [index, batches] of [first, second, third].entries()) {
		if (index > 0 && batches === 0) break
		life = index + 1
		const ssc = StreamingContext.getOrCreate(checkpoints, create)
		ssc.start()
		if (life === 2) expect(ssc.clock.now()).toBe(recorded.secondLife.clockAtStart)
		for (let i = 1; i <= batches; i += 1) {
			put()
			const step = ssc.step()
			if (blocked && life === 1 && i === batches) {
				step.catch(() => undefined)
				await hung
			} else await step
		}
		await ssc.stop(true)
		if (life === 1) for (let i = 0; i < down; i += 1) put()
	}
	expect(readdirSync(checkpoints).filter((name) => name.startsWith('checkpoint-')).length).toBeGreaterThan(0)
	expect(seen).toEqual(recorded.expected)
}

conform<Recorded & { readonly ts?: null }>(
	'recovery',
	async (recorded) => {
		const tmp = mkdtempSync(join(tmpdir(), 'rivulet-'))
		setHost({ batchError: () => undefined, notice: () => undefined })
		try {
			await live(recorded, tmp)
		} finally {
			await StreamingContext.getActive()?.stop(true)
			await SparkContext.getActive()?.stop()
			setHost({})
			rmSync(tmp, { recursive: true, force: true })
		}
	},
	casesOf<Recorded>('recovery'),
)
