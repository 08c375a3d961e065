import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { StreamingContext } from '../../engine/index.js'
import { Fed } from '../support/fed.js'
import { Lives, type Program } from './life.js'

const feed = (...records: number[]): Promise<void> => (Fed.current as Fed).store(records)
const settings = { 'spark.streaming.receiver.writeAheadLog.enable': 'true' }
const program: Program = (ssc, see) => {
	ssc.receiverStream(new Fed()).foreachRDD(see('fed'))
}

let lives: Lives
beforeEach(() => {
	lives = new Lives()
})
afterEach(() => lives.end())

/** The files as they are now, as a process that is killed leaves them; the context goes on in vain. */
async function killed(ssc: StreamingContext): Promise<void> {
	const left = lives.files.copy()
	await ssc.stop(true)
	lives.files.restore(left)
}

describe('received blocks in a log', () => {
	it('belong to the same batches when these run again', async () => {
		const first = lives.begin(program, { settings })
		await first.step()
		await feed(1, 2)
		await first.step()
		await feed(3)
		await feed(4)
		await first.step()
		expect(lives.seen).toEqual([
			['fed@1', []],
			['fed@2', [1, 2]],
			['fed@3', [3, 4]],
		])
		await killed(first)
		const second = lives.begin(program, { settings })
		await second.step()
		expect(lives.seen).toEqual([
			['fed@3', [3, 4]],
			['fed@4', []],
		])
	})

	it('that had no batch yet belong to the first that is new, and to no other', async () => {
		const first = lives.begin(program, { settings })
		await first.step(2)
		await feed(5)
		await feed(6)
		await killed(first)
		const second = lives.begin(program, { settings })
		await second.step(2)
		expect(lives.seen).toEqual([
			['fed@2', []],
			['fed@3', [5, 6]],
			['fed@4', []],
		])
		await killed(second)
		const third = lives.begin(program, { settings })
		await third.step(1)
		expect(lives.seen).toEqual([
			['fed@4', []],
			['fed@5', []],
		])
	})

	it('are there for windows of the next life', async () => {
		const windowed: Program = (ssc, see) => {
			ssc.receiverStream(new Fed()).window('3s').foreachRDD(see('window'))
		}
		const first = lives.begin(windowed, { settings })
		await first.step(5)
		for (const i of [6, 7, 8]) {
			await feed(i)
			await first.step()
		}
		await killed(first)
		const second = lives.begin(windowed, { settings })
		await second.step(2)
		expect(lives.seen).toEqual([
			['window@8', [6, 7, 8]],
			['window@9', [7, 8]],
			['window@10', [8]],
		])
		expect(lives.errors).toEqual([])
	})

	it('are lost without a log, which is said', async () => {
		const first = lives.begin(program)
		await first.step()
		await feed(1, 2)
		await killed(first)
		const second = lives.begin(program)
		await second.step()
		expect(lives.seen).toEqual([
			['fed@1', []],
			['fed@2', []],
		])
		expect(lives.notices).toEqual([
			'Pluggable stream [0]: what was received and not processed before is lost; spark.streaming.receiver.writeAheadLog.enable would keep it',
		])
	})

	it('go on in a stream that has a name now', async () => {
		const first = lives.begin(program, { settings })
		await first.step()
		await feed(1, 2)
		await killed(first)
		const named: Program = (ssc, see) => ssc.receiverStream(new Fed()).named('fed').foreachRDD(see('fed'))
		const second = lives.begin(named, { settings })
		await second.step()
		expect(lives.seen).toEqual([
			['fed@1', []],
			['fed@2', [1, 2]],
		])
	})

	it('leave no files behind that nobody needs', async () => {
		const small = { ...settings, 'spark.streaming.receiver.writeAheadLog.rollingIntervalSecs': '1' }
		const all = { ...small, 'spark.streaming.driver.writeAheadLog.rollingIntervalSecs': '1' }
		const ssc = lives.begin(program, { settings: all })
		for (let i = 0; i < 60; i += 1) {
			await ssc.step()
			await feed(i)
		}
		await ssc.step(10)
		expect(lives.files.list('/cp/receivedData').length).toBeLessThan(16)
		expect(lives.files.list('/cp/receivedBlockMetadata').length).toBeLessThan(20)
		await killed(ssc)
		const second = lives.begin(program, { settings: all })
		await second.step()
		expect(lives.seen).toEqual([
			['fed@70', []],
			['fed@71', []],
		])
	})
})
