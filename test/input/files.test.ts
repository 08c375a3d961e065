/** File streams: which files a batch takes, and what becomes of them. Source of the cases: Spark's InputStreamsSuite. */

import { mkdirSync, mkdtempSync, renameSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterEach, describe, expect, test } from 'vitest'
import { type DStream, setHost } from '../../engine/index.js'
import { type MemoryFiles, memoryFiles } from '../support/memoryfiles.js'
import { manualContext, stopAll } from '../support/timeline.js'

const told: string[] = []
const hear = (): void => {
	told.length = 0
	setHost({ notice: ({ text }) => void told.push(text), liveGraph: false })
}
afterEach(async () => {
	await stopAll()
	setHost({})
})

/** A directory in memory that is watched from time `from` on. */
function watching(from = 0, settings: Record<string, string> = {}) {
	hear()
	const files = memoryFiles()
	files.makeDirectory('/in')
	const { ssc, clock } = manualContext({ settings })
	clock.setTime(from)
	return { files, ssc, clock, path: 'memory:/in' }
}

/** The records of each batch of a stream, one list a batch. */
function collected<T>(stream: DStream<T>): T[][] {
	const batches: T[][] = []
	stream.foreachRDD(async (rdd) => void batches.push(await rdd.collect()))
	return batches
}

const put = (files: MemoryFiles, path: string, text: string, modifiedMs: number): void => {
	files.put(path, text)
	files.setModified(path, modifiedMs)
}

describe('a file stream', () => {
	test('takes each file once, in the batch in whose time it was changed', async () => {
		const { files, ssc, path } = watching()
		const seen = collected(ssc.textFileStream(path))
		put(files, '/in/a', '1\n2\n', 1_000)
		await ssc.step()
		put(files, '/in/c', '4', 1_500)
		put(files, '/in/b', '3\r\n', 2_000)
		put(files, '/in/later', '9', 3_500)
		await ssc.step(4)
		expect(seen).toEqual([['1', '2'], ['3', '4'], [], ['9'], []])
	})

	test.each([
		['only files changed after it was made', undefined, ['new']],
		['all files of the remember window, if asked', false, ['new', 'old']],
	])('takes %s', async (_, newFilesOnly, expected) => {
		const { files, ssc, path } = watching(12_000)
		put(files, '/in/old', 'old', 10_000)
		put(files, '/in/new', 'new', 12_500)
		const seen = collected(ssc.fileStream(path, undefined, newFilesOnly))
		await ssc.step()
		expect(seen[0]?.map(([, line]) => line).sort()).toEqual(expected)
	})

	test('ignores for ever a file that comes with a time before the window', async () => {
		const settings = { 'spark.streaming.fileStream.minRememberDuration': '3s' }
		const { files, ssc, path } = watching(0, settings)
		const seen = collected(ssc.textFileStream(path))
		await ssc.step(9)
		put(files, '/in/late', 'late', 8_000)
		put(files, '/in/tooLate', 'too late', 7_000)
		await ssc.step(2)
		expect(seen.slice(9)).toEqual([['late'], []])
	})

	test.each([
		['spark.streaming.fileStream.minRememberDuration', '2500ms', 2_000],
		['spark.streaming.minRememberDuration', '4s', 4_000],
	])('has its window from %s', (key, value, expected) => {
		const { ssc, path } = watching(0, { [key]: value })
		ssc.textFileStream(path)
		expect(ssc.inputs[0]?.rememberDuration?.milliseconds).toBe(expected)
	})

	test('does not read a file again that has grown, nor what was added after it was taken', async () => {
		const { files, ssc, path } = watching()
		const stream = ssc.textFileStream(path)
		const seen: string[][] = []
		stream.foreachRDD(async (rdd) => {
			put(files, '/in/a', '1\n2\n3\n', 1_500)
			seen.push(await rdd.collect())
		})
		put(files, '/in/a', '1\n', 500)
		await ssc.step(3)
		expect(seen).toEqual([['1'], [], []])
	})

	test.each([
		['names that begin with a dot do not count', undefined, ['_b', 'a']],
		['the filter gets the whole path', (path: string) => path === 'memory:/in/.hidden', ['.hidden']],
	])('%s', async (_, filter, expected) => {
		const { files, ssc, path } = watching()
		for (const name of ['a', '.hidden', '_b']) put(files, `/in/${name}`, name, 500)
		const seen = collected(ssc.fileStream(path, filter))
		await ssc.step()
		expect(seen[0]?.map(([, line]) => line)).toEqual(expected)
	})

	test('reads the directories that a pattern names, and only their children', async () => {
		const { files, ssc } = watching()
		const seen = collected(ssc.textFileStream('memory:/in/sub*'))
		put(files, '/in/sub1/a', 'a', 500)
		put(files, '/in/direct', 'direct', 500)
		put(files, '/in/sub1/deep/b', 'b', 500)
		files.setModified('/in/sub1/deep', 0)
		await ssc.step()
		put(files, '/tmp/c', 'c', 1_500)
		put(files, '/tmp/existing', 'existing', 0)
		files.rename('/tmp', '/in/sub2')
		await ssc.step()
		expect(seen).toEqual([['a'], ['c']])
	})

	test('reads the files of a directory that is moved in', async () => {
		const { files, ssc, path } = watching()
		const seen = collected(ssc.textFileStream(path))
		put(files, '/in/day/a', 'a', 0)
		put(files, '/in/day/_SUCCESS', '', 0)
		files.setModified('/in/day', 900)
		await ssc.step()
		expect(seen).toEqual([['a']])
	})

	test('tells its files, and no number of records', async () => {
		const { files, ssc, path } = watching()
		ssc.textFileStream(path).foreachRDD(() => undefined)
		put(files, '/in/b', 'b', 500)
		put(files, '/in/a', 'a', 500)
		const [info] = await ssc.step()
		expect(info?.streamIdToInputInfo[0]).toEqual({
			inputStreamId: 0,
			numRecords: 0,
			metadata: { files: ['memory:/in/a', 'memory:/in/b'], Description: 'memory:/in/a\nmemory:/in/b' },
		})
		expect(ssc.inputs[0]?.displayName).toBe('File stream [0]')
	})

	test('has one RDD a file, and none of its own', async () => {
		const { files, ssc, path } = watching()
		const counts: number[] = []
		ssc.textFileStream(path).foreachRDD((rdd) => void counts.push(rdd.getNumPartitions()))
		put(files, '/in/b', 'b', 500)
		put(files, '/in/a', 'a', 500)
		await ssc.step(2)
		expect(counts).toEqual([2, 0])
	})

	test('unpacks gzipped text', async () => {
		const { files, ssc, path } = watching()
		const seen = collected(ssc.textFileStream(path))
		files.write('/in/a.gz', gzipSync('x\ny'))
		files.setModified('/in/a.gz', 500)
		await ssc.step()
		expect(seen).toEqual([['x', 'y']])
	})

	test('forgets names with the batches that took them', async () => {
		const { files, ssc, path } = watching(0, { 'spark.streaming.fileStream.minRememberDuration': '2s' })
		const seen = collected(ssc.textFileStream(path))
		put(files, '/in/a', 'a', 500)
		await ssc.step(6)
		put(files, '/in/a', 'again', 6_500)
		await ssc.step()
		expect(seen).toEqual([['a'], [], [], [], [], [], ['again']])
	})
})

describe('a file stream and trouble', () => {
	test('says once that its directory is not there, and reads when it is', async () => {
		const { files, ssc, path } = watching()
		files.remove('/in')
		const seen = collected(ssc.textFileStream(path))
		await ssc.step(2)
		put(files, '/in/a', 'a', 2_500)
		await ssc.step()
		expect([told, seen]).toEqual([
			['File stream [0]: there is no directory memory:/in yet; batches go on'],
			[[], [], ['a']],
		])
	})

	test('says that its directory is a file', async () => {
		const { files, ssc } = watching()
		put(files, '/file', '', 0)
		collected(ssc.textFileStream('memory:/file'))
		await ssc.step(2)
		expect(told).toEqual(['File stream [0]: memory:/file is a file, not a directory; batches go on'])
	})

	test('gives an empty batch when listing fails, and goes on', async () => {
		const { files, ssc, path } = watching()
		const seen = collected(ssc.textFileStream(path))
		const list = files.list.bind(files)
		files.list = () => {
			throw new Error('the disk is away')
		}
		await ssc.step()
		files.list = list
		put(files, '/in/a', 'a', 900)
		await ssc.step()
		expect([told, seen]).toEqual([
			['File stream [0]: the files of memory:/in cannot be listed: the disk is away; batches go on'],
			[[], ['a']],
		])
	})

	test('says that an empty file was taken', async () => {
		const { files, ssc, path } = watching()
		const seen = collected(ssc.textFileStream(path))
		put(files, '/in/a', '', 500)
		await ssc.step()
		expect(seen).toEqual([[]])
		expect(told[0]).toContain('File memory:/in/a has no data in it.')
	})

	test('fails the task, naming the file, when it is gone before it is read', async () => {
		const { files, ssc, path } = watching()
		ssc.textFileStream(path).foreachRDD(async (rdd) => {
			files.remove('/in/a')
			await rdd.count()
		})
		put(files, '/in/a', 'a', 500)
		await expect(ssc.step()).rejects.toThrow('/in/a')
	})

	test.each([
		['an unknown scheme', () => 'gopher://in', 'No FileSystem for scheme "gopher"'],
		['no path', () => '', '"" is no directory'],
	])('refuses %s', (_, path, text) => {
		const { ssc } = watching()
		expect(() => ssc.textFileStream(path())).toThrow(text)
	})
})

describe('formats', () => {
	test('binary gives pairs of path and bytes, a function its own records', async () => {
		const { files, ssc, path } = watching()
		const whole = collected(ssc.fileStream(path, { format: 'binary' }))
		const own = collected(ssc.fileStream(path, { format: (bytes) => [`${bytes.length} bytes`] }))
		put(files, '/in/a', 'abc', 500)
		await ssc.step()
		expect([whole, own]).toEqual([[[['memory:/in/a', new Uint8Array([97, 98, 99])]]], [['3 bytes']]])
	})

	test('sequence gives the pairs that were saved', async () => {
		const { files, ssc, path } = watching()
		const seen = collected(ssc.fileStream(path, { format: 'sequence' }))
		const pairs = ssc.sparkContext.parallelize<[string, number]>(
			[
				['a', 1],
				['b', 2],
			],
			1,
		)
		await pairs.saveAsSequenceFile('memory:/saved')
		files.rename('/saved/part-00000', '/in/part-00000')
		files.setModified('/in/part-00000', 500)
		await ssc.step()
		expect(seen).toEqual([
			[
				['a', 1],
				['b', 2],
			],
		])
	})

	test('records have one length, or their task fails with Spark’s text', async () => {
		const { files, ssc, path } = watching()
		const seen = collected(ssc.binaryRecordsStream(path, 2))
		put(files, '/in/a', 'abcd', 500)
		await ssc.step()
		expect(seen).toEqual([[new Uint8Array([97, 98]), new Uint8Array([99, 100])]])
		put(files, '/in/b', 'abc', 1_500)
		await expect(ssc.step()).rejects.toThrow('Byte array does not have correct length. 1 did not equal recordLength: 2')
	})

	test.each([0, -1, 1.5, Number.NaN])('a record length of %s is refused', (length) => {
		const { ssc, path } = watching()
		expect(() => ssc.binaryRecordsStream(path, length)).toThrow('is no record length')
	})
})

describe('on the disk', () => {
	test('10,000 files that are renamed into a directory while batches run are read once each', async () => {
		const folder = mkdtempSync(join(tmpdir(), 'rivulet-files-'))
		try {
			hear()
			const { ssc, clock } = manualContext()
			const inbox = join(folder, 'in')
			const away = join(folder, 'away')
			mkdirSync(inbox)
			mkdirSync(away)
			const counts = new Map<string, number>()
			ssc.textFileStream(inbox).foreachRDD(async (rdd) => {
				for (const line of await rdd.collect()) counts.set(line, (counts.get(line) ?? 0) + 1)
			})
			const total = 10_000
			for (let i = 0; i < total; i += 1) {
				const file = join(away, String(i))
				writeFileSync(file, String(i))
				utimesSync(file, (clock.now() + 500) / 1_000, (clock.now() + 500) / 1_000)
				renameSync(file, join(inbox, String(i)))
				if (i % 1_000 === 999) await ssc.step()
			}
			await ssc.step(2)
			expect([counts.size, [...counts.values()].every((n) => n === 1)]).toEqual([total, true])
		} finally {
			rmSync(folder, { recursive: true, force: true })
		}
	})
})
