import { describe, expect, it } from 'vitest'
import { SparkConf } from '../../engine/index.js'

const conf = (value: string): SparkConf => new SparkConf().set('k', value)

describe('SparkConf', () => {
	it.each<[string, string, (conf: SparkConf) => number, number]>([
		['a size with its letter alone', '3k', (c) => c.getSizeAsBytes('k'), 3_072],
		['a size with a b behind the letter', '2MB', (c) => c.getSizeAsKb('k'), 2_048],
		['a bare size as bytes', '512', (c) => c.getSizeAsBytes('k'), 512],
		['a bare size in the unit asked for', '7', (c) => c.getSizeAsMb('k'), 7],
		['a time in minutes', '2min', (c) => c.getTimeAsSeconds('k'), 120],
		['a negative time', '-1s', (c) => c.getTimeAsMs('k'), -1_000],
	])('reads %s', (_, text, read, expected) => expect(read(conf(text))).toBe(expected))

	it.each<[string, string, (conf: SparkConf) => unknown, string]>([
		['an unknown unit of time', '5w', (c) => c.getTimeAsMs('k'), 'Invalid suffix: "w"'],
		['a fraction of a time', '1.5s', (c) => c.getTimeAsMs('k'), 'Failed to parse time string: 1.5s'],
		['an unknown unit of size', '5bb', (c) => c.getSizeAsBytes('k'), 'Invalid suffix: "bb"'],
		[
			'a fraction of a size',
			'1.5g',
			(c) => c.getSizeAsBytes('k'),
			'Fractional values are not supported. Input was: 1.5',
		],
		['a size that is no number', 'much', (c) => c.getSizeAsBytes('k'), 'Failed to parse byte string: much'],
	])('names the fault of %s', (_, text, read, fault) => expect(() => read(conf(text))).toThrow(`\n${fault}`))

	it('lists settings by key, and hides values that look secret', () => {
		const all = new SparkConf().setAll({ 'a.b.c': '2', 'a.b': '1', 'z.password': 'x', y: 'my token' })
		expect(all.toDebugString().split('\n')).toEqual([
			'a.b=1',
			'a.b.c=2',
			'y=*********(redacted)',
			'z.password=*********(redacted)',
		])
	})
})
