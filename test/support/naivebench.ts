/** Runs a random program on the engine, step by step, and prints it as code. */

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
	type DStream,
	HashPartitioner,
	type RDD,
	Seconds,
	type SparkContext,
	StateSpec,
	type StreamingContext,
	type Time,
} from '../../engine/index.js'
import type { Row, Rows } from './naiveoperators.js'
import type { Program, Stream } from './naiveprograms.js'
import { manualContext } from './timeline.js'

/** How many runs, and which: the same ones unless the environment says otherwise. */
export function runs(usual: number): { numRuns: number; seed: number } {
	const { RIVULET_TEST_RUNS, RIVULET_TEST_SEED } = process.env
	return { numRuns: Number(RIVULET_TEST_RUNS ?? usual), seed: Number(RIVULET_TEST_SEED ?? 1) }
}

type Pairs = DStream<Row>

/** A program on a context with a ManualClock. */
export class Bench {
	readonly ssc: StreamingContext
	readonly close: () => Promise<void>
	readonly #sc: SparkContext
	readonly #program: Program
	readonly #streams: readonly Stream[]
	readonly #made = new Map<string, Pairs>()
	readonly #queues = new Map<string, { push(rows: Rows): void }>()

	constructor(program: Program, streams: readonly Stream[], checkpointDirectory: string, settings: object = {}) {
		this.#program = program
		this.#streams = streams
		const { sc, ssc, close } = manualContext({
			checkpointDirectory,
			settings: { 'spark.default.parallelism': String(program.parallelism), ...settings },
		})
		this.#sc = sc
		this.ssc = ssc
		this.close = close
		program.inputs.forEach((input, i) => {
			if (input.kind === 'queue') this.#queues.set(`q${i}`, ssc.queue<Row>())
		})
	}

	/** Makes stream `i` and what it needs, once, by running its code. */
	define(i: number): Pairs {
		const { name, parents, code } = this.#streams[i] as Stream
		const known = this.#made.get(name)
		if (known !== undefined) return known
		for (const parent of parents) this.define(parent)
		const names = {
			ssc: this.ssc,
			sc: this.#sc,
			Seconds,
			StateSpec,
			HashPartitioner,
			...Object.fromEntries(this.#queues),
		}
		const all = { ...names, ...Object.fromEntries(this.#made) }
		const stream = new Function(...Object.keys(all), `return ${code}`)(...Object.values(all)) as Pairs
		this.#made.set(name, stream)
		return stream
	}

	/** All but the inputs is made anew when it is defined the next time. */
	forgetSteps(): void {
		for (const { name, input } of this.#streams) if (input === undefined) this.#made.delete(name)
	}

	/** Somebody looks at stream `i`: `seen` gets what it holds, by time. Gives the end of it. */
	look(i: number, kind: 'output' | 'observer', backfill: boolean, seen: Map<number, Rows>): () => void {
		const stream = this.define(i)
		if (kind === 'observer') {
			const see = ({ time, rows }: { time: Time; rows: Rows }) => void seen.set(time.milliseconds / 1_000, rows)
			const observing = stream.observe(see, { backfill })
			return () => observing.dispose()
		}
		const see = async (rdd: RDD<Row>, time: Time) => void seen.set(time.milliseconds / 1_000, await rdd.collect())
		const output = stream.foreachRDD(see, { backfill })
		return () => output.remove()
	}

	/** Pushes what comes before batch `t` and runs it. */
	async batch(t: number): Promise<void> {
		this.#program.inputs.forEach((input, i) => {
			if (input.kind === 'queue') for (const rows of input.pushes[t - 1] ?? []) this.#queues.get(`q${i}`)?.push(rows)
		})
		await this.ssc.step()
	}
}

/**
 * Runs `body` on a bench of its own; what it finds wrong goes into `wrong`.
 * @throws an error with what is wrong, or what was thrown, above `code()`
 */
export async function judge(
	bench: { readonly program: Program; readonly streams: readonly Stream[]; readonly settings?: object },
	code: () => string,
	body: (bench: Bench, wrong: string[]) => Promise<void>,
): Promise<void> {
	const directory = mkdtempSync(join(tmpdir(), 'rivulet-random-'))
	const made = new Bench(bench.program, bench.streams, directory, bench.settings)
	const wrong: string[] = []
	try {
		await body(made, wrong)
	} catch (thrown) {
		wrong.push(String((thrown as Error).stack))
	} finally {
		await made.close()
		rmSync(directory, { recursive: true, force: true })
	}
	if (wrong.length > 0) throw new Error(`${wrong.slice(0, 5).join('\n')}\n\n${code()}`)
}

/** The program as code. `sees` says who looks when; usually everybody from the start. */
export function codeOf(program: Program, streams: readonly Stream[], sees: readonly string[] = []): string {
	const lines = [`// spark.default.parallelism ${program.parallelism}, ${program.batches} batches`]
	program.inputs.forEach((input, i) => {
		if (input.kind === 'queue')
			lines.push(`const q${i} = ssc.queue() // before each batch: ${JSON.stringify(input.pushes)}`)
	})
	for (const { name, code, isSeen } of streams) {
		lines.push(`const ${name} = ${code}`)
		if (isSeen && sees.length === 0) lines.push(`${name}.print()`)
	}
	return [...lines, ...sees].join('\n')
}
