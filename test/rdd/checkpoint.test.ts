/** Checkpoints of RDDs: written after the first job, lineage cut, values kept. */

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { KeyMap } from '../../engine/rdd/keys.js'
import { failure, withContext } from './context.js'

let tmp = ''
beforeEach(() => {
	tmp = mkdtempSync(join(tmpdir(), 'rivulet-'))
})
afterEach(() => rmSync(tmp, { recursive: true, force: true }))

it('cuts the lineage and gives the same records, tables by key included', () =>
	withContext(async (sc) => {
		sc.setCheckpointDir(tmp)
		const rdd = sc.parallelize([1, 2], 2).map((n) => ({ n, table: new KeyMap([[[n], n]]) }))
		rdd.checkpoint()
		await rdd.count()
		expect(rdd.dependencies).toEqual([])
		expect((await rdd.collect()).map(({ n, table }) => [n, table.get([n])])).toEqual([
			[1, 1],
			[2, 2],
		])
	}))

it('refuses an instance that would lose its class', () =>
	withContext(async (sc) => {
		sc.setCheckpointDir(tmp)
		class Counter {}
		const rdd = sc.parallelize([1], 1).map(() => new Counter())
		rdd.checkpoint()
		expect(await failure(() => rdd.count())).toMatchObject({ code: 'rdd/unsupported' })
	}))
