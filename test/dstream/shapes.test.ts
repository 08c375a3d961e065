/** Types flow without annotation through streams: this file is checked by the compiler. */

import { describe, expect, expectTypeOf, it } from 'vitest'
import {
	type DStream,
	HashPartitioner,
	type MapWithStateDStream,
	Milliseconds,
	type RDD,
	Seconds,
	type State,
	StateSpec,
	type Time,
} from '../../engine/index.js'
import { withStreams } from '../support/batches.js'

const plus = (a: number, b: number): number => a + b

/** Makes streams and runs none of them. */
const shapes = (title: string, body: (words: DStream<string>, counts: DStream<[string, number]>) => void): void =>
	it(title, () =>
		withStreams(({ input }) => {
			const words = input([['a']])
			body(
				words,
				words.map((w) => [w, 1]),
			)
			expect(words.slideDuration).toEqual(Seconds(1))
		}),
	)

describe('pairs and triples are inferred', () => {
	shapes('in map, flatMap, generators, mapPartitions', (words) => {
		expectTypeOf(words.map((w) => [w, 1])).toEqualTypeOf<DStream<[string, number]>>()
		expectTypeOf(words.map((w) => [w, w.length, true])).toEqualTypeOf<DStream<[string, number, boolean]>>()
		expectTypeOf(words.map((w) => w.length)).toEqualTypeOf<DStream<number>>()
		expectTypeOf(words.map((w) => ({ w, n: 1 }))).toEqualTypeOf<DStream<{ w: string; n: number }>>()
		expectTypeOf(words.map((w) => (w === '' ? undefined : w))).toEqualTypeOf<DStream<string | undefined>>()
		expectTypeOf(words.flatMap((w) => w.split(' '))).toEqualTypeOf<DStream<string>>()
		expectTypeOf(words.flatMap((w) => [[w, 1]])).toEqualTypeOf<DStream<[string, number]>>()
		expectTypeOf(
			words.flatMap(function* (w) {
				yield [w, 1]
			}),
		).toEqualTypeOf<DStream<[string, number]>>()
		expectTypeOf(
			words.mapPartitions(function* (records) {
				for (const w of records) yield [w, w.length]
			}),
		).toEqualTypeOf<DStream<[string, number]>>()
		expectTypeOf(words.glom()).toEqualTypeOf<DStream<string[]>>()
	})
	shapes('in transform and transformWith', (words, counts) => {
		expectTypeOf(words.transform((rdd) => rdd.map((w) => [w, 1]))).toEqualTypeOf<DStream<[string, number]>>()
		expectTypeOf(words.transform((rdd, time) => rdd.map((w) => [w, time.milliseconds]))).toEqualTypeOf<
			DStream<[string, number]>
		>()
		expectTypeOf(counts.transformWith(words, (a, b) => a.cartesian(b))).toEqualTypeOf<
			DStream<[[string, number], string]>
		>()
		expectTypeOf(counts.transform((rdd) => rdd.sortByKey())).toEqualTypeOf<DStream<[string, number]>>()
	})
	shapes('in mapValues, flatMapValues, combineByKey, groups', (_, counts) => {
		expectTypeOf(counts.mapValues((n) => [n, 'x'])).toEqualTypeOf<DStream<[string, [number, string]]>>()
		expectTypeOf(counts.flatMapValues((n) => [n, String(n)])).toEqualTypeOf<DStream<[string, string | number]>>()
		expectTypeOf(
			counts.combineByKey(
				(n) => [n, 1],
				([sum, n], v) => [sum + v, n + 1],
				([a, m], [b, n]) => [a + b, m + n],
			),
		).toEqualTypeOf<DStream<[string, [number, number]]>>()
		expectTypeOf(counts.groupByKey()).toEqualTypeOf<DStream<[string, number[]]>>()
		expectTypeOf(counts.reduceByKey(plus, new HashPartitioner(2))).toEqualTypeOf<DStream<[string, number]>>()
	})
	shapes('in counts and windows', (words, counts) => {
		expectTypeOf(words.count()).toEqualTypeOf<DStream<number>>()
		expectTypeOf(words.countByValue()).toEqualTypeOf<DStream<[string, number]>>()
		expectTypeOf(words.window('2s', '1s')).toEqualTypeOf<DStream<string>>()
		expectTypeOf(words.countByWindow('2s', '1s')).toEqualTypeOf<DStream<number>>()
		expectTypeOf(words.countByValueAndWindow('2s', '1s')).toEqualTypeOf<DStream<[string, number]>>()
		expectTypeOf(words.reduceByWindow((a, b) => a + b, '2s', '1s')).toEqualTypeOf<DStream<string>>()
		expectTypeOf(counts.groupByKeyAndWindow('2s')).toEqualTypeOf<DStream<[string, number[]]>>()
		expectTypeOf(counts.reduceByKeyAndWindow((a, b) => a + b, '2s')).toEqualTypeOf<DStream<[string, number]>>()
		expectTypeOf(
			counts.reduceByKeyAndWindow(
				(a, b) => a + b,
				(a, b) => a - b,
				'2s',
				'1s',
				2,
				([word, n]) => word !== '' && n > 0,
			),
		).toEqualTypeOf<DStream<[string, number]>>()
	})
})

shapes('joins have undefined where a side may lack the key', (words, counts) => {
	const lengths = words.map((w) => [w, w.length > 1])
	expectTypeOf(counts.join(lengths)).toEqualTypeOf<DStream<[string, [number, boolean]]>>()
	expectTypeOf(counts.leftOuterJoin(lengths)).toEqualTypeOf<DStream<[string, [number, boolean | undefined]]>>()
	expectTypeOf(counts.rightOuterJoin(lengths)).toEqualTypeOf<DStream<[string, [number | undefined, boolean]]>>()
	expectTypeOf(counts.fullOuterJoin(lengths)).toEqualTypeOf<
		DStream<[string, [number | undefined, boolean | undefined]]>
	>()
	expectTypeOf(counts.cogroup(lengths)).toEqualTypeOf<DStream<[string, [number[], boolean[]]]>>()
	// @ts-expect-error the keys are numbers there
	counts.join(words.map((w) => [w.length, w]))
})

shapes('updateStateByKey takes the type of the state, or the value type', (_, counts) => {
	const initial = undefined as unknown as RDD<[string, number]> | undefined
	expectTypeOf(counts.updateStateByKey((values, state) => values.reduce(plus, state ?? 0))).toEqualTypeOf<
		DStream<[string, number]>
	>()
	expectTypeOf(counts.updateStateByKey((values, state = 0) => values.reduce(plus, state))).toEqualTypeOf<
		DStream<[string, number]>
	>()
	expectTypeOf(counts.updateStateByKey<string[]>((values, state) => [...(state ?? []), String(values)])).toEqualTypeOf<
		DStream<[string, string[]]>
	>()
	expectTypeOf(
		counts.updateStateByKey(
			(time, key, values, state) => {
				expectTypeOf(time).toExtend<Time>()
				expectTypeOf(key).toEqualTypeOf<string>()
				return values.length + (state ?? 0)
			},
			2,
			true,
			initial,
		),
	).toEqualTypeOf<DStream<[string, number]>>()
	expectTypeOf(
		counts.updateStateByKey(
			function* (entries) {
				for (const [key, values, state] of entries) yield [key, values.reduce(plus, state ?? 0)]
			},
			new HashPartitioner(2),
			true,
		),
	).toEqualTypeOf<DStream<[string, number]>>()
})

describe('mapWithState', () => {
	shapes('takes the type of the state, or the value type', (_, counts) => {
		expectTypeOf(
			counts.mapWithState((key, value, state) => {
				expectTypeOf(value).toEqualTypeOf<number | undefined>()
				state.update((value ?? 0) + (state.getOption() ?? 0))
				return [key, state.get()]
			}),
		).toEqualTypeOf<MapWithStateDStream<[string, number], string, number>>()
		expectTypeOf(
			counts.mapWithState((key, _value, state: State<string>) => [key, state.get().length], { timeout: '30 s' }),
		).toEqualTypeOf<MapWithStateDStream<[string, number], string, string>>()
		expectTypeOf(counts.mapWithState((key) => key).stateSnapshots()).toEqualTypeOf<DStream<[string, number]>>()
	})
	shapes('leaves out undefined where the function has the time first', (_, counts) => {
		const timed = (time: Time, key: string, _value: number | undefined, state: State<number>): string | undefined =>
			state.exists() ? `${key} ${time}` : undefined
		expectTypeOf(counts.mapWithState(timed)).toEqualTypeOf<MapWithStateDStream<string, string, number>>()
		expectTypeOf(StateSpec.function(timed)).toEqualTypeOf<StateSpec<string, number, number, string>>()
	})
	shapes('takes a StateSpec', (_, counts) => {
		const running = StateSpec.function((key: string, value: number | undefined, state: State<number>) => [
			key,
			(value ?? 0) + state.get(),
		])
		expectTypeOf(running).toEqualTypeOf<StateSpec<string, number, number, [string, number]>>()
		expectTypeOf(counts.mapWithState(running.timeout('30 s').numPartitions(2))).toEqualTypeOf<
			MapWithStateDStream<[string, number], string, number>
		>()
		expectTypeOf(
			counts.mapWithState(
				StateSpec.function(
					(time: Time, key: string, _: number | undefined, __: State<boolean>): [string, number] | undefined =>
						key === '' ? undefined : [key, time.milliseconds],
				),
			),
		).toEqualTypeOf<MapWithStateDStream<[string, number], string, boolean>>()
	})
})

shapes('durations are Durations or texts with a known unit', (words) => {
	for (const window of ['2s', '2 s', '2000ms', '2000 ms', Seconds(2), Milliseconds(2_000)] as const)
		words.window(window)
	words.window('1 min').window('1m').window('1h').window('1 d')
	const never = (): void => {
		// @ts-expect-error no such unit
		words.window('30 sec')
		// @ts-expect-error a number has no unit
		words.window(30)
		// @ts-expect-error nothing but a unit
		words.window('s')
		// @ts-expect-error no such unit
		words.countByWindow('2s', '1 second')
	}
	expectTypeOf(never).toBeFunction()
})

shapes('pair operators are refused on what is no pair', (words) => {
	const never = (): void => {
		// @ts-expect-error words are no pairs
		words.reduceByKey((a) => a)
		// @ts-expect-error words are no pairs
		words.groupByKey()
		// @ts-expect-error words are no pairs
		words.updateStateByKey(() => 1)
		// @ts-expect-error words are no pairs
		words.mapWithState(() => 1)
		// @ts-expect-error triples are no pairs
		words.map((w) => [w, 1, 2]).reduceByKey((a) => a)
		// @ts-expect-error words are no pairs
		words.join(words.map((w) => [w, 1]))
		// @ts-expect-error words are no pairs
		words.mapValues((v) => v)
	}
	expectTypeOf(never).toBeFunction()
})
