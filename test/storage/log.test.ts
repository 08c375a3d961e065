import { mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ManualClock } from '../../engine/base/clock.js'
import '../../engine/storage/localfiles.js'
import { frame, recordsOf } from '../../engine/storage/log/frames.js'
import { type LogOptions, WriteAheadLog } from '../../engine/storage/log/log.js'
import { memoryFiles } from '../support/memoryfiles.js'

const bytes = (text: string): Buffer => Buffer.from(text)
const texts = (file: Uint8Array): string[] =>
	recordsOf(file).records.map(({ record }) => Buffer.from(record).toString())
const all = (log: WriteAheadLog): string[] => log.readAll().records.map(([record]) => Buffer.from(record).toString())

describe('records in a file', () => {
	const words = ['a', 'bc', 'def', '\0\0\0\0\0\0\0\0\0', 'the last one']
	const file = Buffer.concat(words.map((word) => frame(bytes(word))))
	const ends = words.map((_, i) => Buffer.concat(words.slice(0, i + 1).map((word) => frame(bytes(word)))).length)

	it('are whole up to where the file is cut, wherever that is', () => {
		for (let length = 0; length <= file.length; length += 1) {
			const whole = words.filter((_, i) => (ends[i] as number) <= length)
			expect(texts(file.subarray(0, length))).toEqual(whole)
		}
	})
	it('are what was written or left out, whichever bit is flipped', () => {
		for (let bit = 0; bit < file.length * 8; bit += 1) {
			const flipped = Buffer.from(file)
			flipped[bit >> 3] = (flipped[bit >> 3] as number) ^ (1 << (bit & 7))
			const found = texts(flipped)
			const hit = ends.findIndex((end) => bit >> 3 < end)
			expect(found.slice(0, hit)).toEqual(words.slice(0, hit))
			expect(found.every((word) => words.includes(word))).toBe(true)
			expect(found).not.toContain(words[hit])
		}
	})
	it('end where the disk has only zeros', () => {
		expect(texts(Buffer.concat([file, Buffer.alloc(100)]))).toEqual(words)
		expect(recordsOf(Buffer.concat([file, Buffer.alloc(100)])).lostBytes).toBe(100)
	})
})

describe('a write-ahead log', () => {
	let tmp: string
	let clock: ManualClock
	const open = (options: Partial<LogOptions> = {}): WriteAheadLog =>
		new WriteAheadLog({
			directory: tmp,
			clock,
			rollingMs: 1_000,
			maxFailures: 3,
			closeAfterWrite: false,
			...options,
		})
	beforeEach(() => {
		tmp = mkdtempSync(join(tmpdir(), 'rivulet-log-'))
		clock = new ManualClock()
	})
	afterEach(() => rmSync(tmp, { recursive: true }))

	it('gives back what was appended, from where it was put, in the next life', async () => {
		const log = open()
		const places = await Promise.all(['a', 'bb', 'ccc'].map((word) => log.append(bytes(word))))
		await log.close()
		const again = open()
		expect(all(again)).toEqual(['a', 'bb', 'ccc'])
		expect(places.map((place) => Buffer.from(again.read(place)).toString())).toEqual(['a', 'bb', 'ccc'])
	})
	it('begins a new file when its interval is over, and in every life', async () => {
		const log = open()
		await log.append(bytes('a'))
		clock.advance(1_001)
		await log.append(bytes('b'))
		await log.close()
		const again = open()
		again.appendNow(bytes('c'))
		await again.close()
		expect(readdirSync(tmp)).toEqual(['log-0-1000', 'log-1001-2001', 'log-1001-2002'])
		expect(all(open())).toEqual(['a', 'b', 'c'])
	})
	it('reads on in the next file after one that is torn, and says how much is lost', async () => {
		const log = open()
		await log.append(bytes('a'))
		await log.append(bytes('b'))
		await log.close()
		truncateSync(join(tmp, 'log-0-1000'), frame(bytes('a')).length + 3)
		const again = open()
		await again.append(bytes('c'))
		expect(all(again)).toEqual(['a', 'c'])
		expect([...again.readAll().lost.values()]).toEqual([3])
		await again.close()
	})
	it('refuses to read a record that is not what was written', async () => {
		const log = open()
		const place = await log.append(bytes('abc'))
		await log.close()
		const path = join(tmp, 'log-0-1000')
		const damaged = readFileSync(path)
		damaged[damaged.length - 1] = 0
		writeFileSync(path, damaged)
		expect(() => log.read(place)).toThrow(`Could not read data from write ahead log record ${path}, 0, 11`)
	})
	it('has a file for each write where files cannot grow', async () => {
		memoryFiles()
		const log = open({ directory: 'memory:/log', closeAfterWrite: true })
		await log.append(bytes('a'))
		await Promise.all([log.append(bytes('b')), log.append(bytes('c'))])
		expect(log.paths.length).toBe(2)
		expect(all(log)).toEqual(['a', 'b', 'c'])
	})
	it('takes nothing after it is closed', async () => {
		const log = open()
		const last = log.append(bytes('a'))
		await log.close()
		await expect(last).resolves.toMatchObject({ offset: 0 })
		expect(() => log.append(bytes('b'))).toThrow('the write-ahead log is closed')
	})
})
