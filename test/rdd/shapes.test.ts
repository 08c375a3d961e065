/** Types flow without annotation: this file is checked by the compiler. */

import { expectTypeOf, it } from 'vitest'
import { type InputDStream, StreamingContext } from '../../engine/index.js'
import type { Action } from '../../engine/rdd/action.js'
import type { RDD } from '../../engine/rdd/rdd.js'
import { withContext } from './context.js'

it('infers pairs, triples and joins', () =>
	withContext((sc) => {
		const lines = sc.parallelize(['a b'])
		const counts = lines
			.flatMap((l) => l.split(' '))
			.map((w) => [w, 1])
			.reduceByKey((a, b) => a + b)
		expectTypeOf(counts).toEqualTypeOf<RDD<[string, number]>>()
		expectTypeOf(lines.map((l) => [l, l.length, true])).toEqualTypeOf<RDD<[string, number, boolean]>>()
		expectTypeOf(counts.mapValues((n) => [n, 'x'])).toEqualTypeOf<RDD<[string, [number, string]]>>()
		expectTypeOf(counts.leftOuterJoin(lines.map((l) => [l, true]))).toEqualTypeOf<
			RDD<[string, [number, boolean | undefined]]>
		>()
		expectTypeOf(counts.groupByKey()).toEqualTypeOf<RDD<[string, number[]]>>()
		expectTypeOf(counts.collect()).toEqualTypeOf<Action<[string, number][]>>()
		expectTypeOf(counts.values().filter((n) => n > 1)).toEqualTypeOf<RDD<number>>()
		// @ts-expect-error lines are no pairs
		lines.reduceByKey((a) => a)
	}))

it('infers the pairs of lists that are written down', () =>
	withContext((sc) => {
		expectTypeOf(sc.parallelize([['a', 1]])).toEqualTypeOf<RDD<[string, number]>>()
		expectTypeOf(sc.makeRDD([['a', [1, 2]]])).toEqualTypeOf<RDD<[string, number[]]>>()
		expectTypeOf(sc.parallelize(['a'])).toEqualTypeOf<RDD<string>>()
		const same = <T>(rows: T[]) => sc.parallelize(rows)
		expectTypeOf(same([1])).toEqualTypeOf<RDD<number>>()
		const ssc = new StreamingContext(sc, '1s')
		expectTypeOf(ssc.script([[['a', 1]], []])).toEqualTypeOf<InputDStream<[string, number]>>()
		expectTypeOf(ssc.queueStream([[['a', 1]]])).toEqualTypeOf<InputDStream<[string, number]>>()
	}))
