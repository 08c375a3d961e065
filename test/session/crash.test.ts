/** A session that crashes: names are gone, and its context goes on from its checkpoint when its cells run again. */

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { type Scene, scene } from './client.js'

let folder: string
beforeEach(() => {
	folder = mkdtempSync(join(tmpdir(), 'rivulet-crash-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

/** The cells of a program that counts records, state by state. */
const cells = (): readonly [string, readonly string[]][] => [
	[`const directory = ${JSON.stringify(folder)}`, ['directory']],
	[
		`function create() {
	const conf = new SparkConf().setMaster('local').setAppName('crash')
	const made = new StreamingContext(conf, Seconds(1), { clock: new ManualClock() })
	made.checkpoint(directory)
	const pairs = made.rateStream(2, () => ['all', 1])
	const add = (values, sum = 0) => values.reduce((a, b) => a + b, sum)
	const totals = pairs.updateStateByKey(add).named('totals').checkpoint(Seconds(1))
	totals.foreachRDD(async (rdd, time) => console.log(time.milliseconds + ' ' + JSON.stringify(await rdd.collect())))
	return made
}`,
		['create'],
	],
	['const mine = StreamingContext.getOrCreate(directory, create)', ['mine']],
]

async function program({ run }: Scene): Promise<void> {
	for (const [js, names] of cells()) expect((await run(js, { names })).status).toBe('ok')
}

const crashes: readonly [string, string, number | string][] = [
	['process.exit', 'process.exit(3)', 3],
	['SIGKILL', "process.kill(process.pid, 'SIGKILL')", 'SIGKILL'],
	['a native crash', 'process.abort()', 'SIGABRT'],
	['memory that runs out', 'const all = []; for (;;) all.push(new Array(1e5).fill(0.5))', 'SIGABRT'],
]

describe('a session that ends by', () => {
	for (const [title, js, how] of crashes) {
		it(`${title} takes its names along, and its context goes on in the next one`, async () => {
			// Little memory, so that it runs out soon.
			vi.stubEnv('NODE_OPTIONS', '--max-old-space-size=160')
			const first = await scene()
			vi.unstubAllEnvs()
			await program(first)
			await first.run('await mine.step(3)')
			const isWritten = "existsSync(directory + '/checkpoint-3000')"
			const wait = `while (!(await $rv.import('node:fs')).${isWritten}) await new Promise((r) => setImmediate(r))`
			expect((await first.run(wait)).status).toBe('ok')
			void first.run(js)
			const { code, signal } = await first.exit
			expect(signal ?? code).toBe(how)

			const second = await scene()
			expect((await second.run('mine')).error?.message).toBe('mine is not defined')
			await program(second)
			await second.run('await mine.step(2)', { owner: 'steps' })
			const seen = second.said.flatMap((one) => (one.kind === 'stream' && one.name === 'stdout' ? [one.text] : []))
			expect(seen.join('').trim().split('\n')).toEqual(['3000 [["all",6]]', '4000 [["all",8]]', '5000 [["all",10]]'])
		})
	}
})
