/** What a disk that fails does to checkpoints, states and logs: batches go on, and a later life goes on from what is whole. */

import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { Seconds, type StreamingContext } from '../../engine/index.js'
import { type Fault, type FaultyFiles, faultyFiles, type Operation } from '../support/faultyfiles.js'
import { Fed } from '../support/fed.js'
import { Lives, type Program } from './life.js'

let files: FaultyFiles
let lives: Lives
beforeEach(() => {
	files = faultyFiles()
	lives = new Lives(files)
})
afterEach(() => {
	files.fault = () => undefined
	return lives.end()
})

/** A process that is killed leaves the files as they are now; the context goes on in vain. */
async function killed(ssc: StreamingContext): Promise<void> {
	const left = files.copy()
	files.fault = () => undefined
	await ssc.stop(true)
	files.restore(left)
}

const sums: Program = (ssc, see) => {
	const pairs = ssc.rateStream(2, (i): [string, number] => [i % 2 === 0 ? 'even' : 'odd', i])
	const state = pairs.updateStateByKey((values: number[], sum = 0) => values.reduce((a, b) => a + b, sum))
	state.checkpoint(Seconds(2)).foreachRDD(see('sums'))
}
/** The sums after seven batches of two numbers. */
const wanted = [
	'sums@7',
	[
		['even', 42],
		['odd', 49],
	],
]

describe('a checkpoint', () => {
	const cannot = /the checkpoint of batch \d+ ms is not written: .*/
	const damaged = /checkpoint-\d+ cannot be read: .*: going on from checkpoint-/
	const table: readonly [string, Operation, RegExp, Fault, RegExp?][] = [
		['that cannot be written', 'write', /\/checkpoint-\d+$/, 'fails', cannot],
		['for which there is no space', 'write', /\/checkpoint-\d+$/, 'full', cannot],
		['that cannot be synced', 'write', /\/checkpoint-\d+$/, 'unsynced', cannot],
		// The next one is on its way already, and is written under another name.
		['whose place cannot be made free', 'rename', /\/checkpoint-\d+$/, 'fails'],
		['that was written in part', 'write', /\/checkpoint-\d+$/, 'short', damaged],
	]
	for (const [title, operation, path, fault, notice] of table) {
		it(`${title} does not hold up batches, and the next life goes on from the one before`, async () => {
			const first = lives.begin(sums)
			await first.step(3)
			files.fault = (what, where) => (what === operation && path.test(where) ? fault : undefined)
			await first.step(2)
			expect(lives.seen.map(([name]) => name)).toEqual([1, 2, 3, 4, 5].map((n) => `sums@${n}`))
			await killed(first)
			await lives.begin(sums).step(4)
			expect(lives.seen.find(([name]) => name === 'sums@7')).toEqual(wanted)
			if (notice !== undefined) expect(lives.notices.join('\n')).toMatch(notice)
			expect(lives.errors).toEqual([])
		})
	}

	it('is written again when the disk is well again, and trouble is told once', async () => {
		const first = lives.begin(sums)
		await first.step(2)
		files.fault = (what, where) => (what === 'write' && /\/checkpoint-\d+$/.test(where) ? 'full' : undefined)
		await first.step(3)
		files.fault = () => undefined
		await first.step(1)
		await first.stop(true)
		expect(lives.notices.filter((text) => text.includes('no space left')).length).toBeLessThanOrEqual(3)
		expect(lives.names('checkpoint-')).toContain('checkpoint-6000')
	})

	it('is refused with the names of all when none can be read', async () => {
		const first = lives.begin(sums)
		files.fault = (what, where) => (what === 'write' && /\/checkpoint-\d+$/.test(where) ? 'short' : undefined)
		await first.step(3)
		await killed(first)
		expect(() => lives.begin(sums)).toThrow('Failed to read checkpoint from directory memory:/cp')
	})
})

describe('a state', () => {
	for (const fault of ['fails', 'full', 'unsynced'] as const) {
		it(`that cannot be written (${fault}) fails its batch, which runs again in the next life`, async () => {
			const first = lives.begin(sums)
			await first.step(3)
			files.fault = (what, where) => (what === 'write' && /part-/.test(where) ? fault : undefined)
			await first.step(2).catch(() => undefined)
			await killed(first)
			await lives.begin(sums).step(2)
			expect(lives.seen.find(([name]) => name === 'sums@7')).toEqual(wanted)
		})
	}
})

describe('what a receiver was told is safe', () => {
	const settings = { 'spark.streaming.receiver.writeAheadLog.enable': 'true' }
	const program: Program = (ssc, see) => {
		ssc.receiverStream(new Fed()).foreachRDD(see('fed'))
	}
	const table: readonly [string, RegExp, Fault][] = [
		['a write of a block fails', /receivedData/, 'fails'],
		['the disk is full in the middle of a block', /receivedData/, 'full'],
		['the sync of a block fails', /receivedData/, 'unsynced'],
		['a write of the blocks of a batch fails', /receivedBlockMetadata/, 'fails'],
		['the disk is full in the middle of the blocks of a batch', /receivedBlockMetadata/, 'full'],
		['the sync of the blocks of a batch fails', /receivedBlockMetadata/, 'unsynced'],
	]
	for (const [title, path, fault] of table) {
		it(`is in the same batch of the next life, once, when ${title} and is tried again`, async () => {
			const first = lives.begin(program, { settings })
			await first.step()
			let isBroken = true
			files.fault = (what, where) => {
				if (what !== 'append' || !path.test(where) || !isBroken) return undefined
				isBroken = false
				return fault
			}
			await Fed.current?.store([1, 2])
			// The batch is generated, and the process killed before a checkpoint says that it has ended.
			const before = files.copy()
			await first.step()
			expect([isBroken, lives.seen.at(-1)]).toEqual([false, ['fed@2', [1, 2]]])
			const log = [...files.copy()].filter(([where]) => where.includes('/received'))
			await killed(first)
			files.restore(new Map([...before, ...log]))
			await lives.begin(program, { settings }).step(2)
			expect(lives.seen.filter(([, records]) => records.length > 0)).toEqual([['fed@2', [1, 2]]])
		})
	}

	it('is nothing when the disk stays broken: the receiver is told why', async () => {
		const first = lives.begin(program, { settings })
		await first.step()
		files.fault = (what) => (what === 'append' ? 'full' : undefined)
		await expect(Fed.current?.store([1])).rejects.toThrow('no space left on the disk')
		await killed(first)
		const second = lives.begin(program, { settings })
		await second.step(2)
		expect(lives.seen.flatMap(([, records]) => records)).toEqual([])
	})
})
