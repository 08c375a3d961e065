import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { Rivulet, rivulet } from './process.js'

const cwd = tmpdir()

describe('the shell on a pipe', () => {
	it('runs its inputs, shows results as lines, and ends with code 0', async () => {
		const { code, out } = await rivulet([], cwd, 'const a = 1\na + 1\nconsole.log("said")\n')
		expect([code, out]).toEqual([0, '2\nsaid\n'])
	})

	it('refuses an input with a type error, goes on when one has ended the process, and ends with code 1', async () => {
		const { code, out } = await rivulet([], cwd, 'const n: number = "x"\n1 + 1\nprocess.exit(3)\n1 + 2\n')
		expect(code).toBe(1)
		expect(out).toMatch(/^cell-1\.ts:1:7 .*TS2322[\s\S]*\n2\nthe session ended[\s\S]*\n3\n$/)
	})

	it('shows the batches of a stream under the input that printed it, and stops it at the end', async () => {
		const input = 'ssc.queueStream([[1, 2], [3]]).print()\nssc.start()\nawait ssc.awaitBatches(2)\n'
		const { code, out } = await rivulet(['--interval', '200ms'], cwd, input)
		// An empty batch may follow before the end of the input is seen.
		const lines = out.split('\n').filter((line) => !line.includes('empty batch'))
		const rows = lines.filter((line) => /^( {2}\d|\[1\] )/.test(line))
		expect([code, rows.map((line) => line.replace(/\d\d:\d\d:\d\d(\.\d+)?$/, 'time'))]).toEqual([
			0,
			['[1] queueStream · time', '  1', '  2', '[1] queueStream · time', '  3'],
		])
	})

	it('--json writes results, rows, events and errors as JSON lines', async () => {
		const input =
			"ssc.queueStream([[1]]).print()\nssc.start()\n1 + 1\nawait ssc.awaitBatches(2)\nthrow new Error('x')\n"
		const { out } = await rivulet(['--json', '--interval', '200ms'], cwd, input)
		const lines = out
			.trim()
			.split('\n')
			.map((line) => JSON.parse(line))
		expect(new Set(lines.map(({ kind }) => kind))).toEqual(new Set(['result', 'rows', 'event', 'error']))
		expect(lines.find(({ kind }) => kind === 'result')).toEqual({ kind: 'result', input: 3, text: '2' })
	})

	it('.export writes what is alive as a program, and the inputs as a notebook', async () => {
		const folder = mkdtempSync(join(cwd, 'export-'))
		const input =
			'const n = ssc.sampleStream("alice").count()\nn.print()\nlet unused = 1\n.clock manual\n.export app.ts\n.export all.ipynb\n'
		const { out } = await rivulet([], folder, input)
		expect(out).toMatch(/^.*manual.*\nwritten: app.ts – rivulet run app.ts\nwritten: all.ipynb\n$/)
		const program = readFileSync(join(folder, 'app.ts'), 'utf8')
		expect([
			program.includes('n.print()'),
			program.includes('getOrCreate'),
			program.includes("from 'rivulet'"),
		]).toEqual([true, true, true])
		const { cells } = JSON.parse(readFileSync(join(folder, 'all.ipynb'), 'utf8'))
		expect(cells.map(({ source }: { source: string[] }) => source.join(''))).toEqual([
			...input.split('\n').slice(0, 3),
			'%clock manual',
		])
		rmSync(folder, { recursive: true })
	})
})

describe('the demonstration', () => {
	it('counts words without a terminal or a second program, and ends with code 0', async () => {
		const { code, out, err } = await rivulet(['--demo', '--batches', '4'], cwd)
		expect([code, err, out.includes("ssc.sampleStream('alice'"), /^ {2}\(the,\d+\)$/m.test(out)]).toEqual([
			0,
			'',
			true,
			true,
		])
	})

	it('ends with a signal when no number of batches is given', async () => {
		const running = new Rivulet(['demo'], cwd)
		await running.saw(/ssc\.start/)
		running.process.kill('SIGTERM')
		expect(await running.ended()).toBe(0)
	})
})
