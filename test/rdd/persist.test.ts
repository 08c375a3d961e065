/** Persistence: each level is what it says, and a persisted RDD has the same records as any other. */

import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { StorageLevel } from '../../engine/storage/level.js'
import { failure } from './context.js'
import { keeping } from './keeping.js'

const names = [
	'DISK_ONLY',
	'DISK_ONLY_2',
	'DISK_ONLY_3',
	'MEMORY_ONLY',
	'MEMORY_ONLY_2',
	'MEMORY_ONLY_SER',
	'MEMORY_ONLY_SER_2',
	'MEMORY_AND_DISK',
	'MEMORY_AND_DISK_2',
	'MEMORY_AND_DISK_SER',
	'MEMORY_AND_DISK_SER_2',
	'OFF_HEAP',
] as const

describe.each(names)('at %s', (name) => {
	const level = StorageLevel.fromString(name)

	it('computes once, reads afterwards, and computes again after unpersist', () =>
		keeping({}, async ({ counted, files, sc }) => {
			const { rdd, runs } = counted(2, 3)
			rdd.persist(level)
			const first = await rdd.collect()
			expect([await rdd.collect(), runs(), files().length]).toEqual([first, 6, level.useMemory ? 0 : 2])
			rdd.unpersist()
			expect([files(), sc.memoryStatus()]).toMatchObject([[], { usedBytes: 0, diskBytes: 0, rdds: [] }])
			expect([await rdd.collect(), runs()]).toEqual([first, 12])
		}))

	it(`gives a reader ${level.deserialized ? 'the objects themselves' : 'records of its own'}`, () =>
		keeping({}, async ({ counted }) => {
			const { rdd } = counted(1, 1)
			rdd.persist(level)
			await rdd.count()
			for (const record of await rdd.collect()) record.x = 99
			expect(await rdd.collect()).toEqual([{ x: level.deserialized ? 99 : 0 }])
		}))

	it('keeps what does not fit on the disk, or not at all', () =>
		keeping({ 'rivulet.memory.limit': '100b' }, async ({ counted, files, sc }) => {
			const { rdd, runs } = counted(2, 50)
			rdd.persist(level)
			const first = await rdd.collect()
			expect(await rdd.collect()).toEqual(first)
			expect([runs(), files().length]).toEqual(level.useDisk ? [100, 2] : [200, 0])
			expect(sc.memoryStatus().usedBytes).toBe(0)
		}))

	it(`${level.deserialized && !level.useDisk ? 'takes' : 'refuses'} instances of classes`, () =>
		keeping({}, async ({ sc }) => {
			class Reading {}
			const rdd = sc.parallelize([1], 1).map(() => new Reading())
			rdd.persist(level)
			const error = await failure(() => rdd.collect())
			if (level.deserialized && !level.useDisk) expect((await rdd.collect())[0]).toBeInstanceOf(Reading)
			else {
				expect(error).toMatchObject({
					code: 'rdd/unsupported',
					message: 'an instance of Reading cannot be written as bytes',
					where: `RDD 1 at ${level}`,
					remedy: 'persist it with MEMORY_ONLY, or use plain data: numbers, texts, arrays, objects, dates',
				})
			}
		}))
})

describe('serialized records', () => {
	it('come back with tables, times, bytes and dates, and bytes are the reader’s own', () =>
		keeping({}, async ({ sc }) => {
			const made = { d: new Date(5), m: new Map([[1, new Set([2n])]]), $time: 5, b: Uint8Array.of(1, 2) }
			const rdd = sc.parallelize([1], 1).map(() => made)
			rdd.persist(StorageLevel.MEMORY_ONLY_SER)
			await rdd.count()
			const [mine] = await rdd.collect()
			mine?.b.fill(9)
			expect((await rdd.collect())[0]).toEqual(made)
		}))
	it('stay whole when a reader changes bytes that were read back from the disk', () =>
		keeping({ 'rivulet.memory.limit': '500b' }, async ({ sc }) => {
			const kept = () => sc.parallelize([1], 1).map(() => Uint8Array.from(Array(300).keys()))
			const [first, second] = [kept(), kept()]
			for (const rdd of [first, second]) await rdd.persist(StorageLevel.MEMORY_AND_DISK_SER).count()
			for (let time = 0; time < 2; time += 1) {
				const [bytes] = await first.collect()
				expect(bytes?.[200]).toBe(200)
				bytes?.fill(9)
			}
		}))
	it('are told apart from objects that look like a mark', () =>
		keeping({}, async ({ sc }) => {
			const rdd = sc.parallelize([{ $time: 5 } as object, { $plain: [['a', 1]] }], 1)
			rdd.persist(StorageLevel.MEMORY_ONLY_SER)
			await rdd.count()
			expect(await rdd.collect()).toEqual([{ $time: 5 }, { $plain: [['a', 1]] }])
		}))
	it('refuse a function, a symbol, what is nested too deep and an error that is its own cause', () =>
		keeping({}, async ({ sc }) => {
			let deep: object = {}
			for (let i = 0; i < 600; i += 1) deep = { deep }
			const error = new Error('a')
			error.cause = { list: [error] }
			for (const [record, what] of [
				[() => 1, 'a function'],
				[{ deep: [Symbol('s')] }, 'a symbol at deep.0'],
				[deep, 'a record that is nested more than 500 deep'],
				[error, 'an error that is a cause of itself at cause.list.0'],
				[new WeakMap(), 'an instance of WeakMap'],
				[{ a: { b: new (class {})() } }, 'an instance of a class without a name at a.b'],
			] as const) {
				const rdd = sc.parallelize([record as object], 1).map((x) => x)
				rdd.persist(StorageLevel.DISK_ONLY)
				expect(await failure(() => rdd.count())).toMatchObject({ message: `${what} cannot be written as bytes` })
			}
		}))
})

it('does not see what the program does to its own array afterwards', () =>
	keeping({}, async ({ sc }) => {
		const data = [1, 2]
		const rdd = sc.parallelize(data, 1).cache()
		await rdd.count()
		data.push(3)
		expect(await rdd.collect()).toEqual([1, 2])
	}))

describe('the memory limit', () => {
	/** Room for two partitions of 100 records. */
	const limit = { 'rivulet.memory.limit': '10k' }

	it('lets the least recently used partitions of other RDDs make room', () =>
		keeping(limit, async ({ counted, notices }) => {
			const [a, b, c] = [counted(1, 100), counted(1, 100), counted(1, 100)]
			for (const { rdd } of [a, b]) await rdd.cache().count()
			await a.rdd.count()
			await c.rdd.cache().count()
			for (const { rdd } of [a, c, b]) await rdd.count()
			expect([a.runs(), b.runs(), c.runs(), notices]).toEqual([100, 200, 100, []])
		}))
	it('lets no partition push out another of its own RDD', () =>
		keeping(limit, async ({ counted, sc }) => {
			const { rdd, runs } = counted(4, 100)
			await rdd.cache().count()
			await rdd.count()
			expect(sc.memoryStatus().rdds).toMatchObject([{ numPartitions: 4, numKept: 2 }])
			expect(runs()).toBe(400 + 200)
		}))
	it('pushes nothing out for a partition that is larger than the limit', () =>
		keeping(limit, async ({ counted, sc }) => {
			const [small, large] = [counted(1, 100), counted(1, 1_000)]
			await small.rdd.cache().count()
			await large.rdd.cache().count()
			expect(sc.memoryStatus().rdds.map(({ numKept }) => numKept)).toEqual([1, 0])
		}))
	it('writes what has a disk behind it, reads it back, and takes it into memory again', () =>
		keeping(limit, async ({ counted, sc, files }) => {
			const [a, b] = [counted(1, 150), counted(1, 150)]
			await a.rdd.persist(StorageLevel.MEMORY_AND_DISK).count()
			await b.rdd.persist(StorageLevel.MEMORY_AND_DISK).count()
			const facts = () => sc.memoryStatus().rdds.map(({ memoryBytes, diskBytes }) => [memoryBytes > 0, diskBytes > 0])
			expect(facts()).toEqual([
				[false, true],
				[true, false],
			])
			expect(await a.rdd.count()).toBe(150)
			expect(facts()).toEqual([
				[true, true],
				[false, true],
			])
			expect([a.runs(), b.runs(), files().length]).toEqual([150, 150, 2])
		}))
	it('runs a shuffle again whose kept result was pushed out', () =>
		keeping(limit, async ({ counted }) => {
			const { rdd, runs } = counted(2, 100)
			const sums = rdd.map(({ x }): [number, number] => [x, 1]).reduceByKey((a, b) => a + b)
			await sums.cache().count()
			const other = counted(1, 200)
			await other.rdd.cache().count()
			await other.rdd.count()
			expect((await sums.collect()).length).toBe(200)
			expect(runs()).toBeGreaterThan(200)
		}))
	it('drops what cannot be written after all, says so, and computes it again', () =>
		keeping(limit, async ({ sc, counted, notices }) => {
			class Odd {}
			const mixed = sc.range(0, 100, 1, 1).map((x): object => (x === 0 ? { x } : new Odd()))
			await mixed.persist(StorageLevel.MEMORY_AND_DISK).count()
			await counted(1, 200).rdd.cache().count()
			expect(notices).toHaveLength(1)
			expect(notices[0]).toMatch(
				/^partition 0 of RDD 2 cannot be written to the disk, it is dropped and made again when it is needed: rdd\/unsupported: an instance of Odd/,
			)
			expect(await mixed.count()).toBe(100)
		}))
	it('refuses a setting that is no size', async () => {
		expect(await failure(() => keeping({ 'rivulet.memory.limit': 'much' }, async () => undefined))).toMatchObject({
			code: 'config/value',
		})
	})
})

describe('a lost file', () => {
	const damages: [string, (file: string) => void][] = [
		['gone', (file) => rmSync(file)],
		['cut short', (file) => writeFileSync(file, readFileSync(file).subarray(0, 5))],
		['overwritten', (file) => writeFileSync(file, Buffer.alloc(readFileSync(file).length, 7))],
	]
	it.each(damages)('that is %s has its partition computed again, and says so once', (_, damage) =>
		keeping({}, async ({ counted, files, notices }) => {
			const { rdd, runs } = counted(3, 2)
			rdd.persist(StorageLevel.DISK_ONLY)
			const all = await rdd.collect()
			for (const file of files().slice(0, 2)) damage(file)
			expect([await rdd.collect(), runs()]).toEqual([all, 6 + 4])
			expect(notices).toEqual([
				`partition 0 of ${rdd} was kept in a file that is gone or damaged: it is computed again`,
			])
			expect([await rdd.collect(), runs()]).toEqual([all, 10])
		}),
	)
})

describe('forgetting', () => {
	it('removes all files when the context stops', async () => {
		const left = await keeping({}, async ({ counted, sc, files }) => {
			await counted(2, 2).rdd.persist(StorageLevel.DISK_ONLY).count()
			const before = files().length
			await sc.stop()
			return [before, files().length]
		})
		expect(left).toEqual([2, 0])
	})
})

describe('levels', () => {
	it('may be set again to the same and not to another', () =>
		keeping({}, async ({ counted }) => {
			const { rdd } = counted(1, 1)
			rdd.cache().persist(StorageLevel.MEMORY_ONLY)
			expect(await failure(() => rdd.persist(StorageLevel.DISK_ONLY))).toMatchObject({
				code: 'rdd/level',
				message: 'Cannot change storage level of an RDD after it was already assigned a level',
			})
			expect(rdd.unpersist().persist(StorageLevel.DISK_ONLY).getStorageLevel()).toBe(StorageLevel.DISK_ONLY)
		}))
	it('list the RDDs that are persisted', () =>
		keeping({}, async ({ counted, sc }) => {
			const [a, b] = [counted(1, 1).rdd.cache(), counted(1, 1).rdd.cache()]
			a.unpersist()
			expect([...sc.getPersistentRDDs()]).toEqual([[b.id, b]])
		}))
	it('are made of five facts and refuse what makes no sense', async () => {
		const level = new StorageLevel(true, true, false, true, 2)
		expect([level.equals(StorageLevel.MEMORY_AND_DISK_2), level.isValid, StorageLevel.NONE.isValid]).toEqual([
			true,
			true,
			false,
		])
		expect(await failure(() => new StorageLevel(true, true, false, true, 40))).toMatchObject({
			message: 'assertion failed: Replication restricted to be less than 40 for calculating hash codes',
		})
		expect(await failure(() => new StorageLevel(false, true, true, true))).toMatchObject({
			message: 'requirement failed: Off-heap storage level does not support deserialized storage',
		})
	})
})

it('a persisted RDD equals the unpersisted one at every level and limit', async () => {
	const record = fc.oneof(fc.integer(), fc.string(), fc.constant(null), fc.array(fc.double(), { maxLength: 3 }))
	await fc.assert(
		fc.asyncProperty(
			fc.array(fc.tuple(fc.integer({ min: 0, max: 5 }), record), { maxLength: 30 }),
			fc.constantFrom(...names),
			fc.constantFrom('0b', '200b', '1k', '1m'),
			fc.integer({ min: 1, max: 4 }),
			(pairs, name, limit, partitions) =>
				keeping({ 'rivulet.memory.limit': limit }, async ({ sc }) => {
					const level = StorageLevel.fromString(name)
					const chain = (keep: boolean) => {
						const base = sc.parallelize(pairs, partitions).map(([k, v]): [number, unknown] => [k, [v]])
						const grouped = (keep ? base.persist(level) : base).groupByKey(2)
						return (keep ? grouped.persist(level) : grouped).mapValues((values) => values.length)
					}
					const [plain, kept] = [await chain(false).collect(), chain(true)]
					for (let time = 0; time < 3; time += 1) expect(await kept.collect()).toEqual(plain)
				}),
		),
		{ numRuns: 60 },
	)
})
