import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ManualClock } from '../../engine/base/clock.js'
import { setHost } from '../../engine/base/host.js'
import { BlockLog } from '../../engine/receiver/blocklog.js'
import { WriteAheadLog } from '../../engine/storage/log/log.js'
import { type MemoryFiles, memoryFiles } from '../support/memoryfiles.js'

let files: MemoryFiles
let notices: string[]
const clock = new ManualClock()
const streams = new Map([
	['a', 0],
	['b', 1],
])
beforeEach(() => {
	files = memoryFiles()
	notices = []
	setHost({ notice: ({ text }) => void notices.push(text) })
})
afterEach(() => setHost({}))

function open({ zeroMs = 0, timeoutMs = 60_000 } = {}): BlockLog {
	const log = (folder: string): WriteAheadLog =>
		new WriteAheadLog({
			directory: `memory:/${folder}`,
			clock,
			rollingMs: 1_000,
			maxFailures: 1,
			closeAfterWrite: false,
		})
	const made = new BlockLog({
		data: log('data'),
		batches: log('batches'),
		keyOf: (id) => (id === 0 ? 'a' : 'b'),
		timeoutMs,
	})
	made.begin(zeroMs)
	return made
}
const block = (id: string) => ({ id, numRecords: undefined, sizeBytes: 1 })

/** The records of blocks, or why they are gone. */
const readsOf = (log: BlockLog, ids: readonly string[]): unknown[] =>
	ids.map((id) => {
		try {
			return log.read(id)
		} catch (thrown) {
			return String(thrown).startsWith('rdd/lost') ? 'lost' : undefined
		}
	})

describe('a log of received blocks', () => {
	it('gives back blocks, streams and batches whatever byte the crash came at', async () => {
		const log = open()
		await log.addBlock(0, 'x', { records: ['1', 2, { three: 3 }] }, 3)
		await log.addBlock(1, 'y', { records: [] }, 0)
		log.addBatch(1_000, new Map([[0, [block('x')]]]))
		await log.addBlock(0, 'z', { records: [4] }, 1)
		log.addBatch(2_000, new Map([[1, [block('y')]]]))
		await log.close()
		const whole = files.copy()
		const paths = [...whole.keys()].filter((path) => path.includes('/log-'))
		expect(paths.length).toBe(2)
		for (const path of paths) {
			const { length } = files.read(path)
			for (let cut = 0; cut <= length; cut += 1) {
				files.restore(whole)
				files.write(path, files.read(path, 0, cut))
				const again = open()
				if (path.includes('batches') && cut < 50) {
					expect(() => again.recover(streams, 1_000)).toThrow('which blocks batches up to 1000 ms had is not known')
					continue
				}
				const { waiting, batches } = again.recover(streams)
				const inBatches = [...batches.values()].flatMap((those) => [...those.values()].flat())
				const all = [...waiting.map((each) => each.block), ...inBatches].map(({ id }) => id)
				expect(new Set(all).size).toBe(all.length)
				if (path.includes('batches') || cut === length) {
					expect(all.sort()).toEqual(['x', 'y', 'z'])
					for (const id of all) expect(again.read(id)).toBeDefined()
				} else expect(readsOf(again, all)).not.toContain(undefined)
			}
		}
		files.restore(whole)
		const again = open()
		const { waiting, batches, lastMs } = again.recover(streams)
		expect(waiting.map(({ streamId, block: { id, numRecords } }) => [streamId, id, numRecords])).toEqual([[0, 'z', 1]])
		expect([...batches].map(([ms, those]) => [ms, [...those].map(([id, list]) => [id, list[0]?.id])])).toEqual([
			[1_000, [[0, 'x']]],
			[2_000, [[1, 'y']]],
		])
		expect(lastMs).toBe(2_000)
		expect([...(again.read('x') ?? [])]).toEqual(['1', 2, { three: 3 }])
	})
	it('knows nothing of a context that began anew on the same directory', async () => {
		const log = open()
		await log.addBlock(0, 'x', { records: [1] }, 1)
		await log.close()
		const { waiting, batches } = open({ zeroMs: 5_000 }).recover(streams)
		expect([waiting, batches.size]).toEqual([[], 0])
	})
	it('refuses records that bytes cannot hold', async () => {
		const log = open()
		class Odd {}
		await expect(log.addBlock(0, 'x', { records: [new Odd()] }, 1)).rejects.toThrow('an instance of Odd')
	})
	it('does not wait for ever for the disk', async () => {
		const { write } = files
		files.write = () => new Promise<void>(() => undefined) as unknown as undefined
		await expect(open({ timeoutMs: 1 }).addBlock(0, 'x', { records: [1] }, 1)).rejects.toThrow('x is not written after')
		files.write = write
	})
})
