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

	it('says that it is stale when the stream it hangs on is bound again', async () => {
		const s = await streaming()
		await s.run('let a = s.map(x => x)', { names: ['a'] })
		await s.run('a.filter(x => x > 0).print()', { owner: 'A' })
		await s.run('await t.step()')
		await s.run('let a = s.map(x => -x)', { names: ['a'] })
		expect(await s.heard('notice')).toMatchObject({ owner: 'A', text: 'a was replaced: stale, run this again' })
	})

	it('that throws is reported once, to its owner, with the line', async () => {
		const s = await streaming()
		await s.run("s.map(x => { throw new RangeError('bad ' + x) }).print()", { owner: 'A' })
		await s.run('await t.step(3).catch(() => undefined)')
		const errors = s.said.filter((one) => one.kind === 'error')
		expect(errors).toMatchObject([{ owner: 'A', error: { name: 'RangeError', message: 'bad 1' } }])
		expect(errors[0]?.error.lines[1]).toBe("  1 | s.map(x => { throw new RangeError('bad ' + x) }).print()")
	})

	it('as last value opens a live view that follows its batches', async () => {
		const s = await streaming()
		await s.run('$rv.last(s.map(x => [x, x]))', { owner: 'A', hasValue: true })
		await s.run('await t.step(2)')
		const frame = await s.heard('viewFrame', (one) => one.frame.timeMs === 2_000)
		expect([frame.owner, frame.frame.rows]).toEqual(['A', [{ key: 2, value: 2 }]])
	})
})
