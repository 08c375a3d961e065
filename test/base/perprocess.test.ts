import { describe, expect, it } from 'vitest'
import { ManualClock } from '../../engine/base/clock.js'
import { perProcess } from '../../engine/base/perprocess.js'

/** A pool that counts. */
function counted() {
	const log: string[] = []
	const clock = new ManualClock()
	let next = 0
	const pool = perProcess(
		() => {
			const id = next++
			log.push(`made ${id}`)
			return { id, end: () => void log.push(`ended ${id}`) }
		},
		{ idle: '1 min', clock },
	)
	return { log, clock, pool }
}
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

describe('a value for each process', () => {
	it('is made at the first use, and once', () => {
		const { log, pool } = counted()
		expect(log).toEqual([])
		expect([pool().id, pool().id]).toEqual([0, 0])
		expect(log).toEqual(['made 0'])
	})
	it('is closed when it has been idle, and made again after that', async () => {
		const { log, clock, pool } = counted()
		pool()
		clock.advance(59_000)
		pool()
		clock.advance(59_999)
		await settled()
		expect(log).toEqual(['made 0'])
		clock.advance(1)
		await settled()
		expect(log).toEqual(['made 0', 'ended 0'])
		expect(pool().id).toBe(1)
	})
	it('is not closed while it is in use', async () => {
		const { log, clock, pool } = counted()
		let end: () => void = () => undefined
		const use = pool.use(() => new Promise<void>((resolve) => (end = resolve)))
		await settled()
		clock.advance(600_000)
		await settled()
		expect(log).toEqual(['made 0'])
		end()
		await use
		clock.advance(60_000)
		await settled()
		expect(log).toEqual(['made 0', 'ended 0'])
	})
	it('is asked for again when it could not be made', async () => {
		let tries = 0
		const value = perProcess(async () => {
			tries += 1
			if (tries === 1) throw new Error('refused')
			return tries
		})
		await expect(value()).rejects.toThrow('refused')
		await expect(value.use((n) => n + 1)).resolves.toBe(3)
	})
})
