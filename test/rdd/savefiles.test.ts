/** Saving: names of parts, the commit, what a failed job leaves, packed output. */

import { gunzipSync, inflateSync } from 'node:zlib'
import { beforeEach, describe, expect, it } from 'vitest'
import { inBatch } from '../../engine/base/batchscope.js'
import { Time } from '../../engine/base/time.js'
import { type MemoryFiles, memoryFiles } from '../support/memoryfiles.js'
import { failure, withContext } from './context.js'

let files: MemoryFiles
beforeEach(() => {
	files = memoryFiles()
})
const names = (path: string): string[] => files.list(path).map((status) => status.path.slice(path.length + 1))
const text = (path: string): string => Buffer.from(files.read(path)).toString()

it('gives one part a partition, _SUCCESS, and nothing else', async () => {
	await withContext((sc) => sc.parallelize(['a', 'b', 'c'], 2).saveAsTextFile('memory:/out'))
	expect(names('/out')).toEqual(['_SUCCESS', 'part-00000', 'part-00001'])
	expect([text('/out/part-00000'), text('/out/part-00001'), text('/out/_SUCCESS')]).toEqual(['a\n', 'b\nc\n', ''])
})

it('gives an RDD without partitions _SUCCESS only', async () => {
	await withContext((sc) => sc.emptyRDD<string>().saveAsTextFile('memory:/out'))
	expect(names('/out')).toEqual(['_SUCCESS'])
})

it('shows no part before all of them are there', async () => {
	const seen: string[][] = []
	await withContext((sc) =>
		sc
			.parallelize([1, 2, 3], 3)
			.map((n) => {
				seen.push(names('/out'))
				return n
			})
			.saveAsTextFile('memory:/out'),
	)
	expect(seen).toEqual([['_temporary'], ['_temporary'], ['_temporary']])
})

it('leaves no part of a job that fails', async () => {
	const error = await failure(() => withContext((sc) => sc.parallelize([1, null], 2).saveAsTextFile('memory:/out')))
	expect(error).toMatchObject({
		code: 'argument/illegal',
		message: 'requirement failed: text files do not allow null rows',
	})
	expect(names('/out')).toEqual([])
})

it('leaves no part when the commit cannot write', async () => {
	files.rename = () => {
		throw new RangeError('disk full')
	}
	expect(await failure(() => withContext((sc) => sc.parallelize([1], 1).saveAsTextFile('memory:/out')))).toMatchObject({
		message: 'disk full',
	})
	expect(names('/out')).toEqual([])
})

describe('a directory that is there', () => {
	beforeEach(() => {
		files.put('/out/part-00000', 'old\n')
		files.put('/out/.part-00000.crc', 'sum')
		files.put('/out/part-00007', 'old\n')
	})
	const save = (setting?: string) =>
		withContext((sc) => {
			if (setting !== undefined) sc.conf.set('spark.hadoop.validateOutputSpecs', setting)
			return sc.parallelize(['new'], 1).saveAsTextFile('memory:/out')
		})
	const replaced = ['_SUCCESS', 'part-00000', 'part-00007']

	it('is refused', async () =>
		expect(await failure(() => save())).toMatchObject({
			code: 'output/path',
			message: 'Output directory memory:/out already exists',
		}))
	it('is written into where the check is switched off; a stale checksum goes', async () => {
		await save('false')
		expect([names('/out'), text('/out/part-00000'), text('/out/part-00007')]).toEqual([replaced, 'new\n', 'old\n'])
	})
	it('is written into inside a batch', async () => {
		await inBatch({ time: new Time(1_000), outputId: 0 }, () => save())
		expect([names('/out'), text('/out/part-00000')]).toEqual([replaced, 'new\n'])
	})
})

describe('packed text', () => {
	const table: readonly (readonly [string, string, (bytes: Uint8Array) => Buffer])[] = [
		['gzip', 'part-00000.gz', gunzipSync],
		['org.apache.hadoop.io.compress.GzipCodec', 'part-00000.gz', gunzipSync],
		['deflate', 'part-00000.deflate', inflateSync],
		['DefaultCodec', 'part-00000.deflate', inflateSync],
	]
	for (const [codec, name, unpack] of table) {
		it(`${codec} gives ${name}, which reads back`, () =>
			withContext(async (sc) => {
				await sc.parallelize(['ż', 'b'], 1).saveAsTextFile('memory:/out', codec)
				expect(unpack(files.read(`/out/${name}`)).toString()).toBe('ż\nb\n')
				expect(await sc.textFile('memory:/out').collect()).toEqual(['ż', 'b'])
			}))
	}
	it('refuses an unknown codec with the list of those that work', async () =>
		expect(
			await failure(() => withContext((sc) => sc.parallelize([1], 1).saveAsTextFile('memory:/out', 'bzip2'))),
		).toMatchObject({
			code: 'argument/illegal',
			message: 'Compression codec bzip2 was not found.',
			remedy: expect.stringContaining('gzip (org.apache.hadoop.io.compress.GzipCodec), deflate'),
		}))
})

it('writes through a file system that answers later', async () => {
	const write = files.write.bind(files)
	Object.assign(files, { write: async (path: string, bytes: Uint8Array) => write(path, bytes) })
	await withContext((sc) => sc.parallelize(['a', 'b'], 2).saveAsTextFile('memory:/out'))
	expect(names('/out')).toEqual(['_SUCCESS', 'part-00000', 'part-00001'])
})
