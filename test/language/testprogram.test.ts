import { describe, expect, it } from 'vitest'
import type { ProgramCell, ProgramFacts } from '../../kernel/language/contract.js'
import { testOf } from '../../kernel/language/testprogram.js'
import type { RecordedInput, Recording } from '../../kernel/session/magics/recording.js'

const session: ProgramFacts = {
	...{ file: 'counts.test.ts', checkpoint: '', master: 'local', appName: 'rivulet', batchMs: 1_000 },
	...{ streams: ['lines', 'counts'], contexts: [] },
}
const cells = (...codes: string[]): readonly ProgramCell[] =>
	codes.map((code, index) => ({ label: `input [${index + 1}]`, code, names: [], isAlive: true }))
const lines: RecordedInput = {
	...{ owner: '1', line: 1, operator: 'socketTextStream', name: 'lines', type: 'string' },
	batches: [["'a b'"], []],
}
const recording: Recording = {
	...{ name: 'counts', owner: '2', inputs: [lines], expected: ["['a', 'b']", '[]'] },
	...{ times: [5_000, 6_000], zeroMs: 4_000, hasPast: false },
}

/** The statements of the test between set-up and steps. */
function bodyOf(
	given: readonly ProgramCell[],
	part: Partial<Recording> = {},
	facts: Partial<ProgramFacts> = {},
): string {
	const { text } = testOf(given, { ...session, ...facts }, { ...recording, ...part })
	const [, body = ''] = /try \{\n([\s\S]*?)\t\tconst rows\d?: unknown/.exec(text) ?? []
	return body.replace(/^\t\t/gm, '').trim()
}

const socket = "const lines = ssc.socketTextStream('localhost', 9999)"
const counts = "const counts = lines.flatMap(line => line.split(' '))"

describe('a test of a recorded stream', () => {
	it('replays what the inputs brought on a ManualClock and compares what the last batches gave', () =>
		expect(testOf(cells(socket, `${counts}\ncounts.print()`), session, recording).text).toBe(
			`// Written by .test; run it with: npx vitest run counts.test.ts
import { ManualClock, Milliseconds, SparkConf, StreamingContext } from 'rivulet'
import { expect, test } from 'vitest'

test('counts gives what it gave in 2 batches', async () => {
	/** What lines brought, batch by batch. */
	const linesBatches: string[][] = [
		['a b'],
		[],
	]
	const ssc = new StreamingContext(
		new SparkConf().setMaster('local').setAppName('rivulet'),
		Milliseconds(1000),
		{ clock: new ManualClock(4000) },
	)
	try {
		const lines = ssc.queueStream(linesBatches)
		const counts = lines.flatMap(line => line.split(' '))
		const rows: unknown[] = []
		counts.foreachRDD(async (rdd) => void rows.push(await rdd.collect()))
		await ssc.step(2)
		expect(rows.slice(-2)).toEqual([
			['a', 'b'], // 5000 ms
			[], // 6000 ms
		])
	} finally {
		await ssc.stop()
	}
})
`,
		))

	it.each<readonly [string, readonly string[], Partial<Recording>, string]>([
		[
			'the functions and values that the stream uses come along, other streams do not',
			[
				socket,
				`const split = (s: string) => s.split(by)\nconst by = ' '\nconst other = ssc.rateStream(1)\nconst counts = lines.flatMap(split)`,
			],
			{},
			"const lines = ssc.queueStream(linesBatches)\nconst by = ' '\nconst split = (s: string) => s.split(by)\nconst counts = lines.flatMap(split)",
		],
		[
			'what fills a collection that the stream reads comes along',
			[socket, "const stop = new Set<string>()\nstop.add('a')\nconst counts = lines.filter(w => !stop.has(w))"],
			{},
			"const lines = ssc.queueStream(linesBatches)\nconst stop = new Set<string>()\nstop.add('a')\nconst counts = lines.filter(w => !stop.has(w))",
		],
		[
			'a call over many lines is found by the line of its method',
			["const lines = ssc\n\t.socketTextStream(\n\t\t'localhost', 9999)\n\t.map(x => x)", counts],
			{ inputs: [{ ...lines, line: 2 }] },
			`const lines = ssc.queueStream(linesBatches)\n\t.map(x => x)\n${counts}`,
		],
		[
			'two inputs in a line keep their order',
			['const counts = ssc.rateStream(1).union(ssc.rateStream(2))'],
			{ owner: '1', inputs: [1, 2].map(() => ({ ...lines, operator: 'rateStream', name: undefined })) },
			'const counts = ssc.queueStream(input1Batches).union(ssc.queueStream(input2Batches))',
		],
	])('%s', (_, codes, part, body) => expect(bodyOf(cells(...codes), part)).toBe(body))

	it('a context that an input has made is left out, and its name is that of the test', () => {
		const made = 'const mine = new StreamingContext(sc, Seconds(1))'
		const body = bodyOf(
			cells(made, socket.replace('ssc', 'mine'), counts),
			{ owner: '3', inputs: [{ ...lines, owner: '2' }] },
			{ contexts: ['mine'], context: 'mine' },
		)
		expect(body).toBe(`const lines = mine.queueStream(linesBatches)\n${counts}`)
	})

	it('an operator that reads its own past gets a checkpoint directory', () =>
		expect(testOf(cells(socket, counts), session, { ...recording, hasPast: true }).text).toContain(
			"\tssc.checkpoint(mkdtempSync(join(tmpdir(), 'counts-')))\n",
		))

	it('is refused when the call of an input is not found', () =>
		expect(testOf(cells('const lines = make()', counts), session, recording)).toEqual({
			...{ text: '', notes: [] },
			refused: 'the call of socketTextStream in line 1 of input [1] is not found',
		}))
})
