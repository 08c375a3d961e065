import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { ManualClock } from '../../../engine/index.js'
import { Restarts } from '../../../repl/cli/restarts.js'
import { type Life, Supervisor } from '../../../repl/cli/supervise.js'
import type { FromProgram } from '../../../repl/cli/supervised.js'
import { Rivulet, rivulet } from './process.js'

const folder = mkdtempSync(join(tmpdir(), 'rivulet-supervise-'))
afterAll(() => rmSync(folder, { recursive: true }))

// What needs no types is JavaScript, which starts without the checker.
const programs: Readonly<Record<string, string>> = {
	'batches.ts': `import { mkdirSync, writeFileSync } from 'node:fs'
import { SparkConf, StreamingContext } from 'rivulet'

mkdirSync('in', { recursive: true })
mkdirSync('out', { recursive: true })
const create = (): StreamingContext => {
	const ssc = new StreamingContext(new SparkConf().setMaster('local').setAppName('app').set('spark.streaming.gracefulStopTimeout', '100s'), '100ms')
	ssc.checkpoint('checkpoints')
	ssc.textFileStream('in').count().map((n) => ['batches', Number(n) + 1]).updateStateByKey<number>(
		(values, sum = 0) => values.reduce((a, b) => a + b, sum),
	).foreachRDD(async (rdd, time) => {
		const [[, sum] = ['', 0]] = await rdd.collect()
		writeFileSync('out/' + time.milliseconds, String(sum))
		console.log('life', process.pid, 'sum', sum)
	})
	return ssc
}
const ssc = StreamingContext.getOrCreate('checkpoints', create)
ssc.start()
await ssc.awaitTermination()
console.log('ended')
`,
	'crash.mjs': "console.log('life')\nthrow new TypeError('broken')\n",
	'wrong.ts': "console.log('life')\nconst count: number = 'x'\nconsole.log(count)\n",
	'done.mjs': "console.log('life')\n",
	'spins.mjs':
		"import { spawn } from 'node:child_process'\nconst { pid } = spawn('sleep', ['1000'])\nconsole.log('life', process.pid, pid)\nfor (;;);\n",
}
for (const [name, text] of Object.entries(programs)) writeFileSync(join(folder, name), text)

/** Whether nobody has this process id any more (a zombie has ended). */
function isGone(pid: number): boolean {
	try {
		return /^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'))
	} catch {
		return true
	}
}

describe('when a crashed program is started again', () => {
	const minute = 60_000
	const table: readonly [string, readonly number[], readonly (number | undefined)[]][] = [
		[
			'waits twice as long each time, 30 s at the most',
			[0, 0, 0, 0, 0, 0, 0, 0],
			[500, 1e3, 2e3, 4e3, 8e3, 16e3, 3e4, 3e4],
		],
		['begins anew after a minute of work', [0, 0, minute, 0], [500, 1_000, 500, 1_000]],
	]
	for (const [title, lives, waits] of table) {
		it(title, () => {
			const restarts = new Restarts(8)
			expect(lives.map((livedMs) => restarts.crashed(livedMs).waitMs)).toEqual(waits)
		})
	}
	it('gives up after the limit', () => {
		const restarts = new Restarts(1)
		expect([restarts.crashed(0), restarts.crashed(0)]).toEqual([
			{ count: 1, waitMs: 500 },
			{ count: 2, waitMs: undefined },
		])
	})
})

/** A program that ends when the test says so, under a clock of the test. */
function supervised(limit = 2) {
	const clock = new ManualClock()
	const log: string[] = []
	const said: string[] = []
	const lives: { end: (how: number | NodeJS.Signals) => Promise<void>; tell: (message: FromProgram) => void }[] = []
	const start = (): Life => {
		let end: (how: number | NodeJS.Signals) => void = () => undefined
		let tell: (message: FromProgram) => void = () => undefined
		const ended = new Promise<number | NodeJS.Signals>((resolve) => {
			end = resolve
		})
		const endAndSettle = async (how: number | NodeJS.Signals): Promise<void> => {
			end(how)
			await new Promise((resolve) => setImmediate(resolve))
		}
		lives.push({ end: endAndSettle, tell: (message) => tell(message) })
		return {
			pid: lives.length,
			ended,
			onMessage: (listener) => {
				tell = listener
			},
			signal: (signal) => said.push(signal),
			kill: () => {
				said.push('kill')
				end('SIGKILL')
			},
		}
	}
	const parts = { file: 'app.ts', restarts: new Restarts(limit), clock, start }
	const supervisor = new Supervisor({
		...parts,
		log: (line) => log.push(line.replace(/ \S+Z /, ' ').replace(/\d\.\d s:/, 'N:')),
	})
	return { supervisor, clock, log, said, lives, code: supervisor.run() }
}

describe('a supervisor', () => {
	it('starts a crashed program again after its wait, and says why', async () => {
		const { clock, log, lives, code } = supervised()
		await lives[0]?.end('SIGKILL')
		clock.advance(499)
		expect(lives).toHaveLength(1)
		clock.advance(1)
		await lives[0]?.end(0)
		await lives[1]?.end(0)
		expect([await code, log]).toEqual([0, ['rivulet: app.ts was killed by SIGKILL after N: restart 1 of 2 in 0.5 s\n']])
	})

	it('gives up after the limit, with exit code 1', async () => {
		const { clock, log, lives, code } = supervised(1)
		await lives[0]?.end(3)
		clock.advance(500)
		await lives[0]?.end(3)
		await lives[1]?.end(3)
		expect([await code, log.at(-1)]).toEqual([
			1,
			'rivulet: app.ts ended with exit code 3 after N: given up after 1 restart without a minute of work between; see its error above\n',
		])
	})

	it('does not start a program again that was refused', async () => {
		const { lives, code } = supervised()
		lives[0]?.tell({ kind: 'refused' })
		await lives[0]?.end(1)
		expect([await code, lives.length]).toEqual([1, 1])
	})

	it('ends a program that has not stopped in the time it named', async () => {
		const { supervisor, clock, said, lives, code, log } = supervised()
		supervisor.stop('SIGTERM')
		lives[0]?.tell({ kind: 'stopping', withinMs: 30_000 })
		clock.advance(34_999)
		expect(said).toEqual(['SIGTERM'])
		clock.advance(1)
		expect([await code, said[1]]).toEqual([137, 'kill'])
		expect(log.at(-1)).toContain('has not ended 30000 ms after it was asked to: it is ended')
	})

	it('ends a program that does not answer after 10 s', async () => {
		const { supervisor, clock, code } = supervised()
		supervisor.stop('SIGTERM')
		clock.advance(10_000)
		expect(await code).toBe(137)
	})

	it('ends at once when stopped while it waits', async () => {
		const { supervisor, lives, code } = supervised()
		await lives[0]?.end(1)
		supervisor.stop('SIGTERM')
		expect([await code, lives.length]).toEqual([143, 1])
	})
})

describe('rivulet run --supervise', () => {
	it('goes on from the checkpoint after SIGKILL, and ends with the program after SIGTERM', async () => {
		const running = new Rivulet(['run', '--supervise', 'batches.ts'], folder)
		const [, first] = await running.saw(/life (\d+) sum 5/)
		process.kill(Number(first), 'SIGKILL')
		await running.saw(new RegExp(`life (?!${first})\\d+ sum 9`))
		running.process.kill('SIGTERM')
		expect(await running.ended()).toBe(0)
		expect(running.out).toMatch(/ended\n$/)
		expect(running.err).toMatch(/batches.ts was killed by SIGKILL after \d+\.\d s: restart 1 of 10 in 0.5 s/)
		const written = readdirSync(join(folder, 'out'))
			.map(Number)
			.sort((a, b) => a - b)
		const sums = written.map((ms) => Number(readFileSync(join(folder, 'out', String(ms)), 'utf8')))
		expect(sums).toEqual(written.map((_, i) => i + 1))
	})

	it('leaves nothing behind when it is killed itself, not even a program that spins', async () => {
		const running = new Rivulet(['run', '--supervise', 'spins.mjs'], folder)
		const [, program, child] = await running.saw(/life (\d+) (\d+)/)
		running.process.kill('SIGKILL')
		for (const pid of [program, child]) await expect.poll(() => isGone(Number(pid))).toBe(true)
	})

	it('gives up on a program that crashes each time', async () => {
		const { code, out, err } = await rivulet(['run', '--supervise', '--restarts', '1', 'crash.mjs'], folder)
		expect([code, out, err.match(/TypeError: broken/g)?.length]).toEqual([1, 'life\nlife\n', 2])
	})

	it('shows type errors once', async () => {
		const { code, out, err } = await rivulet(['run', '--supervise', 'wrong.ts'], folder)
		expect([code, out, err.match(/error TS/g)?.length]).toEqual([1, '', 1])
	})

	it('ends with a program that ends well', async () => {
		const { code, out, err } = await rivulet(['run', '--supervise', 'done.mjs'], folder)
		expect([code, out, err]).toEqual([0, 'life\n', ''])
	})

	it('refuses what it cannot run, and a limit without it', async () => {
		const calls = [
			['--supervise', 'none.ts'],
			['--restarts', '3', 'crash.mjs'],
			['--supervise', '--restarts', 'x', 'crash.mjs'],
		]
		const all = await Promise.all(calls.map((call) => rivulet(['run', ...call], folder)))
		expect(all.map(({ code, err }) => `${code} ${err}`)).toEqual([
			'2 rivulet: no such file: none.ts\n',
			'2 rivulet: --restarts says nothing without --supervise – add --supervise\n',
			"2 rivulet: --restarts must be a whole number at least 0, but got 'x'\n",
		])
	})
})
