/** What is in scope of a recorded streaming case: a manual context, queue streams, durations, a fresh directory. */

import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import * as api from '../../engine/index.js'
import { settings } from '../support/settings.js'

const { ManualClock, Seconds, SparkConf, SparkContext, StreamingContext } = api

/** Helpers for files, as the recordings name them. */
export const files = {
	write(path: string, text: string): void {
		mkdirSync(dirname(path), { recursive: true })
		writeFileSync(path, text)
	},
	read: (path: string): string => readFileSync(path, 'utf8'),
	list: (path: string): string[] =>
		readdirSync(path)
			.filter((name) => !name.startsWith('.'))
			.sort(),
}

/** `d(n)`: a duration of n batches; `d.index(time)`: the index of a batch. */
export const d = Object.assign((n: number) => Seconds(n), {
	index: (time: { milliseconds: number } | number) => (typeof time === 'number' ? time : time.milliseconds) / 1_000,
})

export interface StreamingScope {
	readonly sc: InstanceType<typeof SparkContext>
	readonly ssc: InstanceType<typeof StreamingContext>
	readonly d: typeof d
	readonly api: typeof api
	readonly tmp: string
}

/** Runs `body` with a fresh context of 1 s batches on `local[2]` whose clock stands at 0. */
export async function withStreaming(body: (scope: StreamingScope) => Promise<void>): Promise<void> {
	const tmp = mkdtempSync(join(tmpdir(), 'rivulet-'))
	api.setHost({ batchError: () => undefined, notice: () => undefined })
	const sc = new SparkContext(new SparkConf().setMaster('local[2]').setAppName('conformance').setAll(settings))
	const ssc = new StreamingContext(sc, Seconds(1), { clock: new ManualClock() })
	try {
		await body({ sc, ssc, d, api, tmp })
	} finally {
		await StreamingContext.getActive()?.stop(true)
		await ssc.stop(true)
		await SparkContext.getActive()?.stop()
		api.setHost({})
		rmSync(tmp, { recursive: true, force: true })
	}
}

/** A queue stream of `parallelize(batch, 2)`, one at a time. */
export function queueOf(ssc: StreamingScope['ssc'], batches: readonly (readonly unknown[])[], slices = 2) {
	return ssc.queueStream(batches.map((batch) => ssc.sparkContext.parallelize(batch, slices)))
}
