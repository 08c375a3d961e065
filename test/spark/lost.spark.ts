/** A Spark whose driver process ends while the program runs: the program hears why, and can go on without it. */

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { SparkConf, SparkContext } from '../../engine/index.js'
import { master } from './application.js'
import { markName, processesWith } from './processes.js'

const tmp = mkdtempSync(join(tmpdir(), 'rivulet-'))
process.env[markName] = tmp
afterAll(() => rmSync(tmp, { recursive: true, force: true }))

it('is said by every job after its end, and stopping it is no error', async () => {
	const conf = new SparkConf().setMaster(master).setAppName('lost').set('spark.driver.memory', '512m')
	const sc = new SparkContext(conf.set('spark.ui.enabled', false))
	const numbers = sc.parallelize([1, 2, 3], 2)
	expect(await numbers.count()).toBe(3)
	expect(sc.backend.isLost).toBe(false)
	const spark = processesWith(tmp).find(({ command }) => command.includes('SparkSubmit'))
	process.kill(spark?.pid ?? 0, 'SIGKILL')
	await expect.poll(() => sc.backend.isLost, { timeout: 30_000 }).toBe(true)
	const lost = { code: 'cluster/gateway', message: expect.stringContaining('its driver process has ended') }
	await expect(Promise.resolve(numbers.count())).rejects.toMatchObject(lost)
	await expect(Promise.resolve(sc.parallelize([1]).collect())).rejects.toMatchObject(lost)
	await sc.stop()
	const here = new SparkContext(new SparkConf().setMaster('local').setAppName('here'))
	expect(await here.parallelize([1, 2]).count()).toBe(2)
	await here.stop()
})
