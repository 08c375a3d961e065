import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Client } from './client.js'

let client: Client
beforeAll(async () => {
	client = await Client.ready('1')
})
afterAll(() => client.stop())

/** Everything a cell shows, as text. */
async function shown(code: string, cellId?: string): Promise<string> {
	const messages = await client.run(code, { stop_on_error: false }, cellId)
	return messages
		.map(({ content }) => content.text ?? content.traceback?.join('\n') ?? content.data['text/plain'])
		.join('')
}

const pageOf = async (code: string): Promise<string> =>
	(await client.reply(client.execute(code))).payload[0].data['text/plain']

describe('magics of the session', () => {
	it('drive a manual clock, in front of the code of their cell and alone', async () => {
		await shown('%reset')
		const made =
			"const lines = ssc.rateStream(10, i => 'w' + i % 3)\nconst held = lines.map(w => [w, 1]).updateStateByKey((v, s) => v.length + (s ?? 0))\nheld.foreachRDD(() => {})"
		expect(await shown(`%clock manual\n${made}`)).toBe('ssc not started · batch interval 1 s · manual clock at 0 ms\n')
		expect((await shown('%step 2')).replace(/ +\d+ \S?s\n/g, '\n')).toBe(
			'batch 1000 ms  10 records  1 output\nbatch 2000 ms  10 records  1 output\n',
		)
	})

	it('%streams lists streams, state, outputs, whose they are and how to stop each', async () => {
		const text = await shown('%streams')
		expect(text).toMatch(/#0 +lines +rateStream +\[\d+\] +1 s +10 records +%stop lines\n/)
		expect(text).toMatch(/#2 +held +updateStateByKey +\[\d+\] +1 s +#1 +3 keys +%stop held\n/)
		expect(text).toMatch(/#3 +output foreachRDD of held +\[\d+\] +%stop #3\n/)
	})

	it('%rate sets the rate of an input, from the next batch on', async () =>
		expect(await shown('%rate lines 100\n%step')).toMatch(/makes 100 a second\nbatch 3000 ms +100 records/))

	it('%stop takes a stream out, and alone stops the context', async () => {
		expect(await shown('%stop held')).toBe(
			'held (updateStateByKey) with what hangs on it is taken out before the next batch\n',
		)
		expect(await shown('%step\n%streams')).toMatch(/held +updateStateByKey .* not read by any output/)
		expect(await shown('%stop')).toContain('%start begins again')
		expect(await shown('%stop')).toBe('nothing runs\n')
	})

	it('%who lists names with their types', async () => {
		const text = await shown('%who lines held')
		expect(text).toBe('lines  InputDStream<string>\nheld   DStream<[string, number]>\n')
	})

	it('%master makes new contexts elsewhere, and refuses what is none', async () => {
		expect(await shown('%master local[2]')).toContain('master local[2], 2 partitions by default\n')
		expect(await shown('%master nowhere')).toContain("Could not parse Master URL: 'nowhere'")
		expect(await shown('sc.master')).toBe("'local[2]'")
	})

	it('used wrongly they say how they are used, without a trace', async () =>
		expect(await shown('%step x')).toBe(
			"UsageError: %step takes a positive whole number of batches, but got 'x'\nwhere: %step\nwhat to do: use %step [n]: Moves a manual clock on by n batches (1) and says what they did.",
		))

	it('tell their own errors at their line', async () =>
		expect(await shown('%clock system\n%step')).toMatch(
			/\nStreamError: the clock is the system clock.*\n {2}2 \| %step\n {6}\^\n/,
		))
})

describe('magics of code', () => {
	it('%time tells how long code took, with its value awaited', async () => {
		expect(await shown('%time sc.parallelize([1, 2]).count()')).toMatch(/^wall .*, processor .*\n2$/)
		expect(await shown('%time\nconst timed = 5\ntimed')).toMatch(/^wall .*\n5$/)
		expect(await shown('timed')).toBe('5')
	})

	it('%timeit repeats it, and keeps no names', async () => {
		expect(await shown('%timeit Math.sqrt(5)')).toMatch(/^\S+ [µnm]s ± \S+ [µnm]s a run \(7 rounds of [\d,]+\)\n$/)
		await shown('%%timeit\nconst mine = 1')
		expect(await shown('typeof mine')).toContain('mine')
	})

	it('keep the line numbers of errors', async () =>
		expect(await shown('%types off\n\n%start\n// three\nnowhere()')).toContain('5 | nowhere()'))

	it('%%js runs JavaScript whose types nobody checks', async () =>
		expect(await shown("%%js\nlet n = 1; n = 'a'; n")).toBe("'a'"))

	it('%%js keeps what would be types in TypeScript', async () =>
		expect(await shown('%%js\nconst b = 1 < 2 > (3)\nb')).toBe('false'))

	it('show the value of the last code alone', async () => expect(await shown('%time 1\n2')).toMatch(/^wall .*\n2$/))

	it('%%html and %%markdown show their body', async () => {
		const [html] = await client.run('%%html\n<b>x</b>')
		expect([html?.type, html?.content.data]).toEqual([
			'display_data',
			{ 'text/html': '<b>x</b>', 'text/plain': '<b>x</b>' },
		])
		const [markdown] = await client.run('%%markdown\n# x')
		expect(markdown?.content.data['text/markdown']).toBe('# x')
	})
})

describe('magics of the front', () => {
	it('%types tells and sets the mode', async () => {
		expect(await shown('%types warn\nconst w: string = 4')).toMatch(/^types: warn\n.*is not assignable/)
		expect(await shown('%types check')).toBe('types: check\n')
	})

	it('%lsmagic has a row for each', async () => expect(await shown('%lsmagic')).toMatch(/^%streams +Lists .*\n%start/))

	it('%load refuses a file that is not there', async () =>
		expect(await shown('%load nothing.ts')).toContain('cannot read nothing.ts'))

	it(
		'%npm runs npm where the notebook is',
		async () => expect(await shown('%npm --version')).toMatch(/^\d+\.\d+\.\d+\n/),
		30_000,
	)

	it('%reset gives a fresh session', async () => {
		await shown('const before = 1')
		expect(await shown('%reset\n%who')).toBe('a fresh session: names and streams are gone\nno names yet\n')
	})

	it('%load runs a file as the cell', async () => {
		await shown("(await import('node:fs')).writeFileSync('lib.ts', 'const loaded: number = 41; loaded')")
		expect(await shown('%load lib.ts')).toBe('41')
		expect(await shown('%load lib.ts\nloaded + 1')).toBe('42')
	})

	it('an unknown magic is an error with the nearest names', async () =>
		expect(await shown('%stepp')).toContain('did you mean %step [n]'))
})

describe('help about magics', () => {
	it.each(['?%step', '%step?'])('%s is in the pager', async (code) =>
		expect(await pageOf(code)).toMatch(/^%step \[n\]/),
	)
	it('name? is the same as ?name', async () => expect(await pageOf('ssc?')).toContain('StreamingContext'))

	it('inspection and completion know them', async () => {
		const inspected = await client.reply(client.send('shell', 'inspect_request', { code: '%clock', cursor_pos: 4 }))
		expect(inspected.data['text/plain']).toContain('%clock [manual | system]')
		const { matches, cursor_start } = await client.reply(
			client.send('shell', 'complete_request', { code: '%clock manual\n%st', cursor_pos: 17 }),
		)
		expect({ matches, cursor_start }).toEqual({ matches: ['%streams', '%start', '%stop', '%step'], cursor_start: 14 })
	})

	it('code below them is completed as code', async () => {
		const code = '%clock manual\nssc.rateSt'
		const { matches } = await client.reply(client.send('shell', 'complete_request', { code, cursor_pos: code.length }))
		expect(matches).toEqual(['rateStream'])
	})
})

describe('%export', () => {
	it('shows the cells that own what is alive as a program, and writes it', async () => {
		await shown('%reset')
		await shown('const gone = ssc.rateStream(1)', 'a')
		await shown('%clock manual\nconst lines = ssc.rateStream(10)', 'a')
		await shown('%step\nlines.print()', 'b')
		await shown('1 + 1', 'c')
		const text = await shown('%export', 'd')
		expect(text).toContain('\tconst lines = ssc.rateStream(10)\n\n\t// cell')
		expect(text).toContain('\tlines.print()\n\treturn ssc\n}')
		expect(text).not.toContain('gone')
		expect(await shown('%export app.ts', 'd')).toBe('written: app.ts – rivulet run app.ts\n')
		expect(await shown("(await import('node:fs')).readFileSync('app.ts', 'utf8')")).toContain('getOrCreate')
	})

	it('writes over no file of somebody else', async () => {
		await shown("(await import('node:fs')).writeFileSync('mine.ts', '1')")
		expect(await shown('%export mine.ts')).toContain('mine.ts is there')
	})
})

describe('%npm', () => {
	it('installs what the next cell can import, with its types', async () => {
		await shown(`const fs = await import('node:fs')
fs.mkdirSync('five')
fs.writeFileSync('five/package.json', JSON.stringify({ name: 'five', version: '1.0.0', main: 'five.js', types: 'five.d.ts' }))
fs.writeFileSync('five/five.js', 'exports.five = 5')
fs.writeFileSync('five/five.d.ts', 'export declare const five: number')`)
		expect(await shown("import { five } from 'five'\nfive")).toContain('five')
		await shown('%npm install ./five')
		expect(await shown("%types check\nimport { five } from 'five'\nconst text: string = five")).toContain(
			"'number' is not assignable",
		)
		expect(await shown("import { five } from 'five'\nfive")).toBe('5')
	})

	it('ends with the kernel', async () => {
		const other = await Client.start()
		other.execute('%npm exec -c "sleep 60; echo"')
		await other.until(({ type }) => type === 'execute_input')
		expect(await other.stop()).toBe(0)
	})

	it('ends, with what it has started, when the cell is interrupted', async () => {
		client.seen.length = 0
		const code = 'console.log(process.pid); setInterval(() => 0, 1000)'
		const id = client.execute(`%npm exec -c "node -e '${code}'"`)
		await client.until(({ type, content }) => type === 'stream' && /^\d+\n/.test(content.text))
		client.send('control', 'interrupt_request', {})
		expect((await client.reply(id)).ename).toBe('Interrupted')
	})
})
