import { describe, expect, it } from 'vitest'
import { coresOf } from '../../engine/backends.js'
import { isCluster } from '../../engine/base/master.js'
import { LateBackend } from '../../engine/compute/late.js'
import { SparkConf, SparkContext, StreamError } from '../../engine/index.js'
import type { Backend } from '../../engine/rdd/backend.js'

const conf = (master: string, settings = {}): SparkConf =>
	new SparkConf().setMaster(master).setAppName('x').setAll(settings)

describe('a master URL', () => {
	it.each([
		['local', false, 1],
		['local[3]', false, 3],
		['local-cluster[2,1,1024]', true, 2],
		['local-cluster[3, 2, 1024]', true, 6],
		['local-cluster[1,1,512]', true, 2],
		['spark://host:7077', true, 2],
		['yarn', true, 2],
		['k8s://https://host:443', true, 2],
		['mesos://host:5050', true, 2],
	])('%s: a cluster? %s; %s cores', (master, cluster, cores) => {
		expect([isCluster(master), coresOf(conf(master))]).toEqual([cluster, cores])
	})
	it.each([
		[{ 'spark.executor.instances': '4', 'spark.executor.cores': '2' }, 8],
		[{ 'spark.cores.max': '5' }, 5],
	])('of a cluster with %o stands for %s cores', (settings, cores) =>
		expect(coresOf(conf('spark://host:7077', settings))).toBe(cores),
	)
	it.each(['spark:', 'local-cluster[2]', 'yarn-client', 'here'])('%s is none', (master) =>
		expect(() => coresOf(conf(master))).toThrow(`Could not parse Master URL: '${master}'`),
	)
	it('of a cluster without any Spark fails each job with the two ways to get one, and stops', async () => {
		const sc = new SparkContext(conf('spark://host:7077').setSparkHome('/nowhere'))
		expect(sc.isLocal).toBe(false)
		await expect(sc.parallelize([1]).collect()).rejects.toMatchObject({
			code: 'cluster/spark',
			message: expect.stringContaining('no Spark in /nowhere'),
			remedy: expect.stringMatching(/pip install pyspark.*spark\.apache\.org/),
		})
		await sc.stop()
	})
})

describe('a backend that is not there yet', () => {
	const rdd = undefined as never
	const later = (backend: Partial<Backend>) => {
		let start: (backend: Backend) => void = () => undefined
		const late = new LateBackend(
			() =>
				new Promise((resolve) => {
					start = resolve
				}),
		)
		return { late, start: () => start(backend as Backend) }
	}

	it('lets jobs wait, and keeps nothing until then', async () => {
		const { late, start } = later({ run: async () => ['done'] as never })
		const job = late.run(rdd, [0], () => 1)
		expect(late.kept(rdd)).toEqual({ partitions: [], memoryBytes: 0, diskBytes: 0 })
		late.forget(rdd)
		start()
		expect(await job).toEqual(['done'])
	})
	it('lets a job go that is cancelled while it waits', async () => {
		const { late } = later({})
		const controller = new AbortController()
		const job = late.run(rdd, [0], () => 1, { signal: controller.signal })
		controller.abort(new StreamError('task/cancelled', 'not wanted'))
		await expect(job).rejects.toThrow('not wanted')
	})
	it('is stopped when it has started', async () => {
		let isStopped = false
		const { late, start } = later({
			stop: async () => {
				isStopped = true
			},
		})
		const stopped = late.stop()
		start()
		await stopped
		expect(isStopped).toBe(true)
	})
})
