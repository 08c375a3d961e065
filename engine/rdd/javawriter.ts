/**
 * Writing arrays as Java's serialization does, for the values that are the same in both worlds.
 *
 *   string  String       boolean  Boolean       integer within 32 bits  Integer       null     null
 *                        number   Double        integer, bigint         Long          [a, b]   scala.Tuple2 … Tuple22
 *
 * Numbers at one place (of the records, or of their tuples) must be of one class to be read by typed programs, so
 * `numberClasses` looks at all of them first.
 * Source: the Java Object Serialization Specification, chapter 6; serial version ids of Scala 2.12.
 */

import { ByteWriter } from './bytewriter.js'

type NumberClass = 'Integer' | 'Long' | 'Double'
/** What was seen at each place: '' for the records themselves, `0.1` for the second part of their first part. */
export type NumbersSeen = ReadonlyMap<string, ReadonlySet<NumberClass>>

const maxTuple = 22
const maxDepth = 100

/** True for a record that Java can have too. */
export function isJavaValue(value: unknown, depth = 0): boolean {
	if (value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean')
		return true
	if (typeof value === 'bigint') return BigInt.asIntN(64, value) === value
	if (!Array.isArray(value) || value.length < 1 || value.length > maxTuple || depth > maxDepth) return false
	return value.every((inner) => isJavaValue(inner, depth + 1))
}

/** Adds what `value` has of numbers to `seen`. */
export function noteNumbers(value: unknown, seen: Map<string, Set<NumberClass>>, place = ''): void {
	if (Array.isArray(value)) {
		for (const [i, inner] of value.entries()) noteNumbers(inner, seen, place === '' ? `${i}` : `${place}.${i}`)
		return
	}
	if (typeof value !== 'number' && typeof value !== 'bigint') return
	const classes = seen.get(place) ?? new Set()
	seen.set(place, classes.add(classOf(value)))
}

function classOf(value: number | bigint): NumberClass {
	if (typeof value === 'bigint') return 'Long'
	if (!Number.isSafeInteger(value) || Object.is(value, -0)) return 'Double'
	return (value | 0) === value ? 'Integer' : 'Long'
}

/** The one class for the numbers of a place. */
export function widest(classes: ReadonlySet<NumberClass>): NumberClass {
	if (classes.has('Double')) return 'Double'
	return classes.has('Long') ? 'Long' : 'Integer'
}

interface JavaClass {
	readonly name: string
	readonly serialVersion: bigint
	/** In Java's order: type code and name. */
	readonly fields: readonly (readonly [type: string, name: string])[]
	readonly parent?: JavaClass
}

const numberClass: JavaClass = { name: 'java.lang.Number', serialVersion: 0x86ac951d0b94e08bn, fields: [] }
const boxed: Readonly<Record<NumberClass | 'Boolean', JavaClass>> = {
	Integer: box('Integer', 0x12e2a0a4f7818738n, 'I', numberClass),
	Long: box('Long', 0x3b8be490cc8f23dfn, 'J', numberClass),
	Double: box('Double', 0x80b3c24a296bfb04n, 'D', numberClass),
	Boolean: box('Boolean', 0xcd207280d59cfaeen, 'Z'),
}
const objectArray: JavaClass = { name: '[Ljava.lang.Object;', serialVersion: 0x90ce589f1073296cn, fields: [] }

/** Tuple1 … Tuple22. */
const tupleVersions = [
	0xcf0d47f5f09bb33cn,
	0x2e94667d5b92f9f5n,
	0x89bb316a9e64d349n,
	0xc87e10be1b14ae0an,
	0xe3449511bd3a40a2n,
	0xfd130bd33946e366n,
	0x6eb83a0d044b562en,
	0x1d8c808cb8e0c529n,
	0xd6c6e470e204025fn,
	0xb9f9d3cd3ae55de4n,
	0x1119a62d66b17f91n,
	0x977332c43fe23b50n,
	0x2618749d26c8880an,
	0x1fe69359d0f723a5n,
	0x82405919e59213b8n,
	0x816f99f1b70710a7n,
	0x71328815c4b9ca3fn,
	0xb7b1d6a924544e7en,
	0xc44c298cb55b269fn,
	0x84c6430ede7b2965n,
	0x7031e879eb99bc2an,
	0x4fb1e7a9a7408071n,
]

function box(name: string, serialVersion: bigint, type: string, parent?: JavaClass): JavaClass {
	const plain = { name: `java.lang.${name}`, serialVersion, fields: [[type, 'value']] as const }
	return parent === undefined ? plain : { ...plain, parent }
}

const tuples = tupleVersions.map((serialVersion, i): JavaClass => {
	const names = Array.from({ length: i + 1 }, (_, part) => `_${part + 1}`).sort()
	return { name: `scala.Tuple${i + 1}`, serialVersion, fields: names.map((name) => ['L', name] as const) }
})

/** An `Object[]` of `values`, as `ObjectOutputStream` writes it. */
export function javaArray(values: readonly unknown[], numbers: NumbersSeen): Buffer {
	return new JavaWriter(numbers).array(values)
}

class JavaWriter {
	readonly #out = new ByteWriter()
	readonly #numbers: NumbersSeen
	/** Classes and type names that were written, by the handle that stands for them. */
	readonly #handles = new Map<JavaClass | string, number>()
	#nextHandle = 0x7e0000

	constructor(numbers: NumbersSeen) {
		this.#numbers = numbers
	}

	array(values: readonly unknown[]): Buffer {
		this.#out.int16(0xaced).int16(5).int8(0x75)
		this.#classOf(objectArray)
		this.#nextHandle += 1
		this.#out.int32(values.length)
		for (const value of values) this.#value(value, '')
		return this.#out.take()
	}

	#value(value: unknown, place: string): void {
		if (value === null) this.#out.int8(0x70)
		else if (typeof value === 'string') this.#string(value)
		else if (typeof value === 'boolean') this.#object(boxed.Boolean).int8(value ? 1 : 0)
		else if (typeof value === 'number' || typeof value === 'bigint') this.#number(value, place)
		else this.#tuple(value as readonly unknown[], place)
	}

	#number(value: number | bigint, place: string): void {
		const seen = this.#numbers.get(place)
		// A bigint that no double can stand for keeps its class among doubles.
		const name = seen === undefined || typeof value === 'bigint' ? classOf(value) : widest(seen)
		const out = this.#object(boxed[name])
		if (name === 'Integer') out.int32(Number(value))
		else if (name === 'Long') out.int64(value)
		else out.float64(Number(value))
	}

	#tuple(value: readonly unknown[], place: string): void {
		const tuple = tuples[value.length - 1] as JavaClass
		this.#object(tuple)
		for (const [, name] of tuple.fields) {
			const i = Number(name.slice(1)) - 1
			this.#value(value[i], place === '' ? `${i}` : `${place}.${i}`)
		}
	}

	/** The beginning of an object: its fields follow. */
	#object(type: JavaClass): ByteWriter {
		this.#out.int8(0x73)
		this.#classOf(type)
		this.#nextHandle += 1
		return this.#out
	}

	#classOf(type: JavaClass): void {
		if (this.#refersTo(type)) return
		this.#out.int8(0x72)
		this.#utf(type.name)
		this.#out.int64(BigInt.asIntN(64, type.serialVersion))
		this.#handles.set(type, this.#nextHandle++)
		// Serializable, without a write method of its own.
		this.#out.int8(2).int16(type.fields.length)
		for (const [code, name] of type.fields) {
			this.#out.int8(code.charCodeAt(0))
			this.#utf(name)
			if (code === 'L' && !this.#refersTo('Ljava/lang/Object;')) {
				this.#handles.set('Ljava/lang/Object;', this.#nextHandle)
				this.#string('Ljava/lang/Object;')
			}
		}
		this.#out.int8(0x78)
		if (type.parent === undefined) this.#out.int8(0x70)
		else this.#classOf(type.parent)
	}

	/** Writes the handle of what was written before. */
	#refersTo(what: JavaClass | string): boolean {
		const handle = this.#handles.get(what)
		if (handle !== undefined) this.#out.int8(0x71).int32(handle)
		return handle !== undefined
	}

	#string(value: string): void {
		const bytes = modifiedUtf(value)
		if (bytes.length > 0xffff) this.#out.int8(0x7c).int64(bytes.length).raw(bytes)
		else this.#out.int8(0x74).int16(bytes.length).raw(bytes)
		this.#nextHandle += 1
	}

	#utf(value: string): void {
		this.#out.int16(value.length).raw(Buffer.from(value, 'latin1'))
	}
}

/** Java's own UTF-8: two bytes for U+0000, and each half of a surrogate pair by itself. */
function modifiedUtf(value: string): Buffer {
	// biome-ignore lint/suspicious/noControlCharactersInRegex: everything that is one byte in both forms
	if (/^[\x01-\x7f]*$/.test(value)) return Buffer.from(value, 'latin1')
	const out = new ByteWriter()
	for (let i = 0; i < value.length; i += 1) {
		const unit = value.charCodeAt(i)
		if (unit !== 0 && unit < 0x80) out.int8(unit)
		else if (unit < 0x800) out.int8(0xc0 | (unit >> 6)).int8(0x80 | (unit & 0x3f))
		else
			out
				.int8(0xe0 | (unit >> 12))
				.int8(0x80 | ((unit >> 6) & 0x3f))
				.int8(0x80 | (unit & 0x3f))
	}
	return out.take()
}
