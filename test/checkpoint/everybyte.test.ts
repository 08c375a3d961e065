/** Any byte of a checkpoint directory is flipped, or its file cut there: the next life is right, or says what is damaged. */

import { afterEach, describe, expect, it } from 'vitest'
import { StreamError } from '../../engine/base/errors.js'
import { recordOf } from '../../engine/checkpoint/record.js'
import { frame, onlyRecord } from '../../engine/storage/log/frames.js'
import type { Image } from '../support/disk.js'
import { Life, type Outputs, type Program, received, states } from './moments.js'

let life: Life | undefined
afterEach(() => life?.end())

async function lived(program: Program, image: Image, untilSeconds: number): Promise<{ ended: Life; left: Image }> {
	const ended = new Life(image)
	life = ended
	await ended.run(program, untilSeconds)
	const left = ended.disk.live
	await ended.end()
	return { ended, left }
}

/** Bytes of a file to try: some of its head and of the rest. */
const placesIn = (length: number): number[] =>
	Array.from({ length }, (_, i) => i).filter((i) => i === 0 || i === 2 || i === 6 || i % 211 === 9 || i === length - 1)

function* damagesOf(bytes: Uint8Array): Generator<readonly [string, Uint8Array]> {
	for (const at of placesIn(bytes.length)) {
		const flipped = Uint8Array.from(bytes)
		flipped[at] = (flipped[at] as number) ^ (1 << (at & 7))
		yield [`bit ${at & 7} of byte ${at} flipped`, flipped]
		yield [`cut to ${at} bytes`, bytes.subarray(0, at)]
	}
}

/** Every damage of every file of an image, and what is wrong with the life after it. */
async function faultsOf(
	program: Program,
	image: Image,
	untilSeconds: number,
	check: (outputs: Outputs, isTold: boolean) => string[],
): Promise<string[]> {
	const faults: string[] = []
	for (const [path, bytes] of image) {
		// Those that are not the newest are read only when that cannot be.
		if (bytes === undefined || /checkpoint-[12]000/.test(path)) continue
		const folder = path.slice(0, path.lastIndexOf('/'))
		for (const [damage, damaged] of damagesOf(bytes)) {
			// A file of a log that is empty may have been so.
			const name = damaged.length === 0 && path.includes('/log-') ? folder : path.slice(folder.length)
			const told = (text: string): boolean => text.includes(name.replace('/checkpoint', 'checkpoint'))
			const { ended } = await lived(program, new Map([...image, [path, damaged]]), untilSeconds)
			const { errors, notices, outputs, conflicts } = ended
			const unclear = errors.filter((error) => !(error instanceof StreamError) || !told(String(error)))
			const isTold = [...errors.map(String), ...notices].some(told)
			const found = [...unclear.map(String), ...conflicts, ...check(outputs, isTold)]
			if (errors.length > 0 && !isTold) found.push('nothing is said')
			faults.push(...found.map((text) => `${path}: ${damage}: ${text}`))
		}
	}
	return faults
}

describe('a checkpoint directory with a damaged byte', () => {
	it('gives right states, or says which file is damaged', async () => {
		const { left } = await lived(states, new Map(), 4)
		const wanted = (await lived(states, new Map(), 6)).ended.outputs
		const faults = await faultsOf(states, left, 6, (outputs, isTold) => {
			const wrong = [...outputs].filter(([name, records]) => wanted.get(name) !== records)
			const isOut = isTold || [...wanted.keys()].every((name) => /@[1-3]$/.test(name) || outputs.has(name))
			return [...wrong.map(([name, records]) => `${name} is ${records}`), ...(isOut ? [] : ['outputs are missing'])]
		})
		expect(faults).toEqual([])
	})

	it('gives what was received in its batch, or says which file is damaged', async () => {
		const { ended: first, left } = await lived(received, new Map(), 4)
		const faults = await faultsOf(received, left, 6, (outputs, isTold) => {
			const all = [...first.outputs, ...outputs].flatMap(([name, records]) =>
				(JSON.parse(records) as number[]).map((n) => [name, n] as const),
			)
			const batchOf = new Map<number, string>()
			const moved = all.filter(([name, n]) => (batchOf.get(n) ?? name) !== name || batchOf.set(n, name) === undefined)
			const changed = [...outputs].filter(([name, records]) => (first.outputs.get(name) ?? records) !== records)
			const lost = isTold ? [] : first.safe.filter((n) => !batchOf.has(n))
			return [
				...moved.map(([name, n]) => `${n} is in ${batchOf.get(n)} and ${name}`),
				...changed.map(([name, records]) => `${name} was ${first.outputs.get(name)}, is ${records}`),
				...lost.map((n) => `${n} is lost`),
			]
		})
		expect(faults).toEqual([])
	})
})

describe('every byte', () => {
	it('of a part counts', () => {
		const part = frame(Buffer.from('the records of a partition'))
		for (let bit = 0; bit < 8 * part.length; bit += 1) {
			const flipped = Buffer.from(part)
			flipped[bit >> 3] = (flipped[bit >> 3] as number) ^ (1 << (bit & 7))
			expect(onlyRecord(flipped)).toBeUndefined()
		}
		for (let length = 0; length < part.length; length += 1) expect(onlyRecord(part.subarray(0, length))).toBeUndefined()
		expect(onlyRecord(Buffer.concat([part, part]))).toBeUndefined()
	})
	it('of the file of a checkpoint counts', async () => {
		const { left } = await lived(states, new Map(), 2)
		const bytes = left.get('/cp/checkpoint-2000') as Uint8Array
		expect(recordOf(bytes).timeMs).toBe(2_000)
		for (let at = 0; at < bytes.length; at += 1) {
			const flipped = Uint8Array.from(bytes)
			flipped[at] = (flipped[at] as number) ^ (1 << (at & 7))
			for (const damaged of [flipped, bytes.subarray(0, at)]) {
				expect(() => recordOf(damaged), `byte ${at}`).toThrow(StreamError)
			}
		}
	})
})
