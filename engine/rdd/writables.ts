/**
 * Hadoop's Writables: which class a JavaScript value is written as, and how.
 *
 *   string                      Text
 *   integer within 32 bits      IntWritable
 *   other safe integer, bigint  LongWritable      (read back as a number where that is exact, otherwise a bigint)
 *   other number, -0            DoubleWritable
 *   boolean                     BooleanWritable
 *   Uint8Array                  BytesWritable
 *   null, undefined             NullWritable
 *
 * A file has one class of keys and one of values: mixed numbers take the class that holds all of them.
 */

import { StreamError } from '../base/errors.js'
import type { ByteReader } from './bytereader.js'
import type { ByteWriter } from './bytewriter.js'

/** How values of one class are written and read. */
export interface Writable {
	/** With its package. */
	readonly className: string
	/** True for the values that the class can hold. */
	readonly fits: (value: unknown) => boolean
	readonly write: (out: ByteWriter, value: never) => void
	readonly read: (bytes: ByteReader) => unknown
}

const hadoopPackage = 'org.apache.hadoop.io.'
const isNumber = (value: unknown): value is number => typeof value === 'number'
const isWithin = (least: number, most: number) => (value: unknown) =>
	Number.isInteger(value) && (value as number) >= least && (value as number) <= most && !Object.is(value, -0)
const isLong = (value: unknown): boolean =>
	typeof value === 'bigint' ? BigInt.asIntN(64, value) === value : Number.isSafeInteger(value) && !Object.is(value, -0)
const isNothing = (value: unknown): boolean => value === null || value === undefined

function row<V>(
	name: string,
	fits: (value: unknown) => boolean,
	write: (out: ByteWriter, value: V) => void,
	read: Writable['read'],
): [string, Writable] {
	return [name, { className: `${hadoopPackage}${name}`, fits, write, read }]
}

const table = new Map<string, Writable>([
	row<string>(
		'Text',
		(value) => typeof value === 'string',
		(out, value) => out.text(value),
		(bytes) => bytes.text(),
	),
	row<number>(
		'IntWritable',
		isWithin(-(2 ** 31), 2 ** 31 - 1),
		(out, value) => out.int32(value),
		(bytes) => bytes.int32(),
	),
	row<number | bigint>(
		'LongWritable',
		isLong,
		(out, value) => out.int64(value),
		(bytes) => bytes.int64(),
	),
	row<number>(
		'DoubleWritable',
		isNumber,
		(out, value) => out.float64(value),
		(bytes) => bytes.float64(),
	),
	row<boolean>(
		'BooleanWritable',
		(value) => typeof value === 'boolean',
		(out, value) => out.int8(value ? 1 : 0),
		(bytes) => bytes.int8() !== 0,
	),
	row<Uint8Array>(
		'BytesWritable',
		(value) => value instanceof Uint8Array,
		(out, value) => out.int32(value.length).raw(value),
		(bytes) => new Uint8Array(bytes.raw(bytes.int32())),
	),
	row<null>(
		'NullWritable',
		isNothing,
		() => undefined,
		() => null,
	),
	row<number>(
		'FloatWritable',
		isNumber,
		(out, value) => out.float32(value),
		(bytes) => bytes.float32(),
	),
	row<number>(
		'ShortWritable',
		isWithin(-(2 ** 15), 2 ** 15 - 1),
		(out, value) => out.int16(value),
		(bytes) => bytes.int16(),
	),
	row<number>(
		'ByteWritable',
		isWithin(-128, 127),
		(out, value) => out.int8(value),
		(bytes) => bytes.int8(),
	),
	row<number>(
		'VIntWritable',
		isWithin(-(2 ** 31), 2 ** 31 - 1),
		(out, value) => out.vint(value),
		(bytes) => bytes.vint(),
	),
	row<number | bigint>(
		'VLongWritable',
		isLong,
		(out, value) => out.vint(value),
		(bytes) => bytes.vint(),
	),
])

/** The Writable of a class name, with or without its package. @throws argument/illegal for one that is not here */
export function writableNamed(name: string): Writable {
	const simple = name.startsWith(hadoopPackage) ? name.slice(hadoopPackage.length) : name
	const found = table.get(simple)
	if (found !== undefined) return found
	throw new StreamError('argument/illegal', `the class ${name} is not known here`, {
		remedy: `use one of ${[...table.keys()].join(', ')}`,
	})
}

/** What has been seen among the keys, or the values, of one partition or several. */
export type Kinds = ReadonlySet<string>

/** In the order of the table; a bigint is a long that no double can stand for. */
const ownRows = [
	'Text',
	'IntWritable',
	'LongWritable',
	'DoubleWritable',
	'BooleanWritable',
	'BytesWritable',
	'NullWritable',
]
const bigKind = 'LongWritable of bigint'

/** The kind of one value. @throws rdd/unsupported for a value without a Writable */
export function kindOf(value: unknown): string {
	if (typeof value === 'bigint' && isLong(value)) return bigKind
	const name = ownRows.find((one) => table.get(one)?.fits(value) === true)
	if (name !== undefined) return name
	const shown = typeof value === 'object' ? (value?.constructor?.name ?? 'Object') : typeof value
	throw new StreamError('rdd/unsupported', `RDD element of type ${shown} cannot be used`, {
		where: 'a sequence file',
		remedy: 'map the records to pairs of strings, numbers, booleans, bytes or null',
	})
}

/** The one class for all kinds seen; for none NullWritable. @throws argument/illegal when there is none, naming two */
export function classFor(kinds: Kinds, what: 'keys' | 'values'): Writable {
	const found = holding([...kinds])
	if (found !== undefined) return found
	const pairs = [...kinds].flatMap((one, i, all) => all.slice(i + 1).map((other) => [one, other]))
	const unfit = pairs.find((pair) => holding(pair) === undefined) ?? [...kinds]
	throw new StreamError('argument/illegal', `a sequence file has one class of ${what}, not ${unfit.join(' and ')}`, {
		remedy: 'map the records to one type first',
	})
}

/** The narrowest class that holds all kinds. */
function holding(kinds: readonly string[]): Writable | undefined {
	const choices: readonly (readonly [string, ...string[]])[] = [
		...ownRows.map((name): [string] => [name]),
		['LongWritable', 'IntWritable', bigKind],
		['DoubleWritable', 'IntWritable', 'LongWritable'],
	]
	if (kinds.length === 0) return table.get('NullWritable')
	const choice = choices.find((names) => kinds.every((kind) => names.includes(kind)))
	return choice === undefined ? undefined : table.get(choice[0])
}
