/** Every setting of ours works or is refused by name. */

import { afterEach, describe, expect, test } from 'vitest'
import { checkSettings } from '../../engine/base/checksettings.js'
import { type SettingType, settings } from '../../engine/base/settings.js'
import { SparkConf, StreamingContext } from '../../engine/index.js'
import { stopAll } from '../support/timeline.js'

afterEach(stopAll)

const conf = (key: string, value: string): SparkConf => new SparkConf().set(key, value)

/** A text that no setting of the type takes. */
const unreadable: Readonly<Record<SettingType, string | undefined>> = {
	boolean: 'perhaps',
	int: '1.5',
	long: 'many',
	double: 'x',
	'time ms': '5 parsecs',
	'time s': 'soon',
	size: 'big',
	string: undefined,
}

describe('a setting', () => {
	test.each(settings.filter(({ type }) => type !== 'string').map(({ key, type }) => [key, unreadable[type] as string]))(
		'%s refuses %s',
		(key, value) => {
			expect(() => checkSettings(conf(key, value))).toThrow(`Illegal value for config key ${key}: `)
		},
	)

	test.each(
		settings
			.filter(
				({ key, default: value }) => value !== undefined && !/kafka|kinesis|driver\.writeAheadLog|internal/.test(key),
			)
			.map(({ key, default: value }) => [key, value as string]),
	)('%s takes its default %s', (key, value) => {
		expect(() => checkSettings(conf(key, value))).not.toThrow()
	})

	test.each([
		['spark.streaming.dynamicAllocation.enabled', 'true'],
		['spark.streaming.driver.writeAheadLog.allowBatching', 'false'],
		['spark.streaming.receiver.writeAheadLog.class', 'org.example.Log'],
		['spark.streaming.kafka.maxRatePerPartition', '10'],
		['spark.streaming.kinesis.retry.maxAttempts', '5'],
		['spark.streaming.internal.batchTime', '1'],
	])('%s = %s is refused by name', (key, value) => {
		expect(() => checkSettings(conf(key, value))).toThrow(`${key} = ${value} is refused: `)
	})

	test('that nobody knows is refused with its neighbours', () => {
		expect(() => checkSettings(conf('spark.streaming.blockInterva', '1s'))).toThrow(
			expect.objectContaining({ code: 'config/unknown', remedy: 'did you mean spark.streaming.blockInterval' }),
		)
	})

	test.each([
		['spark.io.encryption.enabled', 'true', 'false'],
		['spark.python.use.daemon', 'false', 'true'],
		['spark.python.unix.domain.socket.enabled', 'true', 'false'],
	])('%s = %s is refused where workers are those of Spark', (key, value, harmless) => {
		const on = (master: string, as: string): (() => void) => {
			return () => checkSettings(conf(key, as).setMaster(master))
		}
		expect(on('local-cluster[2,1,1024]', value)).toThrow(
			expect.objectContaining({
				code: 'config/refused',
				message: expect.stringContaining(`${key} = ${value} is refused`),
			}),
		)
		expect(on('local-cluster[2,1,1024]', harmless)).not.toThrow()
		expect(on('local[2]', value)).not.toThrow()
	})

	test('of somebody else is kept', () => expect(() => checkSettings(conf('spark.my.own', 'x'))).not.toThrow())
})

describe('spark.streaming.clock', () => {
	const made = (name: string): StreamingContext =>
		new StreamingContext(conf('spark.streaming.clock', name).setMaster('local').setAppName('t'), '1s')

	test.each([
		['org.apache.spark.util.ManualClock', true],
		['org.apache.spark.streaming.util.ManualClock', true],
		['org.apache.spark.util.SystemClock', false],
	])('%s drives the context', (name, isManual) => expect(made(name).clock.isManual).toBe(isManual))

	test('refuses another class', () => {
		expect(() => made('java.time.Clock')).toThrow('Illegal value for config key spark.streaming.clock: java.time.Clock')
	})
})

describe('sizes in other units', () => {
	test.each([
		['getSizeAsKb', '2m', 2_048],
		['getSizeAsKb', '3', 3],
		['getSizeAsMb', '1500k', 1],
		['getSizeAsGb', '2', 2],
	] as const)('%s of %s is %d', (method, text, expected) => {
		expect(conf('spark.my.size', text)[method]('spark.my.size')).toBe(expected)
	})

	test('refuse what is no size', () => {
		expect(() => conf('spark.my.size', 'big').getSizeAsMb('spark.my.size')).toThrow(
			'Illegal value for config key spark.my.size: ',
		)
	})
})
