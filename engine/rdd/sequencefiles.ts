/** Sequence files as RDDs of pairs, and pairs as sequence files. Source: Spark's `sequenceFile`, `saveAsSequenceFile`. */

import { StreamError } from '../base/errors.js'
import { type Action, startAction } from './action.js'
import type { RDDContext } from './backend.js'
import { type Compression, compressionOf } from './compression.js'
import { family } from './family.js'
import { fileRDD, reading } from './fileplan.js'
import { RDD } from './rdd.js'
import { type PartFormat, saveParts } from './savefiles.js'
import { type Expected, sequenceContent, sequenceRecords } from './sequencereader.js'
import { syncInterval, writeSequence } from './sequencewriter.js'
import { fileSplits } from './splits.js'
import { classFor, type Kinds, kindOf, type Writable, writableNamed } from './writables.js'

declare module './rdd.js' {
	interface RDD<T> {
		/**
		 * One sequence file `part-NNNNN` per partition and `_SUCCESS`. Strings become Text, integers IntWritable or
		 * LongWritable, other numbers DoubleWritable, booleans BooleanWritable, bytes BytesWritable, null NullWritable; all
		 * keys, and all values, take the one class that holds them.
		 * @param codec packs blocks of records: `gzip`, `deflate`, `zstd`, or the name of one of Hadoop's classes
		 * @throws output/path when the directory exists (not inside a batch); argument/illegal for keys or values that no
		 *   one class holds; rdd/unsupported for other records
		 */
		saveAsSequenceFile(this: RDD<readonly [unknown, unknown]>, path: string, codec?: string): Action<void>
	}
}

type Pair = readonly [unknown, unknown]

/** The pairs of sequence files; `minPartitions` undefined: a partition a block. */
export function sequenceRDD(
	context: RDDContext,
	path: string,
	expected: Expected,
	options: { readonly kind: string; readonly conf?: RDDContext['conf']; readonly minPartitions?: number | undefined },
): RDD<[unknown, unknown]> {
	const { kind, conf = context.conf, minPartitions } = options
	for (const name of [expected.key, expected.value]) if (name !== undefined) writableNamed(name)
	const rules = { minSizeBytes: syncInterval, isSplittable: () => true }
	return fileRDD(context, {
		kind,
		name: path,
		list: () => fileSplits(conf, path, minPartitions === undefined ? rules : { ...rules, minPartitions }),
		read: reading((split) => sequenceRecords(split, expected)),
	})
}

/** What was seen in a partition. */
interface Seen {
	readonly keys: Kinds
	readonly values: Kinds
}

/** Sequence files of given classes, or of the classes that hold all records. */
export function sequenceFormat(prefix: string, classes: Expected, packing: Compression): PartFormat<Pair, Seen> {
	const given = { key: namedOr(classes.key), value: namedOr(classes.value) }
	const layoutFor = (seen: Seen) => ({
		...packing,
		key: given.key ?? classFor(seen.keys, 'keys'),
		value: given.value ?? classFor(seen.values, 'values'),
	})
	return {
		prefix,
		extension: '',
		encode(iterator) {
			const records = [...iterator]
			const seen = { keys: new Set<string>(), values: new Set<string>() }
			for (const record of records) {
				if (!Array.isArray(record) || record.length !== 2) refuseRecord(record)
				look(record[0], given.key, seen.keys, 'key')
				look(record[1], given.value, seen.values, 'value')
			}
			return { bytes: writeSequence(records, layoutFor(seen)), facts: seen }
		},
		revise(all) {
			const union = (part: keyof Seen): Kinds => new Set(all.flatMap((seen) => [...seen[part]]))
			const layout = layoutFor({ keys: union('keys'), values: union('values') })
			return all.map((seen) => {
				const own = layoutFor(seen)
				if (own.key === layout.key && own.value === layout.value) return undefined
				return (bytes) => writeSequence(sequenceContent(bytes, 'a part'), layout)
			})
		},
	}
}

const namedOr = (name: string | undefined): Writable | undefined =>
	name === undefined ? undefined : writableNamed(name)

function look(value: unknown, given: Writable | undefined, kinds: Set<string>, what: 'key' | 'value'): void {
	if (given === undefined) {
		kinds.add(kindOf(value))
		return
	}
	if (given.fits(value)) return
	throw new StreamError('argument/illegal', `wrong ${what} class: ${kindOf(value)} is not class ${given.className}`, {
		remedy: 'map the records to the class, or leave the class out',
	})
}

function refuseRecord(record: unknown): never {
	throw new StreamError('rdd/unsupported', 'RDD element that is no pair cannot be used', {
		where: `a sequence file of ${typeof record}`,
		remedy: 'map the records to pairs: x => [key, value]',
	})
}

family(RDD, {
	saveAsSequenceFile(path, codec) {
		return startAction(async () => {
			const packing = compressionOf(this.sparkContext.conf, codec)
			await saveParts(this, 'saveAsSequenceFile', path, sequenceFormat('part-', {}, packing))
		})
	},
})
