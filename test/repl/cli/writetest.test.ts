import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { packageFile } from '../../../engine/index.js'
import { rivulet } from './process.js'

const streams = `.clock manual
type Word = { text: string; n: number }
const lines = ssc.rateStream(6, i => 'the cat ' + ['sat', 'ran', 'ate'][i % 3])
const words = lines.flatMap(l => l.split(' ')).map((text): Word => ({ text, n: text.length }))
const counts = words.map(w => [w.text, 1] as [string, number]).reduceByKey((a, b) => a + b)
counts.print()
const recent = counts.reduceByKeyAndWindow((a, b) => a + b, Seconds(3), Seconds(2))
recent.print()
const totals = counts.updateStateByKey<number>((now, before) => now.reduce((a, b) => a + b, before ?? 0))
totals.print()
`

describe('.test', () => {
	it('writes tests that pass: of a stream, a window, and a state', async () => {
		const folder = mkdtempSync(join(tmpdir(), 'writetest-'))
		mkdirSync(join(folder, 'node_modules'))
		symlinkSync(packageFile(), join(folder, 'node_modules', 'rivulet'))
		symlinkSync(packageFile('node_modules', 'vitest'), join(folder, 'node_modules', 'vitest'))
		await rivulet([], folder, `${streams}.step 8\n.test counts 5\n.test recent 2\n.test totals 3 state.test.ts\n`)
		const written = readdirSync(folder).filter((file) => file.endsWith('.ts'))
		const vitest = packageFile('node_modules', 'vitest', 'vitest.mjs')
		const { status, stdout } = spawnSync(
			process.execPath,
			[vitest, 'run', '--testTimeout', '120000', '--root', folder],
			{ encoding: 'utf8' },
		)
		rmSync(folder, { recursive: true })
		expect([written, status], stdout).toEqual([['counts.test.ts', 'recent.test.ts', 'state.test.ts'], 0])
	})

	it('says why there is no test, and what to do', async () => {
		const conf = "new SparkConf().setMaster('local').setAppName('a').set('rivulet.backfill', '1')"
		const input = `const ssc = new StreamingContext(${conf}, '1s', { clock: new ManualClock() })
${streams.replace('.clock manual\n', '').replaceAll('.print()', '.foreachRDD(rdd => rdd.count().then(() => {}))')}
.test count
.test counts
.test counts few
.test
const cars = lines.map(() => () => 1)
cars.foreachRDD(rdd => rdd.count().then(() => {}))
await ssc.step(40).then(() => {})
.test totals 1
.test cars
`
		const { out } = await rivulet([], tmpdir(), input)
		expect(out.trim().split('\n')).toEqual([
			expect.stringMatching(/^there is no stream or output count: did you mean counts/),
			'no batch has computed counts yet – end it with print(), then .start or .step',
			".test takes a stream and a positive whole number of batches, not 'counts few' – write .test counts 5",
			'.test needs <stream> – see .help',
			expect.stringMatching(
				/^what lines brought after 0 ms is not kept, and totals hangs on all batches since the first –/,
			),
			expect.stringMatching(/^a function among the records cannot be written into a test –/),
		])
	})
})
