/** Object files: Java's bytes for what Java has too, own bytes for the rest, both read back. */

import fc from 'fast-check'
import { beforeEach, describe, expect, it } from 'vitest'
import { ByteReader } from '../../engine/rdd/bytereader.js'
import { javaValue } from '../../engine/rdd/javareader.js'
import { isJavaValue, javaArray, noteNumbers } from '../../engine/rdd/javawriter.js'
import { type MemoryFiles, memoryFiles } from '../support/memoryfiles.js'
import { failure, withContext } from './context.js'

let files: MemoryFiles
beforeEach(() => {
	files = memoryFiles()
})
const saved = (records: readonly unknown[], slices = 1) =>
	withContext(async (sc) => {
		await sc.parallelize(records, slices).saveAsObjectFile('memory:/out')
		return sc.objectFile('memory:/out').collect()
	})
const part = (i: number): string => Buffer.from(files.read(`/out/part-0000${i}`)).toString('latin1')
const java = (values: readonly unknown[]): string => {
	const seen = new Map()
	for (const value of values) noteNumbers(value, seen)
	return javaArray(values, seen).toString('hex')
}
const read = (hex: string): unknown => javaValue(new ByteReader(Buffer.from(hex, 'hex'), 'a file'))

// Written by ObjectOutputStream of Java 17 with Scala 2.12.
const recorded = {
	mixed:
		'aced0005757200135b4c6a6176612e6c616e672e4f626a6563743b90ce589f1073296c0200007870000000037372000c7363616c612e5475706c65322e94667d5b92f9f50200024c00025f317400124c6a6176612f6c616e672f4f626a6563743b4c00025f3271007e0003787074000161737200116a6176612e6c616e672e496e746567657212e2a0a4f781873802000149000576616c7565787200106a6176612e6c616e672e4e756d62657286ac951d0b94e08b020000787000000001737200106a6176612e6c616e672e446f75626c6580b3c24a296bfb0402000144000576616c75657871007e00074004000000000000737200116a6176612e6c616e672e426f6f6c65616ecd207280d59cfaee0200015a000576616c7565787001',
	longs:
		'aced0005757200135b4c6a6176612e6c616e672e4f626a6563743b90ce589f1073296c0200007870000000037372000c7363616c612e5475706c65322e94667d5b92f9f50200024c00025f317400124c6a6176612f6c616e672f4f626a6563743b4c00025f3271007e000378707372000e6a6176612e6c616e672e4c6f6e673b8be490cc8f23df0200014a000576616c7565787200106a6176612e6c616e672e4e756d62657286ac951d0b94e08b02000078700000010000000000737200116a6176612e6c616e672e496e746567657212e2a0a4f781873802000149000576616c75657871007e0006000000017371007e0005000002000000000070',
	arrayList:
		'aced0005737200136a6176612e7574696c2e41727261794c6973747881d21d99c7619d03000149000473697a6578700000000277040000000274000171737200116a6176612e6c616e672e496e746567657212e2a0a4f781873802000149000576616c7565787200106a6176612e6c616e672e4e756d62657286ac951d0b94e08b02000078700000000378',
	some: 'aced00057372000a7363616c612e536f6d651122f2695ea18b740200014c000576616c75657400124c6a6176612f6c616e672f4f626a6563743b7872000c7363616c612e4f7074696f6efe6937fddb0e6674020000787074000178',
	scalaList:
		'aced0005737200327363616c612e636f6c6c656374696f6e2e696d6d757461626c652e4c6973742453657269616c697a6174696f6e50726f78790000000000000001030000787074000171737200116a6176612e6c616e672e496e746567657212e2a0a4f781873802000149000576616c7565787200106a6176612e6c616e672e4e756d62657286ac951d0b94e08b0200007870000000037372002c7363616c612e636f6c6c656374696f6e2e696d6d757461626c652e4c69737453657269616c697a65456e64248a5c635bf7530b6d020000787078',
	bytes: 'aced0005757200025b42acf317f8060854e0020000787000000003010203',
} as const

describe('Java serialization', () => {
	it('is written as Java writes it', () => {
		expect(java([['a', 1], 2.5, true])).toBe(recorded.mixed)
		expect(java([[2 ** 40, 1], 2 ** 41, null])).toBe(recorded.longs)
	})
	const table: readonly (readonly [keyof typeof recorded, unknown])[] = [
		['mixed', [['a', 1], 2.5, true]],
		['arrayList', ['q', 3]],
		['some', 'x'],
		['scalaList', ['q', 3]],
		['bytes', Uint8Array.of(1, 2, 3)],
	]
	for (const [name, expected] of table) {
		it(`is read: ${name}`, () => expect(read(recorded[name])).toEqual(expected))
	}
	it('keeps every text, and numbers in one class', () => {
		const values = ['', '\0', 'żółć', '🍎', 'x'.repeat(70_000), '\ud800']
		expect(read(java(values))).toEqual(values)
		expect(java([1, 0.5])).toContain(Buffer.from('java.lang.Double').toString('hex'))
		expect(java([1, 0.5])).not.toContain(Buffer.from('java.lang.Integer').toString('hex'))
	})
	it('keeps tuples of every size', () => {
		const values = Array.from({ length: 22 }, (_, n) => Array.from({ length: n + 1 }, (_, i) => [`${n}`, i]))
		expect(read(java(values))).toEqual(values)
	})
	it('gives back what was written', () => {
		const { value } = fc.letrec((tie) => ({
			value: fc.oneof(
				{ maxDepth: 3 },
				fc.string({ unit: 'binary' }),
				fc.double(),
				fc.integer(),
				fc.maxSafeInteger(),
				fc.boolean(),
				fc.constant(null),
				fc.array(tie('value'), { minLength: 1, maxLength: 5 }),
			),
		}))
		fc.assert(
			fc.property(fc.array(value), (values) => {
				expect(read(java(values))).toEqual(values)
			}),
		)
	})
	it('is only for what Java has too', () =>
		expect(
			[undefined, {}, [], new Date(0), () => 1, Array(23).fill(1), [1, {}], 2n ** 64n].map((x) => isJavaValue(x)),
		).toEqual(Array(8).fill(false)))
	it('names a class that it cannot read', async () => {
		const hex = `aced000573720013${Buffer.from('java.util.Some$Other').toString('hex').slice(0, 38)}00000000000000000300007870${'78'}`
		expect(await failure(() => read(hex))).toMatchObject({
			code: 'rdd/unsupported',
			message: 'a Java object of class java.util.Some$Othe cannot be read',
		})
	})
})

describe('object files', () => {
	it('hold groups of ten, in order', async () => {
		const records = Array.from({ length: 25 }, (_, i) => `record ${i}`)
		expect(await saved(records, 2)).toEqual(records)
		expect(part(0).match(/\[Ljava\.lang\.Object;/g)).toHaveLength(2)
	})
	it('keep numbers of all parts in one class', async () => {
		expect(await saved([1, 2, 0.5], 3)).toEqual([1, 2, 0.5])
		expect([0, 1, 2].map((i) => /java\.lang\.(Integer|Double)/.exec(part(i))?.[1])).toEqual([
			'Double',
			'Double',
			'Double',
		])
	})
	it('keep other plain data too', async () => {
		const records = [{ a: 1 }, [1, { b: new Date(0) }], undefined, [], Uint8Array.of(1), new Map([[1, 2]])]
		expect(await saved(records, 2)).toEqual(records)
	})
	it('refuse instances of classes', async () => {
		class Counter {}
		expect(await failure(() => saved([new Counter()]))).toMatchObject({ code: 'rdd/unsupported' })
	})
	it('refuse a sequence file of something else', () =>
		withContext(async (sc) => {
			await sc.parallelize<[string, number]>([['a', 1]], 1).saveAsSequenceFile('memory:/seq')
			expect(await failure(() => sc.objectFile('memory:/seq').collect())).toMatchObject({
				code: 'input/path',
				message: 'memory:/seq/part-00000: its keys are org.apache.hadoop.io.Text, not NullWritable',
			})
		}))
})
