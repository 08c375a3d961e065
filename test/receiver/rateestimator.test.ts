import { describe, expect, it } from 'vitest'
import { Seconds, SparkConf } from '../../engine/index.js'
import { PIDRateEstimator, type PIDSettings, rateEstimator } from '../../engine/receiver/rateestimator.js'

const base: PIDSettings = { batchIntervalMs: 20, proportional: 1, integral: 0, derivative: 0, minRate: 10 }

type Sample = readonly [timeMs: number, numRecords: number, processingDelayMs: number, schedulingDelayMs: number]

function rates(settings: Partial<PIDSettings>, samples: readonly Sample[]): (number | undefined)[] {
	const estimator = new PIDRateEstimator({ ...base, ...settings })
	return samples.map(([timeMs, numRecords, processingDelayMs, schedulingDelayMs]) =>
		estimator.compute({ timeMs, numRecords, processingDelayMs, schedulingDelayMs }),
	)
}

const every20 = (row: (x: number) => Omit<Sample, 0>): Sample[] =>
	Array.from({ length: 50 }, (_, x) => {
		const [n, processing, scheduling] = row(x) as unknown as [number, number, number]
		return [x * 20, n, processing, scheduling]
	})
const row = (n: number, processing: number, scheduling: number) =>
	[n, processing, scheduling] as unknown as Omit<Sample, 0>

describe('the PID estimator', () => {
	it.each<[string, Partial<PIDSettings>, Sample[], (number | undefined)[]]>([
		['knows nothing after one batch', {}, [[0, 10, 10, 0]], [undefined]],
		[
			'knows the processing rate after two',
			{},
			[
				[0, 10, 10, 0],
				[10, 10, 10, 0],
			],
			[undefined, 1_000],
		],
		[
			'skips a batch of the same time',
			{},
			[
				[0, 10, 10, 0],
				[10, 10, 10, 0],
				[10, 10, 10, 0],
			],
			[undefined, 1_000, undefined],
		],
		[
			'skips a batch of an earlier time',
			{},
			[
				[20, 10, 10, 0],
				[10, 10, 10, 0],
			],
			[undefined, undefined],
		],
		[
			'skips a batch without records',
			{},
			[
				[0, 10, 10, 0],
				[10, 0, 10, 0],
				[20, -10, 10, 0],
			],
			[undefined, undefined, undefined],
		],
		[
			'skips a batch without delay',
			{},
			[
				[0, 10, 10, 0],
				[10, 10, 0, 0],
				[20, 10, -10, 0],
			],
			[undefined, undefined, undefined],
		],
		[
			'skips a first batch that says nothing',
			{},
			[
				[0, 0, 10, 0],
				[10, 10, 10, 0],
				[20, 10, 10, 0],
			],
			[undefined, undefined, 1_000],
		],
		[
			'slows down for records that wait',
			{ integral: 0.2 },
			[
				[0, 10, 10, 0],
				[10, 10, 10, 20],
			],
			[undefined, 800],
		],
		[
			'damps a change',
			{ derivative: 1 },
			[
				[0, 10, 10, 0],
				[1_000, 5, 10, 0],
			],
			[undefined, 10],
		],
		[
			'never goes below the least rate',
			{ integral: 1 },
			[
				[0, 10, 10, 0],
				[10, 10, 10, 1_000],
			],
			[undefined, 10],
		],
	])('%s', (_, settings, samples, expected) => {
		expect(rates(settings, samples)).toEqual(expected)
	})

	it('stays at the least rate while every batch waits', () => {
		const seen = rates(
			{ integral: 1, minRate: 5 },
			every20(() => row(1, 20, 100)),
		)
		expect(seen).toEqual([undefined, ...Array.from({ length: 49 }, () => 5)])
	})

	it('follows a processing rate that rises', () => {
		const seen = rates(
			{ integral: 1 },
			every20((x) => row((x + 1) * 20, 20, 0)),
		)
		expect(seen).toEqual([undefined, ...Array.from({ length: 49 }, (_, i) => (i + 2) * 1_000)])
	})

	it('follows a processing rate that falls', () => {
		const seen = rates(
			{ integral: 1 },
			every20((x) => row((50 - x) * 20, 20, 0)),
		)
		expect(seen).toEqual([undefined, ...Array.from({ length: 49 }, (_, i) => (49 - i) * 1_000)])
	})

	it('stays between the least rate and the processing rate while batches wait', () => {
		const seen = rates(
			{ integral: 1 },
			every20((x) => row((50 - x) * 20, 20, (x * 37) % 30 || 1)),
		)
		const outside = seen.slice(1).filter((rate, i) => !(rate !== undefined && rate >= 10 && rate < (49 - i) * 1_000))
		expect(outside).toEqual([])
	})

	it.each<[Partial<PIDSettings>, string]>([
		[{ batchIntervalMs: 0 }, 'Specified batch interval 0 in PIDRateEstimator is invalid.'],
		[{ proportional: -1 }, 'Proportional term P in PIDRateEstimator should be >= 0.'],
		[{ integral: -1 }, 'Integral term I in PIDRateEstimator should be >= 0.'],
		[{ derivative: -1 }, 'Derivative term D in PIDRateEstimator should be >= 0.'],
		[{ minRate: 0 }, 'Minimum rate in PIDRateEstimator should be > 0'],
		[{ minRate: -10 }, 'Minimum rate in PIDRateEstimator should be > 0'],
	])('refuses %j', (settings, text) => {
		expect(() => new PIDRateEstimator({ ...base, ...settings })).toThrow(`requirement failed: ${text}`)
	})
})

describe('the estimator of the settings', () => {
	const conf = (settings: Record<string, string>): SparkConf => {
		const made = new SparkConf().set('spark.streaming.backpressure.enabled', 'true')
		for (const [key, value] of Object.entries(settings)) made.set(`spark.streaming.backpressure.${key}`, value)
		return made
	}
	it('is none without back-pressure', () => expect(rateEstimator(new SparkConf(), Seconds(1))).toBeUndefined())
	it('is a PID estimator', () => expect(rateEstimator(conf({}), Seconds(1))).toBeInstanceOf(PIDRateEstimator))
	it.each([
		[{ rateEstimator: 'foo' }, 'Unknown rate estimator: foo'],
		[{ 'pid.minRate': '0' }, 'requirement failed: Minimum rate in PIDRateEstimator should be > 0'],
		[{ 'pid.derived': '-1' }, 'requirement failed: Derivative term D in PIDRateEstimator should be >= 0.'],
		[{ 'pid.integral': 'much' }, 'Illegal value for config key spark.streaming.backpressure.pid.integral'],
	])('refuses %j', (settings, text) => {
		expect(() => rateEstimator(conf(settings as Record<string, string>), Seconds(1))).toThrow(text)
	})
})
