import { describe, expect, it } from 'vitest'
import { type Scene, scene } from './client.js'

/** A context whose time moves by `step(n)`, with a scripted input `s`. */
async function streaming(): Promise<Scene> {
	const made = await scene()
	const batches = JSON.stringify(Array.from({ length: 9 }, (_, i) => [i + 1]))
	const js = `let t = new StreamingContext(sc, '1s', { clock: new ManualClock() }); let s = t.script(${batches}); t.start()`
	await made.run(js, { owner: 'set-up', names: ['t', 's'] })
	return made
}

const printed = ({ said }: Scene): string[] =>
	said.flatMap((one) => (one.kind === 'printed' && one.text !== '' ? [`${one.owner} ${one.title} ${one.lines}`] : []))

describe('a stream', () => {
	it('belongs to the cell that printed it, also after other cells ran, under the name that holds it', async () => {
		const s = await streaming()
		await s.run('let doubled = s.map(x => x * 2); doubled.print()', { owner: 'A', names: ['doubled'] })
		await s.run('await t.step(2)', { owner: 'B' })
		expect(printed(s)).toEqual(['A doubled 2', 'A doubled 4'])
	})

	it('is announced in its cell before its first batch', async () => {
		const s = await streaming()
		await s.run('s.print()', { owner: 'A' })
		expect(s.said.filter((one) => one.kind === 'printed')).toMatchObject([{ owner: 'A', title: 's', text: '' }])
	})

	it('has what its functions print sent to its cell, also while another cell runs', async () => {
		const s = await streaming()
		await s.run("s.foreachRDD(async rdd => console.log('batch', await rdd.first()))", { owner: 'A' })
		await s.run("console.log('mine'); await t.step(2)", { owner: 'B' })
		expect([s.text('A'), s.text('B')]).toEqual(['batch 1\nbatch 2\n', 'mine\n'])
	})

	it('is replaced when its cell runs again', async () => {
		const s = await streaming()
		await s.run('s.map(x => x * 10).print()', { owner: 'A' })
		await s.run('await t.step()')
		await s.run('s.map(x => x * 100).print()', { owner: 'A' })
		await s.run('await t.step()')
		expect(printed(s)).toEqual(['A map 10', 'A map 200'])
	})

	it('is there once when its cell ran again, and again, before a batch came', async () => {
		const s = await streaming()
		await s.run('s.map(x => x * 10).print()', { owner: 'A' })
		await s.run('await t.step()')
		await s.run('s.map(x => x * 100).print()', { owner: 'A' })
		await s.run('s.map(x => x * 1000).print()', { owner: 'A' })
		await s.run('await t.step()')
		expect(printed(s)).toEqual(['A map 10', 'A map 2000'])
	})

	it('goes with its owner also when what replaces it has not taken effect', async () => {
		const s = await streaming()
		await s.run('s.map(x => x * 10).print()', { owner: 'A' })
		await s.run('await t.step()')
		await s.run('s.map(x => x * 100).print()', { owner: 'A' })
		s.session.send({ kind: 'forget', owners: ['A'] })
		await s.run('await t.step()')
		expect(printed(s)).toEqual(['A map 10'])
	})

	it('follows a name that was bound again, and again, before a batch came', async () => {
		const s = await streaming()
		await s.run('let a = s.map(x => x)', { owner: 'a', names: ['a'] })
		await s.run("a.window('2s').print()", { owner: 'A' })
		await s.run('await t.step()')
		await s.run('let a = s.map(x => -x)', { owner: 'a', names: ['a'] })
		await s.run('let a = s.map(x => x * 10)', { owner: 'a', names: ['a'] })
		await s.run('await t.step()')
		expect(printed(s)).toEqual(['A window 1', 'A window 1,20'])
	})

	it('begins without keys when the type of its state has changed two runs ago, before a batch came', async () => {
		const s = await streaming()
		const cell = (zero: string): string =>
			`let a = s.map(x => ['k', x]).updateStateByKey((v, n = ${zero}) => n + v.join()); a.print()`
		const shapes = (type: string) => ({ names: {}, states: { 1: type } })
		await s.run(cell('0'), { owner: 'A', names: ['a'], shapes: shapes('DStream<[string, number]>') })
		await s.run('await t.step()')
		for (const zero of ["'<'", "'>'"])
			await s.run(cell(zero), { owner: 'A', names: ['a'], shapes: shapes('DStream<[string, string]>') })
		await s.run('await t.step()')
		expect(printed(s)).toEqual(['A a (k,01)', 'A a (k,>12)'])
	})

	it('stays as it was when its cell runs again and throws', async () => {
		const s = await streaming()
		await s.run('s.map(x => x * 10).print()', { owner: 'A' })
		await s.run("s.map(x => x * 100).print(); throw new RangeError('no')", { owner: 'A' })
		await s.run('await t.step()')
		expect(printed(s)).toEqual(['A map 10'])
	})

	it('goes when its owner is forgotten', async () => {
		const s = await streaming()
		await s.run('s.print()', { owner: 'A' })
		s.session.send({ kind: 'forget', owners: ['A'] })
		await s.run('await t.step()')
		expect(printed(s)).toEqual([])
	})

	it('takes effect before the cell ends when the cell waits for a batch', async () => {
		const s = await streaming()
		await s.run('s.print(); await t.step()', { owner: 'A' })
		expect(printed(s)).toEqual(['A s 1'])
	})

	it('of another cell follows the stream that a name holds now', async () => {
		const s = await streaming()
		await s.run('let a = s.map(x => x)', { owner: 'a', names: ['a'] })
		await s.run('a.filter(x => x !== 0).print()', { owner: 'A' })
		await s.run('await t.step()')
		await s.run('let a = s.map(x => -x)', { owner: 'a', names: ['a'] })
		await s.run('await t.step()')
		expect(printed(s)).toEqual(['A filter 1', 'A filter -2'])
	})

	it('keeps the past of the stream before in windows of other cells', async () => {
		const s = await streaming()
		await s.run('let a = s.map(x => x)', { owner: 'a', names: ['a'] })
		await s.run("a.window('2s').print()", { owner: 'A' })
		await s.run('await t.step()')
		await s.run('let a = s.map(x => -x)', { owner: 'a', names: ['a'] })
		await s.run('await t.step(2)')
		expect(printed(s)).toEqual(['A window 1', 'A window 1,-2', 'A window -2,-3'])
	})

	it('keeps the past of every stream before, however often its name is bound again', async () => {
		const s = await streaming()
		await s.run('let a = s.map(x => x)', { owner: 'a', names: ['a'] })
		await s.run("a.window('3s').print()", { owner: 'A' })
		for (const by of [-1, 10, 100]) {
			await s.run('await t.step()')
			await s.run(`let a = s.map(x => x * ${by})`, { owner: 'a', names: ['a'] })
		}
		await s.run('await t.step()')
		const shown = ['A window 1', 'A window 1,-2', 'A window 1,-2,30', 'A window -2,30,400']
		expect(printed(s)).toEqual(shown)
	})

	it('stays when its name is bound to a stream that hangs on it', async () => {
		const s = await streaming()
		await s.run('let a = s.map(x => x)', { owner: 'a', names: ['a'] })
		await s.run('a.print()', { owner: 'A' })
		await s.run('a = a.map(x => x * 10); a.print()', { owner: 'B', names: ['a'] })
		await s.run('await t.step()')
		expect(printed(s).sort()).toEqual(['A a 1', 'B a 10'])
	})

	it('says that it is stale when its name is bound to a stream with another slide', async () => {
		const s = await streaming()
		await s.run('let a = s.map(x => x)', { owner: 'a', names: ['a'] })
		await s.run('a.filter(x => x > 0).print()', { owner: 'A' })
		await s.run('await t.step()')
		await s.run("let a = s.window('2s', '2s')", { owner: 'a', names: ['a'] })
		expect(await s.heard('notice')).toMatchObject({ owner: 'A', text: 'a was replaced: stale, run this again' })
	})

	it('keeps its keys when its cell runs again, and says so', async () => {
		const s = await streaming()
		const cell = (by: number): string =>
			`let sums = s.map(x => ['k', x * ${by}]).updateStateByKey((v, n = 0) => n + v.reduce((a, b) => a + b, 0)); sums.print()`
		await s.run(cell(1), { owner: 'A', names: ['sums'] })
		await s.run('await t.step(2)')
		await s.run(cell(100), { owner: 'A', names: ['sums'] })
		await s.run('await t.step()')
		expect(await s.heard('notice')).toMatchObject({ owner: 'A', text: 'sums: 1 key kept; sums.reset() clears' })
		await s.run('sums.reset(); await t.step()')
		expect(printed(s)).toEqual(['A sums (k,1)', 'A sums (k,3)', 'A sums (k,303)', 'A sums (k,400)'])
	})

	it('begins without keys when the type of its state has changed, and says so', async () => {
		const s = await streaming()
		const cell = (zero: string): string =>
			`s.map(x => ['k', x]).updateStateByKey((v, n = ${zero}) => n + v.join()).print()`
		const shapes = (type: string) => ({ names: {}, states: { 1: type } })
		await s.run(cell('0'), { owner: 'A', shapes: shapes('DStream<[string, number]>') })
		await s.run('await t.step()')
		await s.run(cell("'>'"), { owner: 'A', shapes: shapes('DStream<[string, string]>') })
		await s.run('await t.step()')
		const text = 'updateStateByKey: the type of its state has changed: starts empty'
		expect(await s.heard('notice')).toMatchObject({ owner: 'A', text })
		expect(printed(s)).toEqual(['A updateStateByKey (k,01)', 'A updateStateByKey (k,>12)'])
	})

	it('starts empty also when the checker was cold while its cell ran', async () => {
		const s = await streaming()
		const cell = (zero: string): string =>
			`let a = s.map(x => ['k', x]).updateStateByKey((v, n = ${zero}) => n + v.join())`
		const shapes = (type: string) => ({ names: {}, states: { 1: type } })
		const { id } = await s.run(cell('0'), { owner: 'A', names: ['a'] })
		s.session.send({ kind: 'shapes', file: `cell-${id.slice(1)}.ts`, shapes: shapes('DStream<[string, number]>') })
		await s.run('a.print(); await t.step()', { owner: 'B' })
		await s.run(cell("'>'"), { owner: 'A', names: ['a'], shapes: shapes('DStream<[string, string]>') })
		await s.run('await t.step()')
		expect(printed(s)).toEqual(['B a (k,01)', 'B a (k,>12)'])
	})

	it('is stale when its name is bound to a stream of other records', async () => {
		const s = await streaming()
		await s.run('let a = s.map(x => x)', { owner: 'a', names: ['a'], shapes: { names: { a: 'number' }, states: {} } })
		await s.run('a.filter(x => x > 0).print()', { owner: 'A' })
		await s.run('await t.step()')
		await s.run('let a = s.map(String)', { owner: 'a', names: ['a'], shapes: { names: { a: 'string' }, states: {} } })
		expect(await s.heard('notice')).toMatchObject({ owner: 'A', text: 'a was replaced: stale, run this again' })
	})

	it('keeps its queue when its cell makes the same input again', async () => {
		const s = await streaming()
		await s.run('let q = t.queue(); q.push([1], [2], [3])', { names: ['q'] })
		await s.run('let b = t.queueStream(q); b.window(Seconds(2)).print()', { owner: 'A', names: ['b'] })
		await s.run('await t.step(2)')
		await s.run('let b = t.queueStream(q); b.window(Seconds(2)).count().print()', { owner: 'A', names: ['b'] })
		await s.run('await t.step()')
		await s.run('console.log(t.inputs.length, t.inputs.map(i => i.name).join())', { owner: 'B' })
		expect([printed(s).at(-1), s.text('B')]).toEqual(['A count 2', '2 s,b\n'])
	})

	it('that goes on as an older input can be removed', async () => {
		const s = await streaming()
		await s.run('let q = t.queue(); q.push([1], [2], [3])', { names: ['q'] })
		await s.run('let b = t.queueStream(q)', { owner: 'A', names: ['b'] })
		await s.run('b.map(x => x * 10).print()', { owner: 'B' })
		await s.run('await t.step()')
		await s.run('let b = t.queueStream(q)', { owner: 'A', names: ['b'] })
		await s.run('await t.step()')
		await s.run('b.remove()')
		await s.run('await t.step(); console.log(t.inputs.length, t.outputs.length)', { owner: 'C' })
		expect([printed(s), s.text('C')]).toEqual([['B map 10', 'B map 20'], '1 0\n'])
	})

	it('is replaced as soon as its cell, run again, waits for a batch', async () => {
		const s = await streaming()
		await s.run('s.print()', { owner: 'A' })
		await s.run('await t.step()')
		await s.run('s.map(x => x * 10).print(); await t.step(2)', { owner: 'A' })
		expect(printed(s)).toEqual(['A s 1', 'A map 20', 'A map 30'])
	})

	it('does not leave when the cell that removes it throws', async () => {
		const s = await streaming()
		await s.run('let out = s.print()', { owner: 'A', names: ['out'] })
		await s.run('await t.step()')
		await s.run("out.remove(); throw new RangeError('no')", { owner: 'B' })
		await s.run('await t.step()')
		await s.run('out.remove()', { owner: 'B' })
		await s.run('await t.step()')
		expect(printed(s)).toEqual(['A s 1', 'A s 2'])
	})

	it('that a timer of a cell makes, joins although the cell has ended', async () => {
		const s = await streaming()
		await s.run('let made; t.on("batchCompleted", () => { made ??= s.map(x => -x).print() }); s.print()', {
			owner: 'A',
		})
		await s.run('await t.step(); await t.step(2)')
		expect(printed(s)).toEqual(['A s 1', 'A s 2', 'A map -2', 'A s 3', 'A map -3'])
	})

	it('that throws in the cell that waits for it is shown in full once', async () => {
		const s = await streaming()
		const done = await s.run("s.map(x => { throw new RangeError('bad') }).print(); await t.step()", { owner: 'A' })
		const [error] = s.said.filter((one) => one.kind === 'error')
		expect(error?.error.lines.at(-1)).toBe('in the batch at 1000 ms')
		expect(done).toMatchObject({ status: 'error', error: { lines: ['RangeError: bad (shown above)'] } })
	})

	it('that throws is reported once, to its owner, with the line', async () => {
		const s = await streaming()
		await s.run("s.map(x => { throw new RangeError('bad ' + x) }).print()", { owner: 'A' })
		await s.run('await t.step(3).catch(() => undefined)')
		const errors = s.said.filter((one) => one.kind === 'error')
		expect(errors).toMatchObject([{ owner: 'A', error: { name: 'RangeError', message: 'bad 1' } }])
		expect(errors[0]?.error.lines[1]).toBe("  1 | s.map(x => { throw new RangeError('bad ' + x) }).print()")
	})

	it('takes the place of the one that its variable held, with its name, when it is assigned', async () => {
		const s = await streaming()
		await s.run('let picked = t.queueStream([[1], [2], [3]])', { owner: 'A', names: ['picked'] })
		await s.run('let seen = []; picked.map(x => x).foreachRDD(async rdd => seen.push(...await rdd.collect()))', {
			...{ owner: 'B', names: ['seen'] },
		})
		await s.run('await t.step()')
		const done = await s.run('picked = t.queueStream([[10], [20]])', { owner: 'C', assigns: ['picked'] })
		await s.run('await t.step(); console.log(seen, t.inputs.map(({ name }) => name))', { owner: 'D' })
		expect([s.text('D'), done.names]).toEqual(["[ 1, 10 ] [ 's', 'picked' ]\n", []])
	})

	it('as last value opens a live view that follows its batches', async () => {
		const s = await streaming()
		await s.run('$rv.last(s.map(x => [x, x]))', { owner: 'A', hasValue: true })
		await s.run('await t.step(2)')
		const frame = await s.heard('viewFrame', (one) => one.frame.timeMs === 2_000)
		expect([frame.owner, frame.frame.rows]).toEqual(['A', [{ key: 2, value: 2 }]])
	})
})
