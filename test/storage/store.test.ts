/** The store: one limit for everything that is kept, least recently used first, files for what has a disk behind it. */

import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { savedRecords } from '../../engine/rdd/saved.js'
import { BlockStore } from '../../engine/storage/blocks.js'
import { StorageLevel } from '../../engine/storage/level.js'
import { type Block, type Keeping, Store } from '../../engine/storage/store.js'

let directory = ''
beforeEach(() => {
	directory = mkdtempSync(join(tmpdir(), 'rivulet-test-'))
})
afterEach(() => rmSync(directory, { recursive: true, force: true }))

const storeOf = (limitBytes: number): Store => new Store({ limitBytes, directory })
const files = (): number =>
	readdirSync(directory, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile()).length
const bytes = (n: number) => ({ bytes: new Uint8Array(n).fill(n) })
const kept = (level: StorageLevel, owner?: string): Keeping => ({
	level,
	owner,
	codec: { toBytes: savedRecords.toBytes, fromBytes: (all) => [...all] },
	title: 'a block',
})
/** m: in memory, d: on the disk, -: neither. */
const places = (...blocks: (Block | undefined)[]): string[] =>
	blocks.map((block) => `${block?.memoryBytes ? 'm' : ''}${block?.diskBytes ? 'd' : ''}` || '-')

describe('room', () => {
	const { MEMORY_ONLY, MEMORY_AND_DISK, DISK_ONLY } = StorageLevel
	/** Blocks put one after another into room for 100 bytes, and where all of them are in the end. */
	const cases: [string, [StorageLevel, string, number][], string[]][] = [
		[
			'is there',
			[
				[MEMORY_ONLY, 'a', 50],
				[MEMORY_ONLY, 'a', 50],
			],
			['m', 'm'],
		],
		[
			'is made by the oldest',
			[
				[MEMORY_ONLY, 'a', 50],
				[MEMORY_ONLY, 'b', 50],
				[MEMORY_ONLY, 'c', 50],
			],
			['-', 'm', 'm'],
		],
		[
			'is made by as many as it takes',
			[
				[MEMORY_ONLY, 'a', 50],
				[MEMORY_ONLY, 'b', 40],
				[MEMORY_ONLY, 'c', 70],
			],
			['-', '-', 'm'],
		],
		[
			'is not made by its own',
			[
				[MEMORY_ONLY, 'a', 60],
				[MEMORY_ONLY, 'a', 60],
			],
			['m', '-'],
		],
		[
			'is not made when that is not enough',
			[
				[MEMORY_ONLY, 'a', 60],
				[MEMORY_ONLY, 'b', 30],
				[MEMORY_ONLY, 'a', 50],
			],
			['m', 'm', '-'],
		],
		[
			'is not made for what is too large',
			[
				[MEMORY_ONLY, 'a', 60],
				[MEMORY_ONLY, 'b', 101],
			],
			['m', '-'],
		],
		[
			'is made by going to the disk',
			[
				[MEMORY_AND_DISK, 'a', 60],
				[MEMORY_ONLY, 'b', 60],
			],
			['d', 'm'],
		],
		[
			'is looked for on the disk',
			[
				[MEMORY_ONLY, 'a', 60],
				[MEMORY_AND_DISK, 'a', 60],
			],
			['m', 'd'],
		],
		[
			'is not taken by the disk',
			[
				[DISK_ONLY, 'a', 60],
				[MEMORY_ONLY, 'b', 100],
			],
			['d', 'm'],
		],
	]
	it.each(cases)('%s', (_, puts, expected) => {
		const store = storeOf(100)
		const blocks = puts.map(([level, owner, n]) => store.put(bytes(n), kept(level, owner)))
		expect(places(...blocks)).toEqual(expected)
		expect(store.usedBytes).toBeLessThanOrEqual(100)
		expect(store.usedBytes).toBe(blocks.reduce((sum, block) => sum + (block?.memoryBytes ?? 0), 0))
	})

	it('is made by the block that was read longest ago', () => {
		const store = storeOf(100)
		const [a, b] = ['a', 'b'].map((owner) => store.put(bytes(50), kept(MEMORY_ONLY, owner)))
		a?.read()
		store.put(bytes(50), kept(MEMORY_ONLY, 'c'))
		expect(places(a, b)).toEqual(['m', '-'])
	})
	it('is given back by free, files too', () => {
		const store = storeOf(100)
		const blocks = [store.put(bytes(50), kept(MEMORY_ONLY)), store.put(bytes(50), kept(DISK_ONLY))]
		for (const block of blocks) block?.free()
		expect([store.usedBytes, store.diskBytes, files()]).toEqual([0, 0, 0])
		expect(blocks.map((block) => block?.read())).toEqual([undefined, undefined])
	})
	it('is told of by the one who left', () => {
		const store = storeOf(100)
		const told: boolean[] = []
		for (const level of [MEMORY_ONLY, MEMORY_AND_DISK]) {
			store.put(bytes(50), { ...kept(level, level.description), onPushedOut: (isOnDisk) => told.push(isOnDisk) })
		}
		store.put(bytes(100), kept(MEMORY_ONLY))
		expect(told).toEqual([false, true])
	})
	it('is cleared by close with all files, and takes nothing more', () => {
		const store = storeOf(100)
		store.put(bytes(50), kept(MEMORY_ONLY))
		store.put(bytes(50), kept(DISK_ONLY))
		store.close()
		const late = [MEMORY_ONLY, DISK_ONLY].map((level) => store.put(bytes(50), kept(level)))
		expect([store.usedBytes, store.diskBytes, readdirSync(directory), late]).toEqual([0, 0, [], [undefined, undefined]])
	})
	it('is given back when the holder of blocks is garbage', async () => {
		const store = storeOf(100)
		const hold = (): void => {
			const blocks = new Map([[1, store.put(bytes(50), kept(DISK_ONLY)) as Block]])
			store.freeWith({ blocks }, blocks)
		}
		hold()
		await collected(() => store.diskBytes === 0)
		expect([store.diskBytes, files()]).toEqual([0, 0])
	})
})

describe('received blocks', () => {
	const decode = (all: Uint8Array): string[] => Buffer.from(all).toString('utf8').split(' ')
	const block = (text: string) => ({ bytes: Buffer.from(text), decode })

	it('spill and are read back, records and bytes alike', () => {
		const blocks = new BlockStore(storeOf(60), savedRecords)
		blocks.put('input-0-1', { records: [{ x: 1 }] }, StorageLevel.MEMORY_AND_DISK_SER_2)
		blocks.put('input-0-2', block('a b'), StorageLevel.MEMORY_AND_DISK)
		blocks.put('input-0-3', block('c'.repeat(58)), StorageLevel.MEMORY_AND_DISK)
		expect(files()).toBe(2)
		expect(['input-0-1', 'input-0-2'].map((id) => [...(blocks.read(id) ?? [])])).toEqual([[{ x: 1 }], ['a', 'b']])
	})
	it('stay the objects that were stored while they are in memory', () => {
		const blocks = new BlockStore(storeOf(1_000), savedRecords)
		const record = { x: 1 }
		blocks.put('input-0-1', { records: [record] }, StorageLevel.MEMORY_ONLY_SER)
		expect([...(blocks.read('input-0-1') ?? [])][0]).toBe(record)
	})
	it('are refused by a level without a disk when there is no room, and those that were taken stay', () => {
		const blocks = new BlockStore(storeOf(60), savedRecords)
		blocks.put('input-0-1', block('a b'), StorageLevel.MEMORY_ONLY)
		expect(() => blocks.put('input-0-2', block('c'.repeat(58)), StorageLevel.MEMORY_ONLY)).toThrow(
			'Could not store input-0-2 to block manager with storage level StorageLevel(memory, deserialized, 1 replicas)',
		)
		expect([...(blocks.read('input-0-1') ?? [])]).toEqual(['a', 'b'])
		expect(blocks.read('input-0-2')).toBeUndefined()
	})
	it('that cannot be written stay in memory, and the next one goes to the disk instead', () => {
		const blocks = new BlockStore(storeOf(100), savedRecords)
		class Odd {}
		blocks.put('input-0-1', { records: [new Odd()] }, StorageLevel.MEMORY_AND_DISK)
		blocks.put('input-0-2', block('c'.repeat(80)), StorageLevel.MEMORY_AND_DISK)
		expect([...(blocks.read('input-0-1') ?? [])]).toEqual([new Odd()])
		expect(files()).toBe(1)
	})
	it('are gone after remove', () => {
		const store = storeOf(60)
		const blocks = new BlockStore(store, savedRecords)
		blocks.put('input-0-1', block('a b'), StorageLevel.DISK_ONLY)
		blocks.remove('input-0-1')
		expect([blocks.read('input-0-1'), blocks.memoryBytes, store.diskBytes, files()]).toEqual([undefined, 0, 0, 0])
	})
})

/** Collects garbage until `isDone`, at most a few turns. */
async function collected(isDone: () => boolean): Promise<void> {
	const { setFlagsFromString } = await import('node:v8')
	const { runInNewContext } = await import('node:vm')
	setFlagsFromString('--expose-gc')
	const gc = runInNewContext('gc') as () => void
	for (let i = 0; i < 20 && !isDone(); i += 1) {
		gc()
		await new Promise((resolve) => setImmediate(resolve))
	}
}
