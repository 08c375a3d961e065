/** Each call to the disk fails in its turn, once or from then on: nothing wrong comes out, and the life after is as if nothing was. */

import { afterEach, describe, expect, it } from 'vitest'
import { StreamError } from '../../engine/base/errors.js'
import type { Image } from '../support/disk.js'
import { Life, type Outputs, type Program, received, states } from './moments.js'

const lives: Life[] = []
afterEach(async () => {
	for (const life of lives.splice(0)) await life.end()
})

/** A life on what another has left; `isBroken` says which of its calls fail. */
async function lived(
	program: Program,
	image: Image,
	untilSeconds: number,
	isBroken: (call: number) => boolean = () => false,
): Promise<{ life: Life; numCalls: number; left: Image }> {
	const life = new Life(image)
	lives.push(life)
	let numCalls = 0
	life.disk.before = ({ operation, path }) => {
		if (isBroken(numCalls++)) throw new StreamError('output/path', `${path}: ${operation}: input/output error`)
	}
	await life.run(program, untilSeconds)
	const left = life.disk.live
	await life.end()
	lives.pop()
	return { life, numCalls, left }
}

type Check = (lives: readonly Life[]) => string[]

/** Everything that is wrong when a call fails: of a life on `image`, and of the one after it. */
async function faultsOf(program: Program, image: Image, endSeconds: number, check: Check): Promise<string[]> {
	const { numCalls } = await lived(program, image, endSeconds)
	const faults: string[] = []
	for (const lasts of [false, true]) {
		for (let n = 0; n < numCalls; n += lasts ? 5 : 1) {
			const first = await lived(program, image, endSeconds, (call) => (lasts ? call >= n : call === n))
			const second = await lived(program, first.left, endSeconds + 1)
			const unclear = first.life.errors.filter((error) => !/input\/output error/.test(String(error)))
			const found = [
				...unclear.map((error) => `${error}`),
				...second.life.errors.map((error) => `afterwards ${error}`),
				...first.life.conflicts,
				...second.life.conflicts,
				...check([first.life, second.life]),
			]
			faults.push(...found.map((text) => `call ${n} ${lasts ? 'and all after it' : ''}: ${text}`))
		}
	}
	return faults
}

/** What came out last of each batch. */
const outputsOf = (all: readonly Life[]): Outputs => new Map(all.flatMap(({ outputs }) => [...outputs]))

const asWanted =
	(wanted: Outputs, earlier: Outputs): Check =>
	(all) => {
		const last = new Map([...earlier, ...outputsOf(all)])
		const wrong = all.flatMap(({ outputs }) => [...outputs]).filter(([name, records]) => wanted.get(name) !== records)
		const missing = [...wanted].filter(([name]) => !last.has(name))
		return [...wrong, ...missing].map(([name, records]) => `${name} is ${last.get(name)}, ${records}`)
	}

const onceEach =
	(earlier: Life | undefined): Check =>
	(later) => {
		const all = [...(earlier === undefined ? [] : [earlier]), ...later]
		const numbers = [...outputsOf(all).values()].flatMap((records) => JSON.parse(records) as number[])
		const twice = numbers.filter((n, i) => numbers.indexOf(n) !== i)
		const lost = all.flatMap(({ safe }) => safe).filter((n) => !numbers.includes(n))
		return [...twice.map((n) => `${n} comes twice`), ...lost.map((n) => `${n} is lost`)]
	}

describe('when any call to the disk fails', () => {
	it('a first life tells it, and states are right in the next', async () => {
		const wanted = (await lived(states, new Map(), 4)).life.outputs
		expect(await faultsOf(states, new Map(), 3, asWanted(wanted, new Map()))).toEqual([])
	})
	it('a life that goes on from a checkpoint tells it, and states are right in the next', async () => {
		const wanted = (await lived(states, new Map(), 6)).life.outputs
		const first = await lived(states, new Map(), 4)
		expect(await faultsOf(states, first.left, 5, asWanted(wanted, first.life.outputs))).toEqual([])
	})
	it('a first life tells it, and what a receiver was told is safe comes once', async () => {
		expect(await faultsOf(received, new Map(), 3, onceEach(undefined))).toEqual([])
	})
	it('a life that goes on from a checkpoint tells it, and what a receiver was told is safe comes once', async () => {
		const first = await lived(received, new Map(), 4)
		expect(await faultsOf(received, first.left, 5, onceEach(first.life))).toEqual([])
	})
})
