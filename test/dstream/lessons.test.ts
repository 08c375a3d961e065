/** Time by hand for lessons: traces, checks, rewinding, starting again with another interval. */

import { afterEach, describe, expect, test } from 'vitest'
import { check, SparkConf, StreamingContext } from '../../engine/index.js'
import { manualContext, stopAll } from '../support/timeline.js'

afterEach(stopAll)

const live = { settings: { 'rivulet.liveGraph': 'true' } }

describe('trace', () => {
	test('is a grid of batches by streams', async () => {
		const { ssc } = manualContext()
		const w = ssc.script([['a', 'b'], [], ['c']])
		const win = w.window('2s', '2s')
		w.print()
		win.print()
		const trace = await ssc.trace({ w, win }, 3)
		expect(String(trace)).toBe(
			['time     w     win', '1000 ms  a, b  ·', '2000 ms  ∅     a, b', '3000 ms  c     ·'].join('\n'),
		)
		expect(trace.rows.win).toEqual([undefined, ['a', 'b'], undefined])
	})

	test('sees streams that nobody else computes, also after the start of a strict graph', async () => {
		const { ssc } = manualContext()
		const s = ssc.script([[1], [2], [3]])
		const doubled = s.map((x) => x * 2)
		s.foreachRDD(() => undefined)
		await ssc.step()
		expect((await ssc.trace({ doubled }, 2)).rows.doubled).toEqual([[4], [6]])
	})
})

describe('check', () => {
	test('passes when every batch has what was expected, in any order', async () => {
		const { ssc } = manualContext(live)
		const outcome = await check(ssc.script([[1, 2, 2], []]), [[2, 1, 2], []])
		expect([outcome.passed, String(outcome)]).toEqual([true, '✓ as expected\n  1000 ms  1, 2, 2\n  2000 ms  ∅'])
	})

	test('shows what is missing in red and what is too much in green', async () => {
		const { ssc } = manualContext(live)
		const outcome = await check(ssc.script([[1, 2]]), [[2, 3]])
		expect(outcome.batches).toEqual([{ timeMs: 1_000, rows: [1, 2], missing: [3], extra: [1] }])
		expect(String(outcome)).toContain('✗ 1000 ms  \u001b[32m+1\u001b[39m, 2, \u001b[31m-3\u001b[39m')
	})
})

describe('last', () => {
	test('is the newest batch of a stream', async () => {
		const { ssc } = manualContext()
		const s = ssc.script([[1], [2]])
		s.foreachRDD(() => undefined)
		expect(await s.last).toBeUndefined()
		await ssc.step(2)
		expect(await s.last).toMatchObject({ time: { milliseconds: 2_000 }, rows: [2] })
	})
})

describe('rewind', () => {
	test('goes back to before the first batch, with empty state and the same graph', async () => {
		const { ssc } = manualContext(live)
		const s = ssc.script<[string, number]>([[['a', 1]], [['a', 2]]])
		const sums = s.updateStateByKey<number>((values, n = 0) => n + values.reduce((a, b) => a + b, 0))
		const first = await ssc.trace({ sums }, 2)
		await ssc.rewind()
		expect([ssc.getState(), ssc.clock.now()]).toEqual(['INITIALIZED', 0])
		expect(await ssc.trace({ sums }, 2)).toEqual(first)
	})

	test('needs a ManualClock', async () => {
		const ssc = new StreamingContext(new SparkConf().setMaster('local').setAppName('t'), '1s')
		await expect(ssc.rewind()).rejects.toMatchObject({ code: 'time/manual' })
		await ssc.stop()
	})
})

describe('useManualClock', () => {
	test('drives a context by hand that was made on the system clock', async () => {
		const ssc = new StreamingContext(new SparkConf().setMaster('local').setAppName('t'), '1s')
		const clock = ssc.useManualClock()
		const s = ssc.script([[1]])
		s.foreachRDD(() => undefined)
		expect((await ssc.step()).map(({ batchTime }) => batchTime)).toEqual([1_000])
		expect(clock.now()).toBe(1_000)
		expect(() => ssc.useManualClock()).toThrow('the clock cannot change while batches run')
		await ssc.stop()
	})
})

describe('step', () => {
	test('starts a stopped live context again', async () => {
		const { ssc } = manualContext(live)
		const s = ssc.script([[1], [2]])
		s.foreachRDD(() => undefined)
		await ssc.step()
		await ssc.stop(false)
		expect((await ssc.trace({ s }, 1)).rows.s).toEqual([[1]])
	})
})

describe('restart', () => {
	test('with another interval lets inputs and windows without a slide of their own follow it', async () => {
		const { ssc } = manualContext(live)
		const s = ssc.rateStream(2)
		const win = s.window('4s')
		await ssc.trace({ s, win }, 2)
		await ssc.restart({ batchDuration: '2s' })
		const trace = await ssc.trace({ s, win }, 2)
		expect(trace.times.map(({ milliseconds }) => milliseconds)).toEqual([4_000, 6_000])
		expect(trace.rows.s).toEqual([
			[0, 1, 2, 3],
			[4, 5, 6, 7],
		])
		expect(trace.rows.win?.[1]).toEqual([0, 1, 2, 3, 4, 5, 6, 7])
	})

	test('is refused when a window does not fit the new interval, and nothing has changed', async () => {
		const { ssc } = manualContext(live)
		const s = ssc.rateStream(1)
		s.window('3s', '3s').foreachRDD(() => undefined)
		await ssc.step()
		await expect(ssc.restart({ batchDuration: '2s' })).rejects.toMatchObject({ code: 'graph/duration' })
		expect([ssc.getState(), ssc.batchDuration.milliseconds]).toEqual(['ACTIVE', 1_000])
	})

	test('is refused for a strict graph', async () => {
		const { ssc } = manualContext()
		await expect(ssc.restart()).rejects.toMatchObject({ code: 'context/state' })
	})
})
