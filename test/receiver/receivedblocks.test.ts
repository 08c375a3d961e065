import { describe, expect, it } from 'vitest'
import { ReceivedBlocks } from '../../engine/receiver/receivedblocks.js'

const block = (id: string, sizeBytes = 10) => ({ id, numRecords: 1, sizeBytes })
const ids = (blocks: readonly { id: string }[]): string[] => blocks.map(({ id }) => id)

describe('received blocks', () => {
	it('that wait belong to the next batch, each to one', () => {
		const received = new ReceivedBlocks()
		for (const id of ['a', 'b', 'c']) received.add(0, block(id))
		received.allocate(1_000)
		received.allocate(2_000)
		expect([ids(received.blocksOf(1_000, 0)), ids(received.blocksOf(2_000, 0))]).toEqual([['a', 'b', 'c'], []])
	})

	it('of several streams stay apart, in order', () => {
		const received = new ReceivedBlocks()
		received.add(0, block('a'))
		received.add(1, block('b'))
		received.add(0, block('c'))
		received.allocate(1_000)
		expect([ids(received.blocksOf(1_000, 0)), ids(received.blocksOf(1_000, 1))]).toEqual([['a', 'c'], ['b']])
	})

	it.each([[1_000], [2_000]])('are not given to the batch at %d again', (timeMs) => {
		const received = new ReceivedBlocks()
		received.add(0, block('a'))
		received.allocate(1_000)
		received.allocate(2_000)
		received.add(0, block('b'))
		received.allocate(timeMs)
		expect([received.hasWaiting, ids(received.waitingOf(0))]).toEqual([true, ['b']])
	})

	it('are forgotten with batches older than a time', () => {
		const received = new ReceivedBlocks()
		received.add(0, block('a'))
		received.allocate(1_000)
		received.add(0, block('b'))
		received.allocate(2_000)
		expect(ids(received.cleanup(2_000))).toEqual(['a'])
		expect([received.blocksOf(1_000, 0), ids(received.blocksOf(2_000, 0))]).toEqual([[], ['b']])
	})

	it('count as unprocessed until their batch is over or forgotten', () => {
		const received = new ReceivedBlocks()
		const sizes: number[] = []
		const look = (): void => void sizes.push(received.unprocessedBytes)
		received.add(0, block('a', 5))
		look()
		received.allocate(1_000)
		received.add(1, block('b', 7))
		received.allocate(2_000)
		received.add(1, block('c', 100))
		look()
		received.processed(1_000)
		received.processed(1_000)
		look()
		received.cleanup(3_000)
		look()
		expect(sizes).toEqual([5, 112, 107, 100])
	})

	it('may be a hundred thousand', () => {
		const received = new ReceivedBlocks()
		for (let i = 0; i < 100_000; i += 1) received.add(0, block(`input-0-${i}`))
		received.allocate(1_000)
		expect(received.blocksOf(1_000, 0)).toHaveLength(100_000)
	})
})
