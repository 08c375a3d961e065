import { describe, expect, it } from 'vitest'
import { type DStream, HashPartitioner, Seconds, State, StateSpec, type Time } from '../../engine/index.js'
import { type Batches, batchesOf, type Scope, type Seen, sorted, withStreams } from '../support/batches.js'
import { isOneProcess } from '../support/settings.js'

type Pairs = DStream<[string, number]>
type Counting = State<number>

const ones = (...batches: string[]): [string, number][][] =>
	batches.map((batch) => [...batch].map((key): [string, number] => [key, 1]))
const counts = (...batches: string[]): [string, number][][] =>
	batches.map((batch) =>
		batch === '' ? [] : batch.split(' ').map((entry): [string, number] => [entry.charAt(0), Number(entry.slice(1))]),
	)
const letters = ones('', 'a', 'ab', 'abc', 'ab', 'a', '')
const snapshots = counts('', 'a1', 'a2 b1', 'a3 b2 c1', 'a4 b3 c1', 'a5 b3 c1', 'a5 b3 c1')

const sum = (value: number | undefined, state: Counting): number => {
	const next = (value ?? 0) + (state.getOption() ?? 0)
	state.update(next)
	return next
}
const count = (_key: string, value: number | undefined, state: Counting): number => sum(value, state)

type Mapped = { mapped: DStream<unknown>; states: DStream<unknown> }
/** Mapped records and snapshots of each batch, in one order. */
async function both(
	build: (s: Pairs, scope: Scope) => DStream<unknown> & { stateSnapshots(): DStream<unknown> },
	input: Batches<[string, number]> = letters,
): Promise<{ mapped: Seen<unknown>[]; states: Seen<unknown>[] }> {
	const run = (pick: (both: Mapped) => DStream<unknown>): Promise<Seen<unknown>[]> =>
		batchesOf(input.length, (scope) => {
			const mapped = build(scope.input(input), scope)
			return pick({ mapped, states: mapped.stateSnapshots() })
		}).then(sorted)
	return { mapped: await run(({ mapped }) => mapped), states: await run(({ states }) => states) }
}

describe('mapWithState, with the batches of Spark', () => {
	it('a function of three parameters gives a record for each record', async () =>
		expect(await both((s) => s.mapWithState(StateSpec.function(count)))).toEqual({
			mapped: [[], [1], [1, 2], [1, 2, 3], [3, 4], [5], []],
			states: snapshots,
		}))
	it('a function of four gives a record or none, and knows the time', async () =>
		expect(
			await both((s) =>
				s.mapWithState(
					StateSpec.function((time: Time, key: string, value: number | undefined, state: Counting) => {
						sum(value, state)
						return key === 'b' ? undefined : `${key}${time.milliseconds}`
					}),
				),
			),
		).toEqual({ mapped: [[], ['a2000'], ['a3000'], ['a4000', 'c4000'], ['a5000'], ['a6000'], []], states: snapshots }))
	it('states may be the records', async () =>
		expect((await both((s) => s.mapWithState((key, value, state) => [key, sum(value, state)]))).mapped).toEqual(
			counts('', 'a1', 'a2 b1', 'a3 b2 c1', 'a4 b3', 'a5', ''),
		))
	it('begins with an initial state', async () => {
		const begin = ({ sc }: Scope) => sc.parallelize(counts('a5 b10 c-20 d0')[0] as [string, number][])
		const expected = counts(
			'a5 b10 c-20 d0',
			'a6 b10 c-20 d0',
			'a7 b11 c-20 d0',
			'a8 b12 c-19 d0',
			'a9 b13 c-19 d0',
			'a10 b13 c-19 d0',
			'a10 b13 c-19 d0',
		)
		const nothing = (_: Time, key: string, value: number | undefined, state: Counting): undefined =>
			void count(key, value, state)
		const spec = await both((s, scope) => s.mapWithState(StateSpec.function(nothing).initialState(begin(scope))))
		expect(spec).toEqual({ mapped: letters.map(() => []), states: expected })
		expect(
			(await both((s, scope) => s.mapWithState(count, { initialState: begin(scope), numPartitions: 3 }))).states,
		).toEqual(expected)
	})
	it('a state may be removed, and made again', async () =>
		expect(
			await both(
				(s) =>
					s.mapWithState(
						StateSpec.function((_: Time, key: string, value: number | undefined, state: Counting) => {
							if (!state.exists()) return void state.update(value ?? 0)
							state.remove()
							return key
						}).numPartitions(1),
					),
				ones('', 'a', 'ab', 'abc', 'abc', 'ab', 'a', ''),
			),
		).toEqual({
			mapped: [[], [], ['a'], ['b'], ['a', 'c'], ['b'], ['a'], []],
			states: counts('', 'a1', 'b1', 'a1 c1', 'b1', 'a1', '', ''),
		}))

	const late = (key: string, _value: number | undefined, state: Counting): string | undefined => {
		if (state.isTimingOut()) return key
		state.update(1)
		return undefined
	}
	const timed = (_: Time, key: string, value: number | undefined, state: Counting): string | undefined =>
		late(key, value, state)
	const fading = [
		...ones('abc', 'ab', 'a', '', '', 'a'),
		...Array.from({ length: 14 }, () => ones('a')[0] as [string, number][]),
	]
	it.each<[string, (s: Pairs) => ReturnType<Pairs['mapWithState']>]>([
		['a StateSpec', (s) => s.mapWithState(StateSpec.function(timed).timeout(Seconds(3))) as never],
		['options', (s) => s.mapWithState(timed, { timeout: '3 s', partitioner: new HashPartitioner(2) }) as never],
	])('keys time out at the first full scan after their timeout, once: %s', async (_, build) => {
		const { mapped, states } = await both(build, fading)
		expect(mapped.flatMap((rows, i) => (rows as string[]).map((key) => [i + 1, key]))).toEqual([
			[10, 'b'],
			[10, 'c'],
		])
		expect([states[2], states.at(-1)]).toEqual(counts('a1 b1 c1', 'a1'))
	})
	it('looks for timeouts as often as it is checkpointed', async () => {
		const build = (s: Pairs) => {
			const mapped = s.mapWithState(timed, { timeout: '1s' })
			mapped.checkpoint('2s')
			return mapped
		}
		expect((await both(build, ones('a', '', '', '', ''))).mapped).toEqual([[], [], [], ['a'], []])
	})
})

describe('a batch', () => {
	it('calls the function once a record, each seeing what the one before did', async () =>
		expect((await both((s) => s.mapWithState(count), ones('aaa', 'aa'))).mapped).toEqual([
			[1, 2, 3],
			[4, 5],
		]))
	it('without an RDD keeps the states and gives no records', async () =>
		expect(await both((s) => s.mapWithState(count), [...ones('a'), undefined, ...ones('a')])).toEqual({
			mapped: [[1], [], [2]],
			states: counts('a1', 'a1', 'a2'),
		}))
	it('follows the slide duration of its parent', async () =>
		expect(
			await batchesOf(4, ({ input }) =>
				input(ones('a', 'a', 'a', 'a'))
					.window('2s', '2s')
					.mapWithState(count),
			),
		).toEqual([undefined, [1, 2], undefined, [3, 4]]))
	it('keeps one key for equal values', async () => {
		for (const key of [() => ['a', 1], () => new Date(7), () => new Uint8Array([1]), () => ({ a: 1 })]) {
			const seen = await batchesOf(2, ({ input }) =>
				input(ones('x', 'xy'))
					.map(([, v]) => [key() as object, v])
					.mapWithState((_, value, state: Counting) => sum(value, state))
					.stateSnapshots(),
			)
			expect(seen).toEqual([[[key(), 1]], [[key(), 3]]])
		}
	})
	it('that only reads leaves the key without a state', async () => {
		const read = (_: string, value: number | undefined, state: Counting): unknown[] => [
			value,
			state.getOption(),
			state.exists(),
		]
		expect((await both((s) => s.mapWithState(read as never), ones('a'))).mapped).toEqual([[[1, undefined, false]]])
	})
	it('may change the state it got: what the batch before saw stays as it was', async () => {
		const seen = await withStreams(async ({ ssc, input }) => {
			const push = (_: string, value: number | undefined, state: State<number[]>): number => {
				if (!state.exists()) state.update([])
				state.get().push(value ?? 0)
				return state.get().length
			}
			const states = input(ones('a', 'aa', 'a'))
				.mapWithState<number[], number>(push)
				.stateSnapshots()
			const batches: unknown[] = []
			states.foreachRDD(async (rdd) => void batches.push(await rdd.collect()))
			await ssc.step(3)
			return batches
		})
		expect(seen).toEqual([[['a', [1]]], [['a', [1, 1, 1]]], [['a', [1, 1, 1, 1]]]])
	})
})

describe('a function that fails', () => {
	it.runIf(isOneProcess())('fails its batch; the next one counts everything once, that batch included', async () => {
		let calls = 0
		const failing = (_: string, value: number | undefined, state: State<{ n: number }>): number => {
			const next = state.getOption() ?? { n: 0 }
			next.n += value ?? 0
			calls += 1
			if (calls === 3) throw new Error('boom')
			state.update(next)
			return next.n
		}
		expect(
			await batchesOf(3, ({ input }) =>
				input(ones('a', 'aa', 'a')).mapWithState<{ n: number }, number>(failing, { numPartitions: 1 }),
			),
		).toEqual([[1], 'boom', [4]])
	})
	it.each<[string, (...args: never[]) => unknown, string]>([
		['a promise', async () => 1, 'the function of mapWithState returned a promise'],
		[
			'a second remove',
			(_k: never, _v: never, state: Counting) => [state.remove(), state.remove()],
			'requirement failed: Cannot remove the state that has already been removed',
		],
		[
			'an update after remove',
			(_k: never, _v: never, state: Counting) => [state.remove(), state.update(1)],
			'requirement failed: Cannot update the state after it has been removed',
		],
		['get of no state', (_k: never, _v: never, state: Counting) => state.get(), 'State is not set'],
	])('%s is refused', async (_, mapping, text) =>
		expect(await batchesOf(1, ({ input }) => input(ones('a')).mapWithState(mapping as never))).toEqual([text]),
	)
	it.each<[string, (state: Counting) => void]>([
		['remove', (state) => state.remove()],
		['update', (state) => state.update(1)],
	])('%s of a state that is timing out is refused', async (what, act) => {
		const seen = await batchesOf(4, ({ input }) => {
			const mapped = input(ones('a', '', '', '')).mapWithState(
				(_k, _v, state: Counting) => (state.isTimingOut() ? act(state) : state.update(1)),
				{ timeout: '1s' },
			)
			mapped.checkpoint('2s')
			return mapped
		})
		expect(seen[3]).toBe(`requirement failed: Cannot ${what} the state that is timing out`)
	})
})

describe('a state', () => {
	it('that is not there says so', () => {
		const state = State.of<number>(false, undefined, false)
		expect([state.exists(), state.getOption(), state.isTimingOut(), String(state)]).toEqual([
			false,
			undefined,
			false,
			'<state not set>',
		])
		expect(() => state.get()).toThrow('State is not set')
	})
	it('is updated and removed', () => {
		const state = State.of(true, 1, false)
		expect([state.exists(), state.get(), String(state)]).toEqual([true, 1, '1'])
		state.update(2)
		expect([state.get(), state.outcome]).toEqual([2, 'updated'])
		state.remove()
		expect([state.exists(), state.getOption(), state.outcome]).toEqual([false, undefined, 'removed'])
		expect(() => state.update(3)).toThrow('Cannot update the state after it has been removed')
	})
	it('is there while it times out', () => {
		const state = State.of(true, 3, true)
		expect([state.exists(), state.get(), state.isTimingOut()]).toEqual([true, 3, true])
	})
	it('may be removed though it is not there, and may hold undefined', () => {
		const none = State.of<number>(false, undefined, false)
		none.remove()
		expect(none.outcome).toBe('removed')
		const empty = State.of<undefined>(false, undefined, false)
		empty.update(undefined)
		expect(empty.exists()).toBe(true)
	})
})

it('a StateSpec is one object through all of its methods', () =>
	withStreams(({ sc }) => {
		const spec = StateSpec.function(count)
		expect(
			spec
				.timeout('3s')
				.numPartitions(2)
				.partitioner(new HashPartitioner(3))
				.initialState(sc.emptyRDD<[string, number]>()),
		).toBe(spec)
		expect(() => spec.numPartitions(-1)).toThrow('requirement failed: Number of partitions (-1) cannot be negative.')
	}))

it.each([
	['100ms', 1_000],
	['1s', 10_000],
	['10s', 100_000],
] as const)('with a slide of %s states are checkpointed every %i ms unless told', (slide, ms) =>
	withStreams(async ({ sc }) => {
		const { StreamingContext, ManualClock } = await import('../../engine/index.js')
		const ssc = new StreamingContext(sc, slide, { clock: new ManualClock() })
		const mapped = ssc.script<[string, number]>([]).mapWithState(count)
		const [inner] = mapped.dependencies
		mapped.foreachRDD(() => undefined)
		ssc.start()
		expect([inner?.checkpointDuration?.milliseconds, mapped.checkpointDuration]).toEqual([ms, undefined])
		await ssc.stop(false)
	}),
)
