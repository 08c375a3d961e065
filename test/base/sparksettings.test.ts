import { describe, expect, it } from 'vitest'
import { SparkConf } from '../../engine/base/config.js'
import { host, setHost } from '../../engine/base/host.js'
import { noticeIdleSettings, scopeOf } from '../../engine/base/sparksettings.js'

function noticed(settings: Record<string, string>): readonly string[] {
	const texts: string[] = []
	const before = host()
	setHost({ ...before, group: () => undefined, notice: ({ text }) => void texts.push(text) })
	noticeIdleSettings(new SparkConf(false).setAll(settings))
	setHost(before)
	return texts
}

describe("Spark's settings", () => {
	it.each([
		['spark.default.parallelism', 'here'],
		['spark.hadoop.fs.local.block.size', 'here'],
		['spark.task.maxFailures', 'here'],
		['spark.task.cpus', 'spark'],
		['spark.executor.memory', 'spark'],
		['spark.executorEnv.X', 'spark'],
		['spark.executorEnv.PYTHONPATH', 'none'],
		['spark.serializer', 'none'],
		['spark.sql.shuffle.partitions', 'none'],
		['spark.never.heard.of', 'spark'],
	])('%s: %s', (key, scope) => expect(scopeOf(key)).toBe(scope))

	it('without effect are named once, in one line', () =>
		expect(
			noticed({
				'spark.master': 'local[2]',
				'spark.executor.memory': '1g',
				'spark.cores.max': '2',
				'spark.serializer': 'x',
				'my.own': '1',
			}),
		).toEqual([
			'without effect on local[2]: spark.cores.max, spark.executor.memory (only on a cluster); spark.serializer (no meaning here)',
		]))
	it('that only a cluster knows work on one', () =>
		expect(noticed({ 'spark.master': 'yarn', 'spark.executor.memory': '1g' })).toEqual([]))
	it('that all work are not mentioned', () =>
		expect(noticed({ 'spark.master': 'local', 'spark.app.name': 'x', 'spark.streaming.unpersist': 'true' })).toEqual(
			[],
		))
})
