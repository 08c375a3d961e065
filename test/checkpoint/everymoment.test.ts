/** A program that is killed, or whose machine goes down, before any of the calls to its disk: the next life is as if nothing was. */

import { afterEach, describe, expect, it } from 'vitest'
import type { Image } from '../support/disk.js'
import { Life, type Outputs, type Program, received, states } from './moments.js'

/** A moment of the first life. */
interface Moment {
	readonly name: string
	readonly image: Image
	/** What had come out by then. */
	readonly outputs: Outputs
	readonly safe: readonly number[]
}

let life: Life | undefined
afterEach(() => life?.end())

/** The disk at every call of a life of so many seconds: as a kill leaves it, and as a crash of the machine does. */
async function momentsOf(program: Program, seconds: number): Promise<{ moments: Moment[]; outputs: Outputs }> {
	const moments: Moment[] = []
	const seen = new Set<string>()
	const current = new Life(new Map())
	life = current
	const keep = (name: string, image: Image): void => {
		const key = JSON.stringify(
			[...image].map(([path, bytes]) => [path, bytes && Buffer.from(bytes).toString('base64')]),
		)
		if (seen.has(key)) return
		seen.add(key)
		moments.push({ name, image, outputs: new Map(current.outputs), safe: [...current.safe] })
	}
	let numCalls = 0
	current.disk.before = ({ operation, path, half }) => {
		const name = `${numCalls++} ${operation} ${path}`
		keep(`killed before ${name}`, current.disk.live)
		keep(`down before ${name}`, current.disk.safe)
		if (half !== undefined) keep(`down in ${name}`, new Map([...current.disk.safe, [path, half]]))
	}
	await current.run(program, seconds)
	expect([current.errors, current.notices, current.conflicts]).toEqual([[], [], []])
	await current.end()
	return { moments, outputs: current.outputs }
}

/** The next life, and what is wrong with it. */
async function faultsAfter(program: Program, moment: Moment, check: (life: Life) => string[]): Promise<string[]> {
	const next = new Life(moment.image)
	life = next
	await next.run(program, 7)
	await next.end()
	const errors = next.errors.map((error) => `error ${error}`)
	// What a checkpoint names was safe before: nothing is passed over.
	const passedOver = next.notices.filter((text) => !/bytes of .*received.* are torn/.test(text))
	return [...errors, ...passedOver, ...next.conflicts, ...check(next)].map((text) => `${moment.name}: ${text}`)
}

describe('the life after a crash at any moment', () => {
	it('has states and windows as they would be', async () => {
		const { outputs: wanted } = await momentsOf(states, 7)
		const { moments } = await momentsOf(states, 5)
		expect(moments.length).toBeGreaterThan(30)
		for (const moment of moments) {
			const faults = await faultsAfter(states, moment, ({ outputs }) => {
				const all = new Map([...moment.outputs, ...outputs])
				const wrong = [...all].filter(([name, records]) => wanted.get(name) !== records)
				const missing = [...wanted].filter(([name]) => !all.has(name))
				return [...wrong, ...missing].map(([name, records]) => `${name} is ${all.get(name)}, not ${records}`)
			})
			expect(faults).toEqual([])
		}
	})

	it('has what a receiver was told is safe, once', async () => {
		const { moments } = await momentsOf(received, 5)
		expect(moments.length).toBeGreaterThan(40)
		for (const moment of moments) {
			const faults = await faultsAfter(received, moment, ({ outputs, safe }) => {
				const all = new Map([...moment.outputs, ...outputs])
				const numbers = [...all.values()].flatMap((records) => JSON.parse(records) as number[])
				const twice = numbers.filter((n, i) => numbers.indexOf(n) !== i)
				const lost = [...moment.safe, ...safe].filter((n) => !numbers.includes(n))
				const changed = [...moment.outputs].filter(([name, records]) => (outputs.get(name) ?? records) !== records)
				return [
					...twice.map((n) => `${n} comes twice`),
					...lost.map((n) => `${n} is lost`),
					...changed.map(([name, records]) => `${name} was ${records}, is ${outputs.get(name)}`),
				]
			})
			expect(faults).toEqual([])
		}
	})
})
