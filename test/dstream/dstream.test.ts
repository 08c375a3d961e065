import { describe, expect, it } from 'vitest'
import { type DStream, Interval, type RDD, Seconds, StateSpec, StorageLevel, Time } from '../../engine/index.js'
import { type Scope, withStreams } from '../support/batches.js'

type Pairs = DStream<[string, number]>
const pairs = ({ input }: Scope): Pairs => input([[['a', 1]]])
const plus = (a: number, b: number): number => a + b

/** Everything that may be made of a stream. */
const operators: [string, (s: Pairs, scope: Scope) => unknown][] = [
	['map', (s) => s.map((x) => x)],
	['flatMap', (s) => s.flatMap((x) => [x])],
	['filter', (s) => s.filter(() => true)],
	['glom', (s) => s.glom()],
	['mapPartitions', (s) => s.mapPartitions((records) => records)],
	['repartition', (s) => s.repartition(2)],
	['reduce', (s) => s.reduce((a) => a)],
	['count', (s) => s.count()],
	['countByValue', (s) => s.countByValue()],
	['transform', (s) => s.transform((rdd) => rdd)],
	['transformWith', (s) => s.transformWith(s, (rdd) => rdd)],
	['union', (s) => s.union(s)],
	['union with another slide', (s) => s.union(s.window('2s', '2s'))],
	['window', (s) => s.window('2s')],
	['window of 1500 ms', (s) => s.window('1500ms')],
	['reduceByWindow', (s) => s.reduceByWindow((a) => a, '2s', '1s')],
	['countByWindow', (s) => s.countByWindow('2s', '1s')],
	['countByValueAndWindow', (s) => s.countByValueAndWindow('2s', '1s')],
	['groupByKey', (s) => s.groupByKey()],
	['reduceByKey', (s) => s.reduceByKey(plus)],
	['combineByKey', (s) => s.combineByKey((v) => v, plus, plus)],
	['mapValues', (s) => s.mapValues((v) => v)],
	['flatMapValues', (s) => s.flatMapValues((v) => [v])],
	['cogroup', (s) => s.cogroup(s)],
	['join', (s) => s.join(s)],
	['groupByKeyAndWindow', (s) => s.groupByKeyAndWindow('2s')],
	['reduceByKeyAndWindow', (s) => s.reduceByKeyAndWindow(plus, '2s')],
	['reduceByKeyAndWindow with an inverse', (s) => s.reduceByKeyAndWindow(plus, plus, '1500ms')],
	['updateStateByKey', (s) => s.updateStateByKey((vs) => vs[0])],
	['mapWithState', (s) => s.mapWithState(StateSpec.function((k: string, _v: number | undefined) => k))],
	['ssc.union', (s, { ssc }) => ssc.union([s, s])],
	['ssc.transform', (s, { ssc }) => ssc.transform([s], ([rdd]) => rdd as RDD<number>)],
	['an input', (_, { ssc }) => ssc.queueStream([])],
]
const outputs: [string, (s: Pairs) => unknown][] = [
	['foreachRDD', (s) => s.foreachRDD(() => undefined)],
	['print', (s) => s.print()],
	['pprint', (s) => s.pprint()],
	['saveAsTextFiles', (s) => s.saveAsTextFiles('x')],
]

describe('in a strict graph', () => {
	const text = (when: string): string =>
		`Adding new inputs, transformations, and output operations after ${when} a context is not supported`
	it.each([...operators, ...outputs])('%s is refused after the start, and after the stop', (_, build) =>
		withStreams(async (scope) => {
			const s = pairs(scope)
			s.foreachRDD(() => undefined)
			scope.ssc.start()
			expect(() => build(s, scope)).toThrow(text('starting'))
			await scope.ssc.stop(false)
			expect(() => build(s, scope)).toThrow(text('stopping'))
		}),
	)
	it('levels and intervals are fixed by the start', () =>
		withStreams((scope) => {
			const s = pairs(scope)
			s.foreachRDD(() => undefined)
			scope.ssc.start()
			const level = 'Cannot change storage level of a DStream after streaming context has started'
			expect(() => s.persist(StorageLevel.MEMORY_ONLY)).toThrow(level)
			expect(() => s.cache()).toThrow(level)
			expect(() => s.checkpoint('2s')).toThrow(
				'Cannot change checkpoint interval of a DStream after streaming context has started',
			)
		}))
})

describe('levels and intervals', () => {
	it('nothing is kept unless told; persist and cache keep bytes in memory, and may be called again', () =>
		withStreams((scope) => {
			const s = pairs(scope)
			expect(s.storageLevel).toBe(StorageLevel.NONE)
			expect(s.persist()).toBe(s)
			expect(s.storageLevel).toEqual(StorageLevel.MEMORY_ONLY_SER)
			expect(s.persist(StorageLevel.DISK_ONLY).storageLevel).toEqual(StorageLevel.DISK_ONLY)
			expect(s.cache().storageLevel).toEqual(StorageLevel.MEMORY_ONLY_SER)
		}))
	it('checkpoint sets the interval, and the level with it', () =>
		withStreams((scope) => {
			const s = pairs(scope).persist(StorageLevel.DISK_ONLY)
			expect(s.checkpoint('2s')).toBe(s)
			expect([s.checkpointDuration, s.storageLevel]).toEqual([Seconds(2), StorageLevel.MEMORY_ONLY_SER])
		}))
	it('updateStateByKey and inverse windows keep bytes and are checkpointed every ten seconds, or every slide', () =>
		withStreams((scope) => {
			const s = pairs(scope)
			const state = s.updateStateByKey((vs) => vs[0])
			const slow = s.window('12s', '12s').reduceByKeyAndWindow(plus, plus, '24s')
			const three = s.window('3s', '3s').updateStateByKey((vs) => vs[0])
			const all = [state, slow, three]
			for (const each of all) each.foreachRDD(() => undefined)
			scope.ssc.start()
			expect(all.map((each) => [each.storageLevel, each.checkpointDuration])).toEqual([
				[StorageLevel.MEMORY_ONLY_SER, Seconds(10)],
				[StorageLevel.MEMORY_ONLY_SER, Seconds(12)],
				[StorageLevel.MEMORY_ONLY_SER, Seconds(12)],
			])
		}))

	const mapped = (s: Pairs): Pairs => s.map((x) => x)
	const fails = (name: string, what: string): string =>
		`requirement failed: The checkpoint interval for ${name} has been set to ${what}`
	it.each<[string, (s: Pairs) => DStream<unknown>, string]>([
		[
			'MappedDStream below its slide',
			(s) => mapped(s).checkpoint('500ms'),
			fails('MappedDStream', '500 ms which is lower than its slide time (1000 ms). Please set it to at least 1000 ms.'),
		],
		[
			'MappedDStream off its slide',
			(s) => mapped(s).checkpoint('1500ms'),
			fails(
				'MappedDStream',
				' 1500 ms which not a multiple of its slide time (1000 ms). Please set it to a multiple of 1000 ms.',
			),
		],
		[
			'FlatMappedDStream',
			(s) => s.flatMap((x) => [x]).checkpoint('1500ms'),
			fails('FlatMappedDStream', ' 1500 ms which'),
		],
		['FilteredDStream', (s) => s.filter(() => true).checkpoint('1500ms'), fails('FilteredDStream', ' 1500 ms which')],
		['GlommedDStream', (s) => s.glom().checkpoint('1500ms'), fails('GlommedDStream', ' 1500 ms which')],
		[
			'MapPartitionedDStream',
			(s) => s.mapPartitions((x) => x).checkpoint('1500ms'),
			fails('MapPartitionedDStream', ' 1500 ms which'),
		],
		[
			'TransformedDStream of transform',
			(s) => s.transform((x) => x).checkpoint('1500ms'),
			fails('TransformedDStream', ' 1500 ms which'),
		],
		[
			'TransformedDStream of join',
			(s) => s.join(s).checkpoint('1500ms'),
			fails('TransformedDStream', ' 1500 ms which'),
		],
		['UnionDStream', (s) => s.union(s).checkpoint('1500ms'), fails('UnionDStream', ' 1500 ms which')],
		[
			'ShuffledDStream of reduceByKey',
			(s) => s.reduceByKey(plus).checkpoint('1500ms'),
			fails('ShuffledDStream', ' 1500 ms which'),
		],
		[
			'ShuffledDStream of groupByKey',
			(s) => s.groupByKey().checkpoint('1500ms'),
			fails('ShuffledDStream', ' 1500 ms which'),
		],
		[
			'MapValuedDStream',
			(s) => s.mapValues((x) => x).checkpoint('1500ms'),
			fails('MapValuedDStream', ' 1500 ms which'),
		],
		[
			'FlatMapValuedDStream',
			(s) => s.flatMapValues((x) => [x]).checkpoint('1500ms'),
			fails('FlatMapValuedDStream', ' 1500 ms which'),
		],
		[
			'StateDStream',
			(s) => s.updateStateByKey((vs) => vs[0]).checkpoint('0s'),
			fails('StateDStream', '0 ms which is lower'),
		],
		[
			'ReducedWindowedDStream',
			(s) => s.reduceByKeyAndWindow(plus, plus, '2s').checkpoint('1500ms'),
			fails('ReducedWindowedDStream', ' 1500 ms which'),
		],
		[
			'InternalMapWithStateDStream',
			(s) => s.mapWithState((k) => k).checkpoint('1500ms'),
			fails('InternalMapWithStateDStream', ' 1500 ms which'),
		],
		[
			'WindowedDStream',
			(s) => s.window('2s').checkpoint('2s'),
			'requirement failed: WindowedDStream has been marked for checkpointing but the storage level has not been set',
		],
	])('an interval that does not fit fails the start: %s', (_, build, text) =>
		withStreams((scope) => {
			build(pairs(scope)).foreachRDD(() => undefined)
			expect(() => scope.ssc.start()).toThrow(text)
			expect(scope.ssc.getState()).toBe('STOPPED')
		}),
	)
})

describe('slice', () => {
	const times = [
		[0, 1_000],
		[0, 2_000],
		[1_000, 2_000],
		[2_000, 4_000],
		[1_500, 2_999],
		[3_000, 1_000],
	] as const
	it('gives the RDDs of its times, both ends included, off the grid floored', () =>
		withStreams(async ({ ssc, input }) => {
			const s = input([[1], [2], [3], [4]])
			s.foreachRDD(() => undefined)
			ssc.remember('10s')
			await ssc.step(4)
			const slices = times.map(async ([from, to]) => {
				const rdds = s.slice(new Time(from), new Time(to))
				const same = s.slice(new Interval(new Time(from), new Time(to)))
				expect(same).toEqual(rdds)
				return (await Promise.all(rdds.map((rdd) => rdd.collect()))).flat()
			})
			expect(await Promise.all(slices)).toEqual([[1], [1, 2], [1, 2], [2, 3, 4], [1, 2], []])
		}))
	it('is refused before the start', () =>
		withStreams(({ input }) => {
			expect(() => input([[1]]).slice(new Time(0), new Time(1_000))).toThrow('has not been initialized')
		}))
	it('leaves out times without an RDD, and computes again what was forgotten', () =>
		withStreams(async ({ ssc, input }) => {
			const s = input([[1], undefined, [3], [4]])
			const mapped = s.map((x) => x * 10)
			mapped.foreachRDD(() => undefined)
			await ssc.step(4)
			const rows = await Promise.all(mapped.slice(new Time(1_000), new Time(3_000)).map((rdd) => rdd.collect()))
			expect(rows).toEqual([[10], [30]])
		}))
})

describe('what is remembered', () => {
	it('reaches as far back as windows need, parents longer than children', () =>
		withStreams(async ({ ssc, input }) => {
			const mapped = input(Array.from({ length: 10 }, (_, x) => [x, x + 1])).map((x) => x)
			const window1 = mapped.window('2s', '1s')
			const window2 = window1.window('4s', '2s')
			window2.foreachRDD(() => undefined)
			ssc.remember('3s')
			await ssc.step(10)
			expect([window2, window1, mapped].map((s) => s.rememberDuration?.milliseconds)).toEqual([3_000, 7_000, 9_000])
			const has = (s: DStream<unknown>, ms: number): boolean => s.generatedRDDs.has(ms)
			expect([has(window2, 10_000), has(window2, 8_000), has(window2, 6_000)]).toEqual([true, true, false])
			expect([has(window1, 10_000), has(window1, 4_000), has(window1, 3_000)]).toEqual([true, true, false])
			expect([has(mapped, 10_000), has(mapped, 2_000), has(mapped, 1_000)]).toEqual([true, true, false])
		}))
	it('of a state reaches over two checkpoints', () =>
		withStreams(async (scope) => {
			const state = pairs(scope).updateStateByKey((vs, st) => vs.reduce(plus, st ?? 0))
			state.checkpoint('3s').foreachRDD(() => undefined)
			await scope.ssc.step(10)
			expect([state.rememberDuration, state.generatedRDDs.has(10_000), state.generatedRDDs.has(4_000)]).toEqual([
				Seconds(6),
				true,
				false,
			])
		}))
})
