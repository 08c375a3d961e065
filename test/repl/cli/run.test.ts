import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { Rivulet, rivulet } from './process.js'

const folder = mkdtempSync(join(tmpdir(), 'rivulet-run-'))
afterAll(() => rmSync(folder, { recursive: true }))

const streaming = `import { SparkConf, StreamingContext } from 'rivulet'
const ssc = new StreamingContext(new SparkConf().setMaster('local').setAppName('app').set('spark.streaming.gracefulStopTimeout', '100s'), '100ms')
ssc.queueStream<number>([]).foreachRDD(() => undefined)
ssc.start()
console.log('started')
await ssc.awaitTermination()
console.log('ended')
`

// What needs no types is JavaScript, which starts without the checker.
const programs: Readonly<Record<string, string>> = {
	'args.ts': `import { Seconds } from 'rivulet'
import { double } from './double.js'
const [file, ...args] = process.argv.slice(1)
console.log(file?.endsWith('args.ts'), args, String(Seconds(await double(1))))
`,
	'double.ts': 'export const double = async (n: number): Promise<number> => n * 2\n',
	'wrong.ts': `console.log('ran')
const count: number = 'x'
console.log(count)
`,
	'imports.ts': "console.log('ran')\nawait import('./other.js')\nimport './wrong.js'\n",
	'throws.ts': `interface Word {
	text: string
}

function fail(word: Word): never {
	throw new TypeError(\`no \${word.text}\`)
}
fail({ text: 'word' })
`,
	'code.mjs': 'process.exitCode = 3\n',
	'streaming.ts': streaming,
	'failing.ts': streaming.replace('undefined)', "{\n\tthrow new TypeError('broken batch')\n})"),
	'slow.mjs': streaming
		.replace('<number>', '')
		.replace('undefined)', "new Promise(() => console.log('waits')))")
		.replace("'100s'", "'200ms'"),
	'idle.mjs': "console.log('started')\nsetInterval(() => undefined, 1_000)\n",
}
for (const [name, text] of Object.entries(programs)) writeFileSync(join(folder, name), text)

describe('rivulet run', () => {
	it('gives the program its arguments, its other files, this package and top-level await', async () => {
		const { code, out, err } = await rivulet(['run', 'args.ts', '--a', '--', 'b'], folder)
		expect([code, out, err]).toEqual([0, "true [ '--a', '--', 'b' ] 2000 ms\n", ''])
	})

	it('checks types first: a report with place and code frame, exit code 1, and nothing has run', async () => {
		const { code, out, err } = await rivulet(['run', 'wrong.ts'], folder)
		expect([code, out]).toEqual([1, ''])
		expect(err.split('\n').filter((line) => line !== '')).toEqual([
			"wrong.ts:2:7 - error TS2322: Type 'string' is not assignable to type 'number'.",
			"2 const count: number = 'x'",
			'        ~~~~~',
			'1 error: nothing was run',
		])
	})

	it('checks the files that a program imports before it runs', async () => {
		const { code, out, err } = await rivulet(['run', 'imports.ts'], folder)
		expect([code, out]).toEqual([1, ''])
		expect(err).toContain('error TS')
	})

	it('shows an uncaught error in lines of the TypeScript source, without those of the runner', async () => {
		const { code, err } = await rivulet(['run', 'throws.ts'], folder)
		const file = join(folder, 'throws.ts')
		expect([code, err.split('\n')]).toEqual([
			1,
			['TypeError: no word', `    at fail (${file}:6:8)`, `    at <anonymous> (${file}:8:1)`, ''],
		])
	})

	it('keeps the exit code that a program has set', async () =>
		expect((await rivulet(['run', 'code.mjs'], folder)).code).toBe(3))

	it('SIGTERM stops the active context gracefully, and the program goes on to its end', async () => {
		const running = new Rivulet(['run', 'streaming.ts'], folder)
		await running.saw(/started/)
		running.process.kill('SIGTERM')
		expect([await running.ended(), running.out]).toEqual([0, 'started\nended\n'])
	})

	it('an error of a batch that the program does not catch ends it', async () => {
		const { code, err } = await rivulet(['run', 'failing.ts'], folder)
		const [message, ...frames] = err.trim().split('\n')
		expect([code, message, frames.filter((frame) => !frame.includes('failing.ts'))]).toEqual([
			1,
			'TypeError: broken batch',
			[],
		])
	})

	it('SIGTERM ends a program whose context does not stop in its time, and says so', async () => {
		const running = new Rivulet(['run', 'slow.mjs'], folder)
		await running.saw(/waits/)
		running.process.kill('SIGTERM')
		expect(await running.ended()).toBe(143)
		expect(running.err).toMatch(/has not stopped within 200 ms \(spark.streaming.gracefulStopTimeout\)/)
	})

	it('a signal ends a program without a context at once', async () => {
		const running = new Rivulet(['run', 'idle.mjs'], folder)
		await running.saw(/started/)
		running.process.kill('SIGTERM')
		expect(await running.ended()).toBe(143)
	})
})
