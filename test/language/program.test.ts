import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { packageFile } from '../../engine/index.js'
import { compile } from '../../kernel/language/compile.js'
import type { ProgramCell, ProgramFacts } from '../../kernel/language/contract.js'
import { programOf } from '../../kernel/language/program.js'

const session: ProgramFacts = {
	...{ file: 'app.ts', checkpoint: 'app-checkpoint', master: 'local[2]', appName: 'rivulet', batchMs: 1_000 },
	...{ streams: ['lines', 'counts'], contexts: [] },
}
const cell = (code: string, names: readonly string[] = [], isAlive = true): ProgramCell => ({
	...{ label: 'cell', code, names, isAlive },
})

/** The program of cells; each cell makes the names that are given with it. */
function programFor(cells: readonly ProgramCell[], facts: Partial<ProgramFacts> = {}): string {
	return programOf(cells, { ...session, ...facts }).text
}

/** What stands in front of `create`, and in it, without what is the same in every program. */
function partsOf(program: string): readonly [string, string] {
	const [front = '', rest = ''] = program.split('/** Makes the context')
	const [, afterHead = ''] = front.split("= 'app-checkpoint'\n")
	const [, body = ''] = rest.split(/\tssc\.checkpoint\(checkpointDirectory\)\n/)
	const inside = body.split('\treturn ssc')[0] ?? ''
	return [afterHead.trim(), inside.replace(/^\t/gm, '').trim()]
}

const lines = cell("const lines = ssc.rateStream(10, i => 'w' + i)", ['lines'])

describe('a program of cells', () => {
	it('is set-up, getOrCreate, start and awaitTermination, with the imports it needs', () =>
		expect(programFor([cell('const lines = ssc.rateStream(1)\nlines.print()', ['lines'])])).toBe(
			`// Written by %export; run it with: rivulet run app.ts
import { Seconds, SparkConf, StreamingContext } from 'rivulet'

/** What the program remembers, to go on where it ended; remove the folder to begin anew. */
const checkpointDirectory = 'app-checkpoint'

/** Makes the context and its streams: when there is no checkpoint yet, and again to go on from one. */
function create(): StreamingContext {
	const ssc = new StreamingContext(new SparkConf().setMaster('local[2]').setAppName('rivulet'), Seconds(1))
	ssc.checkpoint(checkpointDirectory)

	// cell
	const lines = ssc.rateStream(1)
	lines.print()
	return ssc
}

const context = StreamingContext.getOrCreate(checkpointDirectory, create)
context.start()
await context.awaitTermination()
`,
		))

	it.each<readonly [string, readonly ProgramCell[], string, string]>([
		[
			'what hangs on no context stands outside',
			[cell('interface A { n: number }\nexport const f = (n: number): A => ({ n })', ['f']), lines],
			'// cell\ninterface A { n: number }\nconst f = (n: number): A => ({ n })',
			"// cell\nconst lines = ssc.rateStream(10, i => 'w' + i)",
		],
		[
			'a look at a stream becomes a print, once',
			[lines, cell('lines\nlines.map(x => x).chart()\ndisplay(lines)\nlines.print()')],
			'',
			"// cell\nconst lines = ssc.rateStream(10, i => 'w' + i)\n\n// cell\nlines.print()\nlines.map(x => x).print()",
		],
		[
			'what drives batches by hand is left out',
			[lines, cell('ssc.start()\nawait ssc.step(3)\nlines.print()\nawait ssc.stop()\n1 + 1')],
			'',
			"// cell\nconst lines = ssc.rateStream(10, i => 'w' + i)\n\n// cell\nlines.print()",
		],
		[
			'what waits for batches is left out, with what needs it',
			[lines, cell('const n = await sc.parallelize([1]).count()\nconst m = n + 1', ['n', 'm'])],
			'',
			"// cell\nconst lines = ssc.rateStream(10, i => 'w' + i)\n\n// cell\n// left out, it waits for what only a running program has: const n = await sc.parallelize([1]).count()\n// left out, it needs n: const m = n + 1",
		],
		[
			'a cell that is dead comes along when another needs it',
			[
				cell('type Word = string', [], false),
				cell('const dead = 1', [], false),
				cell('const words: Word[] = []', ['words']),
			],
			'// cell\ntype Word = string\n\n// cell\nconst words: Word[] = []',
			'',
		],
		[
			'a name is its last maker’s, which comes before those that use it',
			[cell('const a = b + 1', ['a']), cell('const b = 1', []), cell('const b = 2', ['b'])],
			'// cell\nconst b = 2\n\n// cell\nconst a = b + 1',
			'',
		],
		[
			'templates keep their lines as they are',
			[cell('const lines = ssc.rateStream(1, () => `a\n  b`)', ['lines'])],
			'',
			'// cell\nconst lines = ssc.rateStream(1, () => `a\n  b`)',
		],
	])('%s', (_, cells, front, inside) => {
		const program = programFor(cells)
		expect(partsOf(program)).toEqual([front, inside])
		const place = { directory: tmpdir(), packageFolder: packageFile() }
		expect(compile(program, join(tmpdir(), 'app.ts'), place).report).toBeUndefined()
	})

	it('takes the context that a cell has made, without its manual clock', () => {
		const made = cell(
			"const clock = new ManualClock()\nconst t = new StreamingContext(sc, '1s', { clock, trigger: 'data' })",
			['clock', 't'],
		)
		const program = programFor([made, cell('t.rateStream(1).print()')], { contexts: ['t'], context: 't' })
		expect(program).toContain(
			"const sc = new SparkContext(new SparkConf().setMaster('local[2]').setAppName('rivulet'))",
		)
		expect(program).toContain(
			"const t = new StreamingContext(sc, '1s', { trigger: 'data' })\n\tt.checkpoint(checkpointDirectory)",
		)
		expect(program).toContain('\treturn t\n')
	})

	it('keeps imports, and adds those of names that a session has without one', () => {
		const program = programFor([
			cell("import { readFileSync } from 'node:fs'\nimport { Duration as D } from 'rivulet'"),
			cell('const f = (b: BatchInfo) => new D(b.numRecords)', ['f']),
		])
		expect(program).toContain(
			"import { type BatchInfo, Duration as D, Seconds, SparkConf, StreamingContext } from 'rivulet'\nimport { readFileSync } from 'node:fs'\n",
		)
	})

	it('says when nothing would be computed', () =>
		expect(programOf([lines], session).notes).toEqual([
			'no output operation is in it: end a stream with print() before it can run',
		]))
})
