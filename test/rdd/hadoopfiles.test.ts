/** Hadoop's formats by name: what they read, what they write, what settings say. */

import { gunzipSync } from 'node:zlib'
import { beforeEach, describe, expect, it } from 'vitest'
import type { RDD } from '../../engine/rdd/rdd.js'
import { type MemoryFiles, memoryFiles } from '../support/memoryfiles.js'
import { failure, withContext } from './context.js'

let files: MemoryFiles
beforeEach(() => {
	files = memoryFiles()
})
const names = (): string[] => files.list('/out').map(({ path }) => path.slice(5))
const text = (name: string): string => Buffer.from(files.read(`/out/${name}`)).toString()

describe('reading', () => {
	it('TextInputFormat gives the position of each line in bytes', () =>
		withContext(async (sc) => {
			files.put('/t', '\ufeffż\r\n\nc')
			const expected = [
				[3, 'ż'],
				[7, ''],
				[8, 'c'],
			]
			for (const n of [1, 3])
				expect(await sc.hadoopFile('memory:/t', 'TextInputFormat', undefined, undefined, n).collect()).toEqual(expected)
			const format = 'org.apache.hadoop.mapreduce.lib.input.TextInputFormat'
			expect(await sc.newAPIHadoopFile('memory:/t', format, 'LongWritable', 'Text').collect()).toEqual(expected)
		}))
	it('KeyValueTextInputFormat cuts at the first separator', () =>
		withContext(async (sc) => {
			files.put('/t', 'a\tb\tc\nd\n\te')
			const format = 'org.apache.hadoop.mapred.KeyValueTextInputFormat'
			expect(await sc.hadoopFile('memory:/t', format).collect()).toEqual([
				['a', 'b\tc'],
				['d', ''],
				['', 'e'],
			])
			const conf = { 'mapreduce.input.keyvaluelinerecordreader.key.value.separator': 'b' }
			expect(await sc.newAPIHadoopFile('memory:/t', format, undefined, undefined, conf).first()).toEqual(['a\t', '\tc'])
		}))
	it('SequenceFileInputFormat gives the pairs', () =>
		withContext(async (sc) => {
			await sc.parallelize<[string, number]>([['a', 1]], 1).saveAsSequenceFile('memory:/s')
			expect(await sc.hadoopFile('memory:/s', 'SequenceFileInputFormat', 'Text').collect()).toEqual([['a', 1]])
		}))
	it('the path may be a setting, under its old name too', () =>
		withContext(async (sc) => {
			files.put('/t', 'a')
			const key = 'mapreduce.input.fileinputformat.inputdir'
			expect(await sc.hadoopRDD({ 'mapred.input.dir': 'memory:/t' }, 'TextInputFormat').collect()).toEqual([[0, 'a']])
			expect(await sc.newAPIHadoopRDD({ [key]: 'memory:/t' }, 'TextInputFormat').collect()).toEqual([[0, 'a']])
			expect(await failure(() => sc.hadoopRDD({}, 'TextInputFormat'))).toMatchObject({
				code: 'config/value',
				message: 'No input paths specified in job',
			})
		}))
	it('refuses what it does not know', () =>
		withContext(async (sc) => {
			const unknown = await failure(() => sc.hadoopFile('memory:/t', 'org.apache.orc.mapred.OrcInputFormat'))
			expect(unknown).toMatchObject({
				code: 'argument/illegal',
				message: 'the input format org.apache.orc.mapred.OrcInputFormat is not known here',
			})
			expect(await failure(() => sc.hadoopFile('memory:/t', 'TextInputFormat', 'Text'))).toMatchObject({
				message: 'TextInputFormat gives LongWritable, not Text',
			})
		}))
})

describe('writing', () => {
	const save = (body: (rdd: RDD<[string, number | null]>) => Promise<void>) =>
		withContext((sc) =>
			body(
				sc.parallelize(
					[
						['a', 1],
						['b', null],
					] as [string, number | null][],
					1,
				),
			),
		)
	it('TextOutputFormat gives lines of key and value, null left out', async () => {
		await save((rdd) => rdd.saveAsHadoopFile('memory:/out'))
		expect([names(), text('part-00000')]).toEqual([['_SUCCESS', 'part-00000'], 'a\t1\nb\n'])
	})
	it('the new API names its parts part-r-NNNNN and takes settings', async () => {
		const conf = {
			'mapreduce.output.textoutputformat.separator': '=',
			'mapreduce.output.fileoutputformat.compress': 'true',
			'mapreduce.output.fileoutputformat.compress.codec': 'org.apache.hadoop.io.compress.GzipCodec',
		}
		const format = 'org.apache.hadoop.mapreduce.lib.output.TextOutputFormat'
		await save((rdd) => rdd.saveAsNewAPIHadoopFile('memory:/out', undefined, undefined, format, conf))
		expect(names()).toEqual(['_SUCCESS', 'part-r-00000.gz'])
		expect(gunzipSync(files.read('/out/part-r-00000.gz')).toString()).toBe('a=1\nb\n')
	})
	it('SequenceFileOutputFormat writes the classes that are asked for', () =>
		withContext(async (sc) => {
			const pairs = sc.parallelize<[number, number]>([[1, 0.5]], 1)
			await pairs.saveAsHadoopFile('memory:/out', 'LongWritable', 'FloatWritable', 'SequenceFileOutputFormat', 'gzip')
			expect(await sc.sequenceFile('memory:/out', 'LongWritable', 'FloatWritable').collect()).toEqual([[1, 0.5]])
		}))
	it('refuses a value that the class cannot hold', async () => {
		const error = await failure(() =>
			save((rdd) => rdd.saveAsHadoopFile('memory:/out', 'IntWritable', undefined, 'SequenceFileOutputFormat')),
		)
		expect(error).toMatchObject({
			code: 'argument/illegal',
			message: 'wrong key class: Text is not class org.apache.hadoop.io.IntWritable',
		})
	})
	it('a dataset is what its settings say', async () => {
		await save((rdd) =>
			rdd
				.filter(([, n]) => n !== null)
				.saveAsHadoopDataset({
					'mapred.output.dir': 'memory:/out',
					'mapred.output.format.class': 'org.apache.hadoop.mapred.SequenceFileOutputFormat',
					'mapred.output.value.class': 'org.apache.hadoop.io.LongWritable',
				}),
		)
		expect(names()).toEqual(['_SUCCESS', 'part-00000'])
		expect(await withContext((sc) => sc.sequenceFile('memory:/out', 'Text', 'LongWritable').collect())).toEqual([
			['a', 1],
		])
	})
	it('a dataset of the new API too', async () => {
		await save((rdd) => rdd.saveAsNewAPIHadoopDataset({ 'mapreduce.output.fileoutputformat.outputdir': 'memory:/out' }))
		expect(names()).toEqual(['_SUCCESS', 'part-r-00000'])
	})
	const faults: readonly (readonly [string, Record<string, string>, string])[] = [
		['a missing directory', {}, 'Output directory not set.'],
		[
			'an unknown format',
			{ 'mapred.output.dir': 'memory:/out', 'mapred.output.format.class': 'x.Y' },
			'the output format x.Y is not known here',
		],
		[
			'an unknown kind of packing',
			{ 'mapred.output.dir': 'memory:/out', 'mapred.output.compression.type': 'SOME' },
			'No enum constant org.apache.hadoop.io.SequenceFile.CompressionType.SOME',
		],
	]
	for (const [title, conf, message] of faults) {
		it(`refuses ${title}`, async () =>
			expect(await failure(() => save((rdd) => rdd.saveAsHadoopDataset(conf)))).toMatchObject({ message }))
	}
})
