/** Text files as RDDs: which files, which splits, which lines. */

import { deflateSync, gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { beforeEach, describe, expect, it } from 'vitest'
import type { SparkContext } from '../../engine/sparkcontext.js'
import { type MemoryFiles, memoryFiles } from '../support/memoryfiles.js'
import { failure, withContext } from './context.js'

let files: MemoryFiles
beforeEach(() => {
	files = memoryFiles()
})

const lines = (path: string, minPartitions?: number) => withContext((sc) => sc.textFile(path, minPartitions).collect())
const parts = (path: string, minPartitions?: number) =>
	withContext((sc) => sc.textFile(path, minPartitions).glom().collect())

describe('which files a path names', () => {
	beforeEach(() => {
		for (const path of ['/a/1', '/a/2', '/b/1', '/b/.hidden', '/b/_hidden', '/c/d/1']) files.put(path, `${path}\n`)
		files.put('/a/empty', '')
	})
	const table: readonly (readonly [string, string, readonly string[]])[] = [
		['a file', 'memory:/a/1', ['/a/1']],
		['a directory, without hidden names', 'memory:/b', ['/b/1']],
		['paths separated by commas, in their order', 'memory:/b/1,memory:/a/2,memory:/a/1', ['/b/1', '/a/2', '/a/1']],
		['the same path twice', 'memory:/b/1,memory:/b/1', ['/b/1', '/b/1']],
		['a pattern in its last part', 'memory:/a/[12]', ['/a/1', '/a/2']],
		['a pattern in an earlier part', 'memory:/?/1', ['/a/1', '/b/1']],
		['a comma in braces', 'memory:/{a,b}/1', ['/a/1', '/b/1']],
		['a pattern that names directories', 'memory:/[ab]', ['/a/1', '/a/2', '/b/1']],
	]
	for (const [title, path, expected] of table) it(title, async () => expect(await lines(path, 1)).toEqual(expected))

	const faults: readonly (readonly [string, string, string])[] = [
		['nothing there', 'memory:/x', 'Input path does not exist: memory:/x'],
		['a pattern without a match', 'memory:/x*', 'Input Pattern memory:/x* matches 0 files'],
		['a hidden file', 'memory:/b/_hidden', 'Input Pattern memory:/b/_hidden matches 0 files'],
		[
			'a directory inside',
			'memory:/c',
			'Path: /c/d is a directory, which is not supported by the record reader when `mapreduce.input.fileinputformat.input.dir.recursive` is false.',
		],
		['an empty part', 'memory:/a,,memory:/b', 'Can not create a Path from an empty string'],
		[
			'several faults at once',
			'memory:/x,memory:/a,memory:/y?',
			'Input path does not exist: memory:/x\nInput Pattern memory:/y? matches 0 files',
		],
	]
	for (const [title, path, message] of faults) {
		it(`refuses ${title}, when the action runs`, async () =>
			expect(await failure(() => lines(path))).toMatchObject({ code: 'input/path', message }))
	}

	it('reads directories in directories when that is set', () =>
		withContext(async (sc) => {
			sc.conf.set('spark.hadoop.mapreduce.input.fileinputformat.input.dir.recursive', 'true')
			expect(await sc.textFile('memory:/c,memory:/b').collect()).toEqual(['/c/d/1', '/b/1'])
		}))
	it('gives empty files no partition', async () =>
		expect(await parts('memory:/a/empty,memory:/a/1', 1)).toHaveLength(1))
	it('lists the files when partitions are asked for, and once', () =>
		withContext(async (sc) => {
			const rdd = sc.textFile('memory:/late', 1)
			files.put('/late/1', 'one')
			expect(await rdd.collect()).toEqual(['one'])
			files.put('/late/2', 'two')
			expect(await rdd.collect()).toEqual(['one'])
		}))
})

describe('lines', () => {
	const table: readonly (readonly [string, string, readonly string[]])[] = [
		['all three ends', 'a\nb\r\nc\rd', ['a', 'b', 'c', 'd']],
		['empty lines', '\n\r\n\r\r\n', ['', '', '', '']],
		['a last line with an end', 'a\n', ['a']],
		['a byte order mark at the start', '\ufeffa\n\ufeffb', ['a', '\ufeffb']],
		['more than one byte a character', 'żółć\n🍎', ['żółć', '🍎']],
	]
	for (const [title, text, expected] of table) {
		it(title, async () => {
			files.put('/t', text)
			expect(await lines('memory:/t', 1)).toEqual(expected)
		})
	}
	it('replaces what is no UTF-8', async () => {
		files.write('/t', Uint8Array.of(97, 0xff, 98, 10))
		expect(await lines('memory:/t', 1)).toEqual(['a\ufffdb'])
	})
	it('unpacks .gz and .deflate, without cutting them', async () => {
		files.write('/z/1.gz', Buffer.concat([gzipSync('a\nb\n'), gzipSync('c\n')]))
		files.write('/z/2.deflate', deflateSync('d\ne'))
		expect(await parts('memory:/z', 10)).toEqual([
			['a', 'b', 'c'],
			['d', 'e'],
		])
	})
	it('names a file whose packed data is damaged', async () => {
		files.write('/z.gz', gzipSync('a\nb\n').subarray(0, 15))
		expect(await failure(() => lines('memory:/z.gz'))).toMatchObject({
			code: 'input/path',
			message: expect.stringContaining('memory:/z.gz: damaged gzip data'),
		})
	})
	it('refuses a codec that it has not, before reading', async () => {
		files.put('/z.bz2', 'BZh')
		expect(await failure(() => lines('memory:/z.bz2'))).toMatchObject({
			code: 'input/path',
			message: 'memory:/z.bz2: no codec BZip2Codec to unpack it with',
			remedy: expect.stringContaining('gzip'),
		})
	})
})

describe('splits', () => {
	it('are as long as the bytes by minPartitions, the last up to a tenth longer', async () => {
		files.put('/t', '0123456\n'.repeat(4))
		const sizes = await withContext((sc) =>
			sc
				.textFile('memory:/t', 3)
				.glom()
				.map((part) => part.length)
				.collect(),
		)
		// 32 bytes, splits of 10: [0, 10), [10, 20), [20, 30), [30, 32).
		expect(sizes).toEqual([2, 1, 1, 0])
	})
	it('are never longer than a block', () =>
		withContext(async (sc) => {
			sc.conf.set('spark.hadoop.fs.local.block.size', '10')
			files.put('/t', '0123456\n'.repeat(5))
			expect(sc.textFile('memory:/t', 1).getNumPartitions()).toBe(4)
		}))
	it('read their own bytes only', async () => {
		const text = `${'x'.repeat(99)}\n`.repeat(100_000)
		files.put('/t', text)
		let read = 0
		const plain = files.read.bind(files)
		files.read = (path, from, to) => {
			const bytes = plain(path, from, to)
			read += bytes.length
			return bytes
		}
		await withContext(async (sc) => {
			const rdd = sc.textFile('memory:/t', 10)
			await sc.runJob(rdd, (records) => [...records].length, [4])
		})
		expect(read).toBeLessThan(text.length / 10 + 100_000)
	})
	it('give every line once, whatever the ends and the number of splits', () =>
		withContext((sc) =>
			fc.assert(
				fc.asyncProperty(
					fc.array(fc.constantFrom('a', 'ż', '\n', '\r', '\r\n', 'bc'), { maxLength: 60 }),
					fc.integer({ min: 1, max: 40 }),
					(signs, n) => sameLines(sc, signs.join(''), n),
				),
				{ numRuns: 150 },
			),
		))
	it('work on a file system that answers later', () =>
		withContext(async (sc) => {
			files.put('/t', 'a\nb\nc\n')
			const plain = files.read.bind(files)
			Object.assign(files, { read: async (...args: [string]) => plain(...args) })
			expect(await sc.textFile('memory:/t', 3).collect()).toEqual(['a', 'b', 'c'])
			expect(await sc.wholeTextFiles('memory:/t').collect()).toEqual([['memory:/t', 'a\nb\nc\n']])
		}))
})

async function sameLines(sc: SparkContext, text: string, n: number): Promise<void> {
	files.put('/law', text)
	const expected = text.split(/\r\n|\n|\r/)
	if (expected.at(-1) === '') expected.pop()
	expect(await sc.textFile('memory:/law', n).collect()).toEqual(expected)
}

it('textFile carries the path as name, in Spark’s two RDDs', () =>
	withContext((sc) => {
		const rdd = sc.textFile('memory:/t')
		expect([rdd.name, rdd.kind, rdd.id]).toEqual(['memory:/t', 'MapPartitionsRDD', 1])
		expect([rdd.dependencies[0]?.name, rdd.dependencies[0]?.kind]).toEqual(['memory:/t', 'HadoopRDD'])
	}))
