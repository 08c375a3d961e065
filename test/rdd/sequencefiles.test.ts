/** Sequence files: every Writable both ways, every packing, splits, classes that agree over all parts. */

import fc from 'fast-check'
import { beforeEach, describe, expect, it } from 'vitest'
import { codecNamed } from '../../engine/rdd/codecs.js'
import { writeSequence } from '../../engine/rdd/sequencewriter.js'
import { writableNamed } from '../../engine/rdd/writables.js'
import { type MemoryFiles, memoryFiles } from '../support/memoryfiles.js'
import { failure, withContext } from './context.js'

let files: MemoryFiles
beforeEach(() => {
	files = memoryFiles()
})

type Pairs = readonly (readonly [unknown, unknown])[]

const header = (path: string): string[] =>
	[
		...Buffer.from(files.read(path))
			.toString('latin1', 0, 120)
			.matchAll(/org\.apache\.hadoop\.io\.(\w+)/g),
	].map(([, name]) => name as string)
const saved = (pairs: Pairs, slices = 1, codec?: string) =>
	withContext(async (sc) => {
		await sc.parallelize(pairs, slices).saveAsSequenceFile('memory:/out', codec)
		return sc.sequenceFile('memory:/out').collect()
	})

describe('a class for every kind of value', () => {
	const table: readonly (readonly [string, string, readonly unknown[]])[] = [
		['strings', 'Text', ['', 'a', 'żółć 🍎', 'x'.repeat(200)]],
		['integers within 32 bits', 'IntWritable', [0, -1, 2 ** 31 - 1, -(2 ** 31)]],
		['larger integers', 'LongWritable', [1, 2 ** 31, -(2 ** 53) + 1]],
		['bigints', 'LongWritable', [2n ** 63n - 1n, -(2n ** 63n)]],
		['numbers', 'DoubleWritable', [1, 0.5, -0, Number.NaN, Number.POSITIVE_INFINITY, 1e300]],
		['booleans', 'BooleanWritable', [true, false]],
		['bytes', 'BytesWritable', [Uint8Array.of(), Uint8Array.of(0, 255)]],
		['nulls', 'NullWritable', [null]],
	]
	for (const [title, name, values] of table) {
		for (const codec of [undefined, 'deflate', 'gzip']) {
			it(`${title} are ${name}, packed by ${codec ?? 'nothing'}`, async () => {
				const pairs = values.map((value): [unknown, unknown] => [value, value])
				expect(await saved(pairs, 1, codec)).toEqual(pairs)
				expect(header('/out/part-00000').slice(0, 2)).toEqual([name, name])
			})
		}
	}
	it('undefined comes back as null', async () => expect(await saved([['a', undefined]])).toEqual([['a', null]]))
	it('a bigint that is exact as a number comes back as one', async () =>
		expect(await saved([[5n, 'a']])).toEqual([[5, 'a']]))
})

describe('one class over all parts', () => {
	it('numbers of all parts take the class that holds them', async () => {
		const pairs = [1, 2, 2 ** 40, 0.5].map((n): [number, number] => [n, n])
		expect(await saved(pairs, 4)).toEqual(pairs)
		expect([0, 1, 2, 3].map((i) => header(`/out/part-0000${i}`)[0])).toEqual(Array(4).fill('DoubleWritable'))
	})
	it('empty parts take the class of the others', async () => {
		expect(await saved([['a', 1]], 3, 'deflate')).toEqual([['a', 1]])
		expect([0, 1, 2].map((i) => header(`/out/part-0000${i}`))).toEqual(
			Array(3).fill(['Text', 'IntWritable', 'compress']),
		)
	})
	const faults: readonly (readonly [string, Pairs, string])[] = [
		[
			'values of two kinds in one part',
			[
				['a', 1],
				['b', 'c'],
			],
			'values, not IntWritable and Text',
		],
		[
			'keys of two kinds',
			[
				['a', 1],
				[true, 1],
				[1, 1],
			],
			'keys, not Text and BooleanWritable',
		],
		[
			'null among values',
			[
				['a', 1],
				['b', null],
			],
			'values, not IntWritable and NullWritable',
		],
		[
			'a bigint among fractions',
			[
				['a', 1],
				['b', 2n ** 60n],
				['c', 0.5],
			],
			'values, not LongWritable of bigint and DoubleWritable',
		],
	]
	for (const [title, pairs, text] of faults) {
		for (const slices of [1, pairs.length]) {
			it(`refuses ${title}, in ${slices} parts, and leaves none`, async () => {
				expect(await failure(() => saved(pairs, slices))).toMatchObject({
					code: 'argument/illegal',
					message: `a sequence file has one class of ${text}`,
				})
				expect(files.list('/out')).toEqual([])
			})
		}
	}
	it('refuses what has no class', async () => {
		expect(await failure(() => saved([['a', new Date(0)]]))).toMatchObject({
			code: 'rdd/unsupported',
			message: 'RDD element of type Date cannot be used',
		})
		files = memoryFiles()
		expect(await failure(() => saved(['a'] as never))).toMatchObject({ code: 'rdd/unsupported' })
	})
})

it('saveAsSequenceFile compiles for pairs only', () =>
	withContext((sc) => {
		// @ts-expect-error numbers are no pairs
		return () => sc.parallelize([1]).saveAsSequenceFile('memory:/x')
	}))

describe('reading', () => {
	const key = writableNamed('Text')
	const value = writableNamed('IntWritable')
	const pairs = Array.from({ length: 30_000 }, (_, i): [string, number] => [`key ${i} ${'x'.repeat(i % 50)}`, i - 9])
	const layouts = [
		['plain', {}],
		['each value packed', { codec: codecNamed('deflate'), unit: 'record' }],
		['blocks packed', { codec: codecNamed('deflate'), unit: 'block' }],
	] as const
	for (const [title, packing] of layouts) {
		it(`gives every record once in any number of splits: ${title}`, () =>
			withContext(async (sc) => {
				files.write('/s', writeSequence(pairs, { key, value, ...packing }))
				for (const n of [1, 2, 3, 6]) {
					const rdd = sc.sequenceFile<string, number>('memory:/s', n)
					expect(await rdd.collect()).toEqual(pairs)
				}
				if (title !== 'blocks packed') expect(sc.sequenceFile('memory:/s', 6).getNumPartitions()).toBe(6)
			}))
	}
	it('gives what was written, for any pairs and any minimum length of a split', () =>
		withContext((sc) =>
			fc.assert(
				fc.asyncProperty(
					fc.array(fc.tuple(fc.string(), fc.integer())),
					fc.integer({ min: 1, max: 9 }),
					async (any, n) => {
						files.write('/law', writeSequence(any, { key, value }))
						expect(await sc.sequenceFile('memory:/law', n).collect()).toEqual(any)
					},
				),
				{ numRuns: 50 },
			),
		))

	const faults: readonly (readonly [string, Uint8Array, string | RegExp])[] = [
		['a file that is none', Buffer.from('text'), 'memory:/s not a SequenceFile'],
		['an old version', Buffer.from('SEQ\x05'), 'memory:/s: a SequenceFile of version 5, only 6 can be read'],
		[
			'a file that is cut off',
			writeSequence([['a', 1]], { key, value }).subarray(0, -3),
			/^memory:\/s: damaged at byte \d+ of what was read \(it ends too early\)$/,
		],
		[
			'a header that is cut off',
			Buffer.from('SEQ\x06\x19org'),
			/damaged at byte 5 of what was read \(it ends too early\)/,
		],
		[
			'a codec that is not here',
			sequenceHead('Text', 'SnappyCodec'),
			/^memory:\/s: Compression codec .*SnappyCodec was not found/,
		],
		[
			'a class that is not here',
			sequenceHead('MapWritable', 'DefaultCodec'),
			/^memory:\/s: the class .*MapWritable is not known/,
		],
		['damaged packed data', damaged(), /damaged deflate data \(incorrect header check\)/],
	]
	for (const [title, bytes, message] of faults) {
		it(`refuses ${title}`, async () => {
			files.write('/s', bytes)
			const error = await failure(() => withContext((sc) => sc.sequenceFile('memory:/s').collect()))
			expect(error).toMatchObject({ code: 'input/path', message: expect.stringMatching(message) })
		})
	}
	it('refuses other classes than the program expects', async () => {
		files.write('/s', writeSequence([['a', 1]], { key, value }))
		const read = (k?: string, v?: string) => withContext((sc) => sc.sequenceFile('memory:/s', k, v).collect())
		expect(await read('org.apache.hadoop.io.Text', 'IntWritable')).toEqual([['a', 1]])
		expect(await failure(() => read('Text', 'LongWritable'))).toMatchObject({
			code: 'input/path',
			message: 'memory:/s: its values are org.apache.hadoop.io.IntWritable, not LongWritable',
		})
		expect(await failure(() => read('MapWritable'))).toMatchObject({ code: 'argument/illegal' })
	})
})

/** The beginning of a packed file. */
function sequenceHead(valueClass: string, codec: string): Uint8Array {
	const text = (name: string): string => String.fromCharCode(name.length) + name
	const io = 'org.apache.hadoop.io'
	const classes = `${text(`${io}.Text`)}${text(`${io}.${valueClass}`)}\x01\x00${text(`${io}.compress.${codec}`)}`
	return Buffer.concat([Buffer.from(`SEQ\x06${classes}`, 'latin1'), Buffer.alloc(20)])
}

function damaged(): Uint8Array {
	const bytes = writeSequence([['a', 'b']], {
		key: writableNamed('Text'),
		value: writableNamed('Text'),
		codec: codecNamed('deflate'),
		unit: 'record',
	})
	// Behind the header: two lengths, the key (2 bytes), the packed value.
	const at = bytes.length - codecNamed('deflate').compress(Buffer.from('\x01b')).length
	bytes[at] = 0
	return bytes
}
