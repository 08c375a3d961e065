/** Random histories of a log of blocks, cut at every byte and with every byte flipped, against the state that was live. */

import fc from 'fast-check'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { ManualClock } from '../../engine/base/clock.js'
import { StreamError } from '../../engine/base/errors.js'
import { setHost } from '../../engine/base/host.js'
import { BlockLog } from '../../engine/receiver/blocklog.js'
import { WriteAheadLog } from '../../engine/storage/log/log.js'
import { type MemoryFiles, memoryFiles } from '../support/memoryfiles.js'

let files: MemoryFiles
let numNotices = 0
beforeEach(() => {
	files = memoryFiles()
	setHost({
		notice: () => {
			numNotices += 1
		},
	})
})
afterEach(() => setHost({}))

function open(): BlockLog {
	const options = { clock: new ManualClock(), rollingMs: 1_000, maxFailures: 1, closeAfterWrite: false }
	const log = (folder: string): WriteAheadLog => new WriteAheadLog({ ...options, directory: `memory:/${folder}` })
	const made = new BlockLog({ data: log('data'), batches: log('batches'), keyOf: String, timeoutMs: 60_000 })
	made.begin(0)
	return made
}
const streams = new Map([
	['0', 0],
	['1', 1],
])

/** A block for a stream, or a batch that takes what waits in one stream or in both. */
type Step = { readonly block: 0 | 1 } | { readonly batchOf: readonly number[] }
const steps = fc.array(
	fc.oneof(
		{ weight: 2, arbitrary: fc.constantFrom<Step>({ block: 0 }, { block: 1 }) },
		{ weight: 1, arbitrary: fc.constantFrom<Step>({ batchOf: [0] }, { batchOf: [0, 1] }, { batchOf: [] }) },
	),
	{ minLength: 1, maxLength: 6 },
)

/** Where every block is: `wait` or its batch. */
type Places = Readonly<Record<string, string>>

/** The state that a later life builds from the files as they are; checks that each block still has its records, or says why not. */
function rebuilt(): Places {
	const log = open()
	const { waiting, batches } = log.recover(streams)
	const places: Record<string, string> = {}
	const put = (id: string, streamId: number, place: string): void => {
		expect(places[id]).toBeUndefined()
		places[id] = place
		try {
			expect([...(log.read(id) ?? [])]).toEqual([id, streamId])
		} catch (thrown) {
			if (!isAbout(thrown, 'rdd/lost', '/data/')) throw thrown
			places[id] = 'lost'
		}
	}
	for (const { streamId, block } of waiting) put(block.id, streamId, 'wait')
	for (const [ms, those] of batches) {
		for (const [streamId, blocks] of those) for (const { id } of blocks) put(id, streamId, String(ms))
	}
	return places
}

/** Undefined when it is refused, because a record of a batch is gone and one after it is not. */
function rebuiltOrRefused(): Places | undefined {
	try {
		return rebuilt()
	} catch (thrown) {
		if (isAbout(thrown, 'context/recovery', '/batches/')) return undefined
		throw thrown
	}
}

/** True for an error that names the damaged file. */
const isAbout = (thrown: unknown, code: string, folder: string): boolean =>
	thrown instanceof StreamError && thrown.code === code && thrown.where?.includes(`${folder}log-`) === true

/** Runs the steps; after each the state that is live, and the files. */
async function history(all: readonly Step[]) {
	const log = open()
	let live: Places = {}
	const waiting: [number, string][] = []
	const moments = [{ live, copy: files.copy() }]
	for (const [i, step] of all.entries()) {
		if ('block' in step) {
			const id = `b${i}`
			await log.addBlock(step.block, id, { records: [id, step.block] }, 2)
			waiting.push([step.block, id])
			live = { ...live, [id]: 'wait' }
		} else {
			const ms = i * 1_000
			const taken = waiting.filter(([streamId]) => step.batchOf.includes(streamId))
			const blocksOf = (streamId: number) =>
				taken.flatMap(([of, id]) => (of === streamId ? [{ id, numRecords: 2, sizeBytes: 1 }] : []))
			log.addBatch(ms, new Map(step.batchOf.map((streamId) => [streamId, blocksOf(streamId)])))
			for (const each of taken) waiting.splice(waiting.indexOf(each), 1)
			live = { ...live, ...Object.fromEntries(taken.map(([, id]) => [id, String(ms)])) }
		}
		moments.push({ live, copy: files.copy() })
	}
	await log.close()
	return moments
}

const logsOf = (copy: ReadonlyMap<string, unknown>): string[] => [...copy.keys()].filter((path) => /\/log-/.test(path))
const sizeIn = (copy: ReturnType<MemoryFiles['copy']>, path: string): number => copy.get(path)?.bytes?.length ?? 0

it('whatever byte a crash comes at, a later life builds the state from before the step or from after it', async () => {
	await fc.assert(
		fc.asyncProperty(steps, async (all) => {
			files = memoryFiles()
			const moments = await history(all)
			for (const [i, { live, copy }] of moments.entries()) {
				const before = moments[i - 1] ?? { live, copy }
				for (const path of logsOf(copy)) {
					const size = sizeIn(copy, path)
					for (let cut = sizeIn(before.copy, path); cut <= size; cut += 1) {
						files.restore(copy)
						files.write(path, files.read(path, 0, cut))
						if (cut === size) expect(rebuilt()).toEqual(live)
						else expect(rebuilt()).toEqual(before.live)
					}
				}
			}
		}),
		{ numRuns: 15, seed: 9 },
	)
})

it('whatever byte is flipped, what is left out is said and everything else is what it was', async () => {
	await fc.assert(
		fc.asyncProperty(steps, fc.integer({ min: 1, max: 255 }), async (all, mask) => {
			files = memoryFiles()
			const { live, copy } = (await history(all)).at(-1) ?? { live: {}, copy: files.copy() }
			for (const path of logsOf(copy)) {
				for (let at = 0; at < sizeIn(copy, path); at += 1) {
					files.restore(copy)
					const bytes = Buffer.from(files.read(path))
					bytes[at] = (bytes[at] ?? 0) ^ mask
					files.write(path, bytes)
					numNotices = 0
					const found = rebuiltOrRefused()
					expect(numNotices).toBeGreaterThan(0)
					if (found === undefined) {
						expect(path).toContain('batches')
						continue
					}
					// A block is where it was, or lost with it, or waits again when the record of the last batch is gone.
					for (const [id, place] of Object.entries(found)) expect(['wait', 'lost', live[id]]).toContain(place)
					if (path.includes('batches')) expect(Object.keys(found).sort()).toEqual(Object.keys(live).sort())
				}
			}
		}),
		{ numRuns: 8, seed: 9 },
	)
})
