import { describe, expect, it } from 'vitest'
import { EventBus } from '../../engine/base/events.js'

describe('EventBus', () => {
	it('delivers in the order of posting, to listeners in the order of adding, after the posting code', async () => {
		const bus = new EventBus(() => undefined)
		const seen: string[] = []
		bus.on('batchSkipped', ({ time }) => void seen.push(`on ${time}`))
		bus.addListener({ onBatchSkipped: ({ time }) => void seen.push(`listener ${time}`) })
		bus.post({ kind: 'batchSkipped', time: 1 })
		bus.post({ kind: 'batchSkipped', time: 2 })
		expect(seen).toEqual([])
		await bus.drained()
		expect(seen).toEqual(['on 1', 'listener 1', 'on 2', 'listener 2'])
	})
	it('reports what a listener throws and goes on with the others', async () => {
		const errors: string[] = []
		const bus = new EventBus((error) => errors.push(error.message))
		const seen: number[] = []
		bus.on('batchSkipped', () => {
			throw new RangeError('deaf')
		})
		bus.on('batchSkipped', ({ time }) => void seen.push(time))
		bus.post({ kind: 'batchSkipped', time: 1 })
		await bus.drained()
		expect([errors, seen]).toEqual([['deaf'], [1]])
	})
	it('waits for a listener that waits', async () => {
		const bus = new EventBus(() => undefined)
		const seen: string[] = []
		bus.on('batchSkipped', async ({ time }) => {
			seen.push(`begins ${time}`)
			await Promise.resolve()
			seen.push(`ends ${time}`)
		})
		bus.post({ kind: 'batchSkipped', time: 1 })
		bus.post({ kind: 'batchSkipped', time: 2 })
		await bus.drained()
		expect(seen).toEqual(['begins 1', 'ends 1', 'begins 2', 'ends 2'])
	})
})
