import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { type RDD, setHost } from '../../engine/index.js'
import { manualContext, stopAll } from '../support/timeline.js'

afterEach(async () => {
	setHost({})
	await stopAll()
})

const live = { settings: { 'rivulet.liveGraph': 'true' } }

describe('a strict graph', () => {
	it.each([
		['an input', (ssc: ReturnType<typeof manualContext>['ssc']) => ssc.queueStream([])],
		['a transformation', (ssc: ReturnType<typeof manualContext>['ssc']) => ssc.inputs[0]?.map((x: number) => x)],
		['an output', (ssc: ReturnType<typeof manualContext>['ssc']) => ssc.inputs[0]?.print()],
	])('refuses %s after the start', async (_, add) => {
		const { ssc, close } = manualContext()
		ssc.script([[1]]).foreachRDD(() => undefined)
		ssc.start()
		expect(() => add(ssc)).toThrow(
			'Adding new inputs, transformations, and output operations after starting a context is not supported',
		)
		await close()
	})
})

describe('a live graph', () => {
	it('starts without outputs, and an output joins at the next batch', async () => {
		const { ssc, close } = manualContext(live)
		const stream = ssc.script([[1], [2], [3]])
		await ssc.step()
		const seen: number[][] = []
		stream.foreachRDD(async (rdd) => void seen.push(await rdd.collect()))
		await ssc.step(2)
		expect(seen).toEqual([[2], [3]])
		await close()
	})

	it.each([
		['at once when a cell has released it', 'cell', [[1], [2]]],
		['with the next batch when an output comes with it', 'both', []],
	])('shows the past to a view %s', async (_, what, past) => {
		const { ssc, close } = manualContext(live)
		const stream = ssc.script([[1], [2], [3]])
		stream.foreachRDD(() => undefined)
		await ssc.step(2)
		const seen: (readonly number[])[] = []
		let group: string | undefined = 'cell'
		setHost({ group: () => group })
		const shown = new Promise<void>((resolve) => {
			stream.observe(({ rows }) => void (seen.push(rows) === past.length && resolve()), { backfill: true })
		})
		if (what === 'both') stream.foreachRDD(() => undefined)
		group = undefined
		ssc.live.release('cell')
		if (past.length > 0) await shown
		expect(seen).toEqual(past)
		await ssc.step()
		expect(seen).toEqual([[1], [2], [3]])
		await close()
	})

	it('back-fills a window that joins from remembered input, from the next multiple of its slide', async () => {
		const { ssc, close } = manualContext(live)
		const stream = ssc.script([[1], [2], [3], [4]])
		stream.foreachRDD(() => undefined)
		await ssc.step(2)
		const seen: [number, number[]][] = []
		stream.window('3s', '2s').foreachRDD(async (rdd, t) => void seen.push([t.milliseconds, await rdd.collect()]))
		await ssc.step(2)
		expect(seen).toEqual([[4_000, [2, 3, 4]]])
		await close()
	})

	it('takes in a queue that is made while it runs', async () => {
		const { ssc, close } = manualContext(live)
		ssc.script([[1]]).foreachRDD(() => undefined)
		await ssc.step()
		const queue = ssc.queue<number>()
		const seen: number[][] = []
		ssc.queueStream(queue).foreachRDD(async (rdd) => void seen.push(await rdd.collect()))
		queue.push([1, 2, 3])
		await ssc.step(2)
		expect(seen).toEqual([[1, 2, 3], []])
		await close()
	})

	it('lets an output go at the next batch after remove()', async () => {
		const { ssc, close } = manualContext(live)
		const seen: number[] = []
		const output = ssc.script([[1], [2]]).foreachRDD((_, time) => void seen.push(time.milliseconds))
		await ssc.step()
		output.remove()
		await ssc.step()
		expect(seen).toEqual([1_000])
		expect(ssc.outputs).toEqual([])
		await close()
	})

	it('adds what one group made together, when it is released', async () => {
		let group: string | undefined = 'cell 1'
		setHost({ group: () => group, liveGraph: true })
		const { ssc, close } = manualContext(live)
		const seen: string[] = []
		const stream = ssc.script([[1], [2], [3], [4]])
		await ssc.step()
		stream.foreachRDD((_, t) => void seen.push(`kept ${t}`))
		group = 'cell 2'
		stream.foreachRDD((_, t) => void seen.push(`discarded ${t}`))
		await ssc.step()
		expect(seen).toEqual([])
		ssc.live.release('cell 1')
		ssc.live.discard('cell 2')
		await ssc.step()
		ssc.live.removeGroup('cell 1')
		await ssc.step()
		expect(seen).toEqual(['kept 3000 ms'])
		await close()
	})

	it('starts again after a stop from the same graph', async () => {
		const { ssc, close } = manualContext(live)
		const seen: number[][] = []
		ssc.script([[1], [2]]).foreachRDD(async (rdd) => void seen.push(await rdd.collect()))
		await ssc.step()
		await ssc.stop(false)
		ssc.start()
		await ssc.step()
		expect(seen).toEqual([[1], [1]])
		await close()
	})
})

describe('a state that goes on in a graph that was made again', () => {
	it('does not fail windows that are longer than what it remembers', async () => {
		let group = 'input'
		setHost({ group: () => group, liveGraph: true, batchError: () => undefined, notice: () => undefined })
		const directory = mkdtempSync(join(tmpdir(), 'rivulet-live-'))
		const { ssc, close } = manualContext({ ...live, checkpointDirectory: directory })
		const pairs = ssc.rateStream(2, (i): [number, number] => [i % 3, 1])
		const total = () => pairs.updateStateByKey<number>((values, state) => (state ?? 0) + values.length)
		ssc.live.release('input')
		await ssc.step()
		group = 'first'
		total().foreachRDD(() => undefined)
		ssc.live.release('first')
		await ssc.step(29)
		group = 'second'
		const seen: number[] = []
		total()
			.count()
			.window('25s')
			.foreachRDD(async (rdd) => void seen.push(await rdd.count()))
		ssc.live.replace({ by: 'second', groups: ['first'], successions: [] })
		ssc.live.release('second')
		await ssc.step(2)
		expect(seen).toEqual([seen[0], (seen[0] as number) + 1])
		await close()
		rmSync(directory, { recursive: true })
	})
})

describe('a window made while its parent runs', () => {
	it('may be persisted, and refuses it once it runs itself', async () => {
		const { ssc, close } = manualContext({ settings: { 'rivulet.liveGraph': 'true' } })
		const s = ssc.script([[1], [2], [3]])
		s.foreachRDD(() => undefined)
		await ssc.step()
		const windowed = s.window('2s').persist()
		const seen: number[][] = []
		windowed.foreachRDD(async (rdd) => void seen.push(await rdd.collect()))
		await ssc.step(2)
		expect(seen.at(-1)).toEqual([2, 3])
		expect(() => windowed.persist()).toThrow('Cannot change storage level of a DStream')
		await close()
	})
})

describe('back-fill', () => {
	const remembered = async (settings: Record<string, string>): Promise<number[]> => {
		const { ssc } = manualContext({ settings: { 'rivulet.liveGraph': 'true', ...settings } })
		const s = ssc.script(Array.from({ length: 20 }, (_, i) => Array.from({ length: 100 }, () => i + 1)))
		s.foreachRDD(() => undefined)
		await ssc.step(10)
		const seen: number[] = []
		s.map((x) => x).foreachRDD(async (rdd) => void seen.push(await rdd.first()), { backfill: true })
		await ssc.step()
		return seen
	}

	it.each([
		['every batch, as long as limits allow', {}, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]],
		['as many batches as the setting says', { 'rivulet.backfill': '4' }, [8, 9, 10, 11]],
		['none', { 'rivulet.backfill': '0' }, [11]],
		['as much as fits the memory', { 'rivulet.backfill.maxBytes': '4k' }, [7, 8, 9, 10, 11]],
	])('shows %s', async (_, settings, expected) => {
		expect(await remembered(settings)).toEqual(expected)
	})

	it('is over with the batch it came with, also when that batch has no run of its own', async () => {
		const { ssc } = manualContext(live)
		const s = ssc.script([[1], [2], [3], [4]])
		await ssc.step(2)
		const seen: number[][] = []
		const see = async (rdd: RDD<number>) => void seen.push(await rdd.collect())
		s.window('2s', '2s').foreachRDD(see, { backfill: true })
		await ssc.step()
		expect(seen).toEqual([[1, 2]])
	})

	it('lets a stream that needs every parent begin where all inputs have something', async () => {
		const { ssc } = manualContext(live)
		const a = ssc.script([[1], [2], [3], [4], [5]])
		a.foreachRDD(() => undefined)
		await ssc.step(3)
		const b = ssc.script([[10], [20]])
		const seen: number[][] = []
		a.union(b)
			.window('3s')
			.foreachRDD(async (rdd) => void seen.push(await rdd.collect()))
		await ssc.step(2)
		expect(seen).toEqual([
			[4, 10],
			[4, 10, 5, 20],
		])
	})

	it('shows a stream what its own inputs remember, also when it joins another that began later', async () => {
		const { ssc } = manualContext(live)
		const a = ssc.script<[string, number]>([[['a', 1]], [['a', 2]]])
		await ssc.step()
		const b = ssc.script<[string, number]>([[['a', 10]]])
		const seen: unknown[] = []
		a.mapValues((v) => v)
			.window('2s')
			.join(b)
			.foreachRDD(async (rdd) => void seen.push(await rdd.collect()))
		await ssc.step()
		expect(seen).toEqual([
			[
				['a', [1, 10]],
				['a', [2, 10]],
			],
		])
	})
})
