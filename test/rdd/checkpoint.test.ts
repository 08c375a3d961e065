/** Checkpoints of RDDs: written after the first job, lineage cut, values kept; and local ones. */

import { mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { readCheckpoint } from '../../engine/rdd/checkpointfiles.js'
import { KeyMap } from '../../engine/rdd/keys.js'
import { HashPartitioner } from '../../engine/rdd/partitioner.js'
import type { AnyRDD } from '../../engine/rdd/plan.js'
import { StorageLevel } from '../../engine/storage/level.js'
import { frame } from '../../engine/storage/log/frames.js'
import { memoryFiles } from '../support/memoryfiles.js'
import { manualContext } from '../support/timeline.js'
import { failure } from './context.js'
import { type Keeping, keeping } from './keeping.js'

/** As keeping, with a checkpoint directory. */
const checkpointing = <R>(body: (parts: Keeping) => Promise<R>, settings: Record<string, string> = {}): Promise<R> =>
	keeping(settings, (parts) => {
		parts.sc.setCheckpointDir(parts.tmp)
		return body(parts)
	})

const pathOf = (rdd: AnyRDD): string => (rdd.getCheckpointFile() as string).replace(/^file:/, '')
const kindsOf = (rdd: AnyRDD): string[] => rdd.dependencies.map((parent) => parent.kind)

describe('checkpoint', () => {
	it('needs a directory', () =>
		keeping({}, async ({ counted }) => {
			expect(await failure(() => counted(1, 1).rdd.checkpoint())).toMatchObject({
				code: 'rdd/unsupported',
				message: 'Checkpoint directory has not been set in the SparkContext',
			})
		}))
	it('writes nothing before a job, and cuts the lineage after it', () =>
		checkpointing(async ({ counted, sc }) => {
			const { rdd } = counted(2, 2)
			rdd.checkpoint()
			expect([rdd.isCheckpointed(), rdd.getCheckpointFile(), kindsOf(rdd)]).toEqual([
				false,
				undefined,
				['MapPartitionsRDD'],
			])
			const all = await rdd.collect()
			expect([rdd.isCheckpointed(), rdd.getCheckpointFile(), kindsOf(rdd)]).toEqual([
				true,
				`file:${sc.getCheckpointDir()}/rdd-${rdd.id}`,
				['ReliableCheckpointRDD'],
			])
			expect(await rdd.collect()).toEqual(all)
		}))
	it('computes once more to write, unless the RDD is persisted, and never after that', () =>
		checkpointing(async ({ counted }) => {
			const [plain, cached] = [counted(2, 2), counted(2, 2)]
			cached.rdd.cache()
			for (const { rdd } of [plain, cached]) rdd.checkpoint()
			for (const { rdd } of [plain, cached, plain, cached]) await rdd.count()
			expect([plain.runs(), cached.runs()]).toEqual([8, 4])
			cached.rdd.unpersist()
			expect([await cached.rdd.count(), cached.runs()]).toEqual([4, 4])
		}))
	it('writes one part a partition, and where keys are when a hash placed them', () =>
		checkpointing(async ({ counted, sc }) => {
			const plain = counted(3, 1).rdd
			const placed = counted(1, 5)
				.rdd.map(({ x }): [number, number] => [x, x])
				.partitionBy(new HashPartitioner(2))
			for (const rdd of [plain, placed] as AnyRDD[]) {
				rdd.checkpoint()
				await rdd.count()
			}
			expect(readdirSync(pathOf(plain)).sort()).toEqual(['part-00000', 'part-00001', 'part-00002'])
			expect(readdirSync(pathOf(placed)).sort()).toEqual(['_partitioner', 'part-00000', 'part-00001'])
			const again = await readCheckpoint(sc, pathOf(placed))
			expect(again.partitioner?.equals(new HashPartitioner(2))).toBe(true)
			expect(await again.glom().collect()).toEqual(await placed.glom().collect())
		}))
	it('makes its directory, also when it has been removed since', () =>
		checkpointing(async ({ counted, sc, tmp }) => {
			sc.setCheckpointDir(`${tmp}/not/there`)
			rmSync(`${tmp}/not`, { recursive: true })
			const { rdd } = counted(1, 1)
			rdd.checkpoint()
			await rdd.count()
			expect(await rdd.collect()).toEqual([{ x: 0 }])
		}))
	it('fails the action when the directory cannot be written, and the lineage stays', () =>
		checkpointing(async ({ counted, sc, tmp }) => {
			sc.setCheckpointDir(`${tmp}/blocked`)
			rmSync(`${tmp}/blocked`, { recursive: true })
			writeFileSync(`${tmp}/blocked`, '')
			const { rdd } = counted(1, 1)
			rdd.checkpoint()
			expect(await failure(() => rdd.count())).toMatchObject({ code: 'output/path' })
			expect([rdd.isCheckpointed(), kindsOf(rdd)]).toEqual([false, ['MapPartitionsRDD']])
		}))
	it('of chained states is written for all of them by the job of one batch', async () => {
		const checkpointDirectory = mkdtempSync(join(tmpdir(), 'rivulet-test-'))
		const { ssc, close } = manualContext({ checkpointDirectory })
		const sum = (values: number[], state?: number): number => values.reduce((a, b) => a + b, state ?? 0)
		const first = ssc.script([[['a', 1] as [string, number]]]).updateStateByKey(sum)
		const second = first.updateStateByKey(sum)
		for (const state of [first, second]) state.checkpoint('1s')
		second.foreachRDD(async (rdd) => void (await rdd.count()))
		await ssc.step()
		expect([first, second].map((state) => state.generatedRDDs.get(1_000)?.isCheckpointed())).toEqual([true, true])
		await close()
		rmSync(checkpointDirectory, { recursive: true })
	})
	it('keeps tables by key', () =>
		checkpointing(async ({ sc }) => {
			const rdd = sc.parallelize([1, 2], 2).map((n) => ({ n, table: new KeyMap([[[n], n]]) }))
			rdd.checkpoint()
			await rdd.count()
			expect((await rdd.collect()).map(({ n, table }) => [n, table.get([n])])).toEqual([
				[1, 1],
				[2, 2],
			])
		}))
	it('packs its files when spark.checkpoint.compress says so, and reads both', () =>
		checkpointing(
			async ({ counted }) => {
				const { rdd } = counted(1, 500)
				rdd.checkpoint()
				const all = await rdd.collect()
				expect([...readFileSync(`${pathOf(rdd)}/part-00000`).subarray(8, 10)]).toEqual([0x1f, 0x8b])
				expect(await rdd.collect()).toEqual(all)
			},
			{ 'spark.checkpoint.compress': 'true' },
		))
	it('goes to any registered file system', () =>
		keeping({}, async ({ sc, counted }) => {
			const files = memoryFiles()
			sc.setCheckpointDir('memory:/cp')
			const { rdd } = counted(2, 2)
			rdd.checkpoint()
			const all = await rdd.collect()
			const path = (rdd.getCheckpointFile() as string).replace('memory:', '')
			expect(files.list(path).map((status) => status.path.split('/').at(-1))).toEqual(['part-00000', 'part-00001'])
			expect(await rdd.collect()).toEqual(all)
		}))

	describe('of several in a lineage', () => {
		const marked = (parts: Keeping) => {
			const first = parts.counted(1, 2).rdd
			const second = first.map(({ x }) => x)
			const third = second.map((x) => x + 1)
			for (const rdd of [first, second]) rdd.checkpoint()
			const facts = () => [first, second].map((rdd) => rdd.isCheckpointed())
			return { first, third, facts }
		}
		it('writes only the first that is met from the job’s RDD downward', () =>
			checkpointing(async (parts) => {
				const { first, third, facts } = marked(parts)
				await third.count()
				expect(facts()).toEqual([false, true])
				await first.count()
				expect(facts()).toEqual([true, true])
			}))
		it('writes all when the local property asks for them', () =>
			checkpointing(async (parts) => {
				parts.sc.setLocalProperty('spark.checkpoint.checkpointAllMarkedAncestors', 'true')
				const { third, facts } = marked(parts)
				await third.count()
				expect(facts()).toEqual([true, true])
			}))
	})

	it('comes too late for an RDD that a job has gone through, and says so', () =>
		checkpointing(async ({ counted, notices }) => {
			const { rdd } = counted(1, 1)
			await rdd.map(({ x }) => x).count()
			rdd.checkpoint()
			await rdd.count()
			expect([rdd.isCheckpointed(), notices]).toEqual([
				false,
				[`${rdd} is not written: checkpoint() comes after its first job`],
			])
		}))
	it('is still in time after a job that failed', () =>
		checkpointing(async ({ sc }) => {
			let isBroken = true
			const rdd = sc.parallelize([1], 1).map((x) => {
				if (isBroken) throw new TypeError('broken')
				return x
			})
			expect(await failure(() => rdd.count())).toMatchObject({ message: 'broken' })
			isBroken = false
			rdd.checkpoint()
			await rdd.count()
			expect(rdd.isCheckpointed()).toBe(true)
		}))
	it('leaves nothing behind when writing fails, keeps the lineage, and is tried again by the next job', () =>
		checkpointing(async ({ sc }) => {
			class Odd {}
			let isOdd = true
			const rdd = sc.range(0, 2, 1, 2).map((x): object => (x === 1 && isOdd ? new Odd() : { x }))
			rdd.checkpoint()
			expect(await failure(() => rdd.count())).toMatchObject({
				code: 'rdd/unsupported',
				message: 'an instance of Odd cannot be written as bytes',
				where: `checkpoint of ${rdd}`,
			})
			expect([rdd.isCheckpointed(), readdirSync(sc.getCheckpointDir() as string)]).toEqual([false, []])
			isOdd = false
			expect([await rdd.count(), rdd.isCheckpointed()]).toEqual([2, true])
		}))

	const flip = (file: string): void => {
		const bytes = readFileSync(file)
		bytes[bytes.length - 2] = (bytes.at(-2) ?? 0) ^ 1
		writeFileSync(file, bytes)
	}
	const path = 'Invalid checkpoint file: file:'
	const damages: [string, (path: string) => void, string][] = [
		['a part is gone', (dir) => rmSync(`${dir}/part-00001`), 'there is no such file or directory'],
		['a part is damaged', (dir) => writeFileSync(`${dir}/part-00001`, 'garbage'), path],
		['a part is torn', (dir) => truncateSync(`${dir}/part-00001`, 15), path],
		['a part is empty', (dir) => truncateSync(`${dir}/part-00001`, 0), path],
		['a bit of a part is flipped', (dir) => flip(`${dir}/part-00001`), path],
		['all is gone', (dir) => rmSync(dir, { recursive: true }), 'there is no such file or directory'],
	]
	it.each(damages)('fails with the path when %s, because the lineage is gone', (_, damage, text) =>
		checkpointing(async ({ counted }) => {
			const { rdd } = counted(2, 1)
			rdd.checkpoint()
			await rdd.count()
			damage(pathOf(rdd))
			const error = await failure(() => rdd.collect())
			expect(error).toMatchObject({ code: 'input/path', message: expect.stringContaining(text) })
			expect(error.message).toContain(pathOf(rdd))
		}),
	)
	it('says which Node reads the records that a newer one has written', () =>
		checkpointing(async ({ counted }) => {
			const { rdd } = counted(1, 1)
			rdd.checkpoint()
			await rdd.count()
			const file = `${pathOf(rdd)}/part-00000`
			const record = readFileSync(file).subarray(8)
			record[1] = (record[1] ?? 0) + 1
			writeFileSync(file, frame(record))
			expect(await failure(() => rdd.collect())).toMatchObject({
				code: 'rdd/unsupported',
				message: expect.stringMatching(/^records in format \d+ of V8, of which Node .* reads up to \d+$/),
				where: `file:${file}`,
				remedy: 'use the version of Node that wrote them, or a newer one',
			})
		}))
	it('refuses to read a directory that is not there, or lacks a part', () =>
		checkpointing(async ({ counted, sc, tmp }) => {
			expect(await failure(() => readCheckpoint(sc, `${tmp}/none`))).toMatchObject({
				message: `requirement failed: Checkpoint path does not exist: file:${tmp}/none`,
			})
			const { rdd } = counted(2, 1)
			rdd.checkpoint()
			await rdd.count()
			rmSync(`${pathOf(rdd)}/part-00000`)
			expect(await failure(() => readCheckpoint(sc, pathOf(rdd)))).toMatchObject({
				message: `Invalid checkpoint file: file:${pathOf(rdd)}/part-00001`,
			})
		}))
})

describe('localCheckpoint', () => {
	it('computes once, keeps the records and cuts the lineage after the first job', () =>
		keeping({}, async ({ counted }) => {
			const { rdd, runs } = counted(2, 2)
			expect(rdd.localCheckpoint()).toBe(rdd)
			const all = await rdd.collect()
			expect([rdd.isCheckpointed(), rdd.getCheckpointFile(), kindsOf(rdd)]).toEqual([
				true,
				undefined,
				['LocalCheckpointRDD'],
			])
			expect([await rdd.collect(), runs()]).toEqual([all, 4])
		}))
	it('computes the partitions that the first job did not need', () =>
		keeping({}, async ({ counted }) => {
			const { rdd, runs } = counted(3, 2)
			await rdd.localCheckpoint().first()
			expect([runs(), (await rdd.collect()).length, runs()]).toEqual([6, 6, 6])
		}))
	it.each([
		['NONE', 'MEMORY_AND_DISK'],
		['MEMORY_ONLY', 'MEMORY_AND_DISK'],
		['MEMORY_ONLY_SER_2', 'MEMORY_AND_DISK_SER_2'],
		['DISK_ONLY', 'DISK_ONLY'],
	])('turns level %s into %s', (before, after) =>
		keeping({}, async ({ counted }) => {
			const { rdd } = counted(1, 1)
			rdd.persist(StorageLevel.fromString(before)).localCheckpoint()
			expect(rdd.getStorageLevel()).toEqual(StorageLevel.fromString(after))
		}),
	)
	it('lets another level be set, always with a disk', () =>
		keeping({}, async ({ counted }) => {
			const { rdd } = counted(1, 1)
			rdd.localCheckpoint().persist(StorageLevel.MEMORY_ONLY_SER)
			expect(rdd.getStorageLevel()).toEqual(StorageLevel.MEMORY_AND_DISK_SER)
		}))
	it('loses nothing to the memory limit', () =>
		keeping({ 'rivulet.memory.limit': '5k' }, async ({ counted }) => {
			const { rdd, runs } = counted(3, 100)
			await rdd.localCheckpoint().count()
			for (let i = 0; i < 3; i += 1) await counted(1, 100).rdd.cache().count()
			expect([(await rdd.collect()).length, runs()]).toEqual([300, 300])
		}))
	it('keeps in memory what cannot be written, whatever else needs room', () =>
		keeping({ 'rivulet.memory.limit': '5k' }, async ({ sc, counted, notices }) => {
			class Odd {}
			const mixed = sc.range(0, 50, 1, 1).map((x): object => (x === 0 ? { x } : new Odd()))
			await mixed.localCheckpoint().count()
			await counted(1, 100).rdd.cache().count()
			expect([await mixed.count(), notices.length]).toEqual([50, 1])
			expect(notices[0]).toMatch(/^partition 0 of RDD 2 cannot be written to the disk, it stays in memory/)
		}))
	it('fails with Spark’s text when what was kept is gone', () =>
		keeping({}, async ({ counted }) => {
			const { rdd } = counted(1, 1)
			await rdd.localCheckpoint().count()
			rdd.unpersist()
			expect(await failure(() => rdd.collect())).toMatchObject({
				code: 'rdd/lost',
				message: `[CHECKPOINT_RDD_BLOCK_ID_NOT_FOUND] Checkpoint block rdd_${rdd.id}_0 not found!\nEither the executor that originally checkpointed this partition is no longer alive, or the original RDD is unpersisted.\nIf this problem persists, you may consider using \`rdd.checkpoint()\` instead, which is slower than local checkpointing but more fault-tolerant.`,
			})
		}))
	it('is not possible for an RDD that was unpersisted before its first job', () =>
		keeping({}, async ({ counted }) => {
			const { rdd } = counted(1, 1)
			rdd.localCheckpoint().unpersist()
			expect(await failure(() => rdd.count())).toMatchObject({
				message: 'assumption failed: Storage level StorageLevel(1 replicas) is not appropriate for local checkpointing',
			})
		}))
	it('overrides a reliable checkpoint that is not written yet, and none that is', () =>
		checkpointing(async ({ counted, notices }) => {
			const [early, late] = [counted(1, 1).rdd, counted(1, 1).rdd]
			for (const rdd of [early, late]) rdd.checkpoint()
			await late.count()
			for (const rdd of [early, late]) await rdd.localCheckpoint().count()
			expect([early, late].map(kindsOf)).toEqual([['LocalCheckpointRDD'], ['ReliableCheckpointRDD']])
			expect(notices).toEqual([
				`${early} was already marked for reliable checkpointing: overriding with local checkpoint`,
				`${late} is not marked for local checkpointing: it was already checkpointed and materialized`,
			])
		}))
})
