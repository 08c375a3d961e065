/** Files read whole: names, bytes, records, and how small files share partitions. */

import { gzipSync } from 'node:zlib'
import { beforeEach, expect, it } from 'vitest'
import { type MemoryFiles, memoryFiles } from '../support/memoryfiles.js'
import { failure, withContext } from './context.js'

let files: MemoryFiles
beforeEach(() => {
	files = memoryFiles()
})

it('wholeTextFiles gives names and texts, packed files unpacked', async () => {
	files.put('/w/a', '1\r\n2')
	files.put('/w/b', '')
	files.write('/w/c.gz', gzipSync('3'))
	expect(await withContext((sc) => sc.wholeTextFiles('memory:/w', 1).collect())).toEqual([
		['memory:/w/a', '1\r\n2'],
		['memory:/w/c.gz', '3'],
		['memory:/w/b', ''],
	])
})

it('leaves out directories inside a directory', async () => {
	files.put('/w/a', '1')
	files.put('/w/sub/b', '2')
	expect(await withContext((sc) => sc.wholeTextFiles('memory:/w').collect())).toEqual([['memory:/w/a', '1']])
	expect(await withContext((sc) => sc.binaryFiles('memory:/w').count())).toBe(1)
})

it('wholeTextFiles closes a partition at the bytes by minPartitions and puts empty files last', async () => {
	for (const [name, size] of Object.entries({ a: 10, b: 10, c: 0, d: 25, e: 5 }))
		files.put(`/w/${name}`, 'x'.repeat(size))
	const packed = (n: number) =>
		withContext((sc) =>
			sc
				.wholeTextFiles('memory:/w', n)
				.map(([name]) => name.slice(-1))
				.glom()
				.collect(),
		)
	expect(await packed(1)).toEqual([['a', 'b', 'd', 'e'], ['c']])
	expect(await packed(2)).toEqual([
		['a', 'b', 'd'],
		['c', 'e'],
	])
	expect(await packed(50)).toEqual([['a'], ['b'], ['d'], ['e'], ['c']])
})

it('binaryFiles gives the bytes as they are, packed ones too', async () => {
	files.write('/b/a.gz', gzipSync('3'))
	files.write('/b/b', Uint8Array.of(0, 255))
	const found = await withContext((sc) => sc.binaryFiles('memory:/b').collect())
	expect(found.map(([name, bytes]) => [name, [...bytes]])).toEqual([
		['memory:/b/a.gz', [...gzipSync('3')]],
		['memory:/b/b', [0, 255]],
	])
})

it('binaryFiles packs small files by the cost of opening one', async () => {
	for (let i = 0; i < 8; i += 1) files.put(`/b/${i}`, 'x')
	// 8 files of 4 MB and a byte each by 2 cores: far more than the bytes that are there, so one partition.
	expect(await withContext((sc) => sc.binaryFiles('memory:/b').getNumPartitions())).toBe(1)
})

it('binaryRecords cuts a file into records, in splits of whole records', () =>
	withContext(async (sc) => {
		sc.conf.set('spark.hadoop.fs.local.block.size', '8')
		files.write(
			'/r',
			Uint8Array.from({ length: 12 }, (_, i) => i),
		)
		const parts = await sc
			.binaryRecords('memory:/r', 3)
			.map((r) => [...r])
			.glom()
			.collect()
		expect(parts).toEqual([
			[
				[0, 1, 2],
				[3, 4, 5],
			],
			[
				[6, 7, 8],
				[9, 10, 11],
			],
		])
	}))

const faults: readonly (readonly [string, string, number, string, string])[] = [
	['an incomplete last record', '/r', 5, 'input/path', '12 bytes are no whole number of records of 5 bytes'],
	[
		'a length of 0',
		'/r',
		0,
		'argument/illegal',
		'Fixed record length 0 is invalid.  It should be set to a value greater than zero',
	],
	['a packed file', '/r.gz', 1, 'input/path', 'FixedLengthRecordReader does not support reading compressed files'],
	['a missing file', '/x', 1, 'input/path', 'Input path does not exist: memory:/x'],
]
for (const [title, path, length, code, message] of faults) {
	it(`binaryRecords refuses ${title}`, async () => {
		files.write('/r', new Uint8Array(12))
		files.write('/r.gz', new Uint8Array(12))
		const error = await failure(() => withContext((sc) => sc.binaryRecords(`memory:${path}`, length).collect()))
		expect(error).toMatchObject({ code, message })
	})
}
