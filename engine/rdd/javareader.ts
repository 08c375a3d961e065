/**
 * Reading what Java's serialization wrote, into plain values: boxed and primitive numbers, strings, arrays, Scala's tuples,
 * options and lists, Java's lists, maps and dates; objects of other classes as their fields, when the class has no
 * format of its own.
 * Source: the Java Object Serialization Specification, chapter 6.
 */

import { StreamError } from '../base/errors.js'
import type { ByteReader } from './bytereader.js'

interface JavaClass {
	readonly name: string
	/** Bit 1: writes data of its own; bit 2: Serializable. */
	readonly flags: number
	readonly fields: readonly { readonly type: string; readonly name: string }[]
	readonly parent: JavaClass | null
}

/** What an object holds: the fields of all its classes, and what its classes wrote themselves. */
interface Content {
	readonly fields: Readonly<Record<string, unknown>>
	readonly own: readonly unknown[]
	readonly hasOwn: boolean
}

/** Stands in a list of what a class wrote for bytes that are no object. */
class BlockData {
	readonly bytes: Buffer
	constructor(bytes: Buffer) {
		this.bytes = bytes
	}
}

const unfinished = Symbol('unfinished')
const listEnd = Symbol('end of a list')

/** The first value of a stream. @throws input/path for damaged data; rdd/unsupported for a class that cannot be read */
export function javaValue(bytes: ByteReader): unknown {
	if (bytes.uint16() !== 0xaced || bytes.uint16() !== 5) bytes.damaged('no Java serialization')
	return new JavaReader(bytes).value()
}

class JavaReader {
	readonly #in: ByteReader
	readonly #handles: unknown[] = []

	constructor(bytes: ByteReader) {
		this.#in = bytes
	}

	value(): unknown {
		const tag = this.#in.uint8()
		switch (tag) {
			case 0x70:
				return null
			case 0x71:
				return this.#referred()
			case 0x73:
				return this.#object()
			case 0x74:
				return this.#keep(this.#utf(this.#in.uint16()))
			case 0x75:
				return this.#array()
			case 0x77:
				return new BlockData(this.#in.raw(this.#in.uint8()))
			case 0x7a:
				return new BlockData(this.#in.raw(this.#in.int32()))
			case 0x7c:
				return this.#keep(this.#utf(Number(this.#in.int64())))
			case 0x7e:
				return this.#enum()
			default:
				return this.#in.damaged(`Java serialization with the tag ${tag}`)
		}
	}

	#keep<V>(value: V): V {
		this.#handles.push(value)
		return value
	}
	#referred(): unknown {
		const found = this.#handles[this.#in.int32() - 0x7e0000]
		if (found === unfinished) throw unreadable('an object that contains itself')
		return found
	}
	#utf(length: number): string {
		const bytes = this.#in.raw(length)
		const plain = bytes.toString('latin1')
		// biome-ignore lint/suspicious/noControlCharactersInRegex: everything that is one byte in both forms
		if (/^[\x00-\x7f]*$/.test(plain)) return plain
		let text = ''
		for (let i = 0; i < length; ) {
			const first = bytes[i++] as number
			if (first < 0x80) text += String.fromCharCode(first)
			else {
				const second = (bytes[i++] as number) & 0x3f
				const isTwo = first < 0xe0
				const unit = isTwo ? ((first & 0x1f) << 6) | second : ((first & 0x0f) << 12) | (second << 6)
				text += String.fromCharCode(isTwo ? unit : unit | ((bytes[i++] as number) & 0x3f))
			}
		}
		return text
	}

	#class(): JavaClass | null {
		const tag = this.#in.uint8()
		if (tag === 0x70) return null
		if (tag === 0x71) return this.#referred() as JavaClass
		if (tag !== 0x72) throw unreadable('a proxy')
		const name = this.#utf(this.#in.uint16())
		this.#in.raw(8)
		const at = this.#handles.push(unfinished) - 1
		const flags = this.#in.uint8()
		const fields = Array.from({ length: this.#in.uint16() }, () => {
			const type = String.fromCharCode(this.#in.uint8())
			const field = { type, name: this.#utf(this.#in.uint16()) }
			if (type === 'L' || type === '[') this.value()
			return field
		})
		this.#own()
		const made: JavaClass = { name, flags, fields, parent: this.#class() }
		this.#handles[at] = made
		return made
	}

	/** What a class wrote itself, up to its end mark. */
	#own(): unknown[] {
		const found: unknown[] = []
		while (this.#in.bytes[this.#in.position] !== 0x78) found.push(this.value())
		this.#in.uint8()
		return found
	}

	#array(): unknown {
		const type = this.#class()?.name.charAt(1) ?? 'L'
		const at = this.#handles.push(unfinished) - 1
		const length = this.#in.int32()
		const made = type === 'B' ? new Uint8Array(this.#in.raw(length)) : Array.from({ length }, () => this.#field(type))
		this.#handles[at] = made
		return made
	}

	#enum(): unknown {
		this.#class()
		const at = this.#handles.push(unfinished) - 1
		const name = this.value()
		this.#handles[at] = name
		return name
	}

	#object(): unknown {
		const type = this.#class() as JavaClass
		const at = this.#handles.push(unfinished) - 1
		const line: JavaClass[] = []
		for (let one: JavaClass | null = type; one !== null; one = one.parent) line.unshift(one)
		const fields: Record<string, unknown> = {}
		const own: unknown[] = []
		for (const one of line) {
			if ((one.flags & 2) === 0) throw unreadable(`of class ${type.name}`)
			for (const field of one.fields) {
				const value = this.#field(field.type)
				// A class that is made for certain numbers hides empty fields of its parent.
				if (value !== null || fields[field.name] === undefined) fields[field.name] = value
			}
			if ((one.flags & 1) !== 0) own.push(...this.#own())
		}
		const made = plainOf(type.name, { fields, own, hasOwn: line.some((one) => (one.flags & 1) !== 0) })
		this.#handles[at] = made
		return made
	}

	#field(type: string): unknown {
		switch (type) {
			case 'B':
				return this.#in.int8()
			case 'C':
				return String.fromCharCode(this.#in.uint16())
			case 'D':
				return this.#in.float64()
			case 'F':
				return this.#in.float32()
			case 'I':
				return this.#in.int32()
			case 'J':
				return this.#in.int64()
			case 'S':
				return this.#in.int16()
			case 'Z':
				return this.#in.int8() !== 0
			default:
				return this.value()
		}
	}
}

/** An object as a plain value. */
function plainOf(name: string, content: Content): unknown {
	const { fields, own, hasOwn } = content
	if (/^java\.lang\.(Integer|Long|Short|Byte|Float|Double|Boolean|Character)$/.test(name)) return fields.value
	const size = /^scala\.Tuple(\d+)(\$|$)/.exec(name)?.[1]
	if (size !== undefined) return Array.from({ length: Number(size) }, (_, i) => tuplePart(fields, i + 1))
	const known = knownClasses[name.replace(/\$of[A-Z]\w*$/, '$of')]
	if (known !== undefined) return known(content)
	if (hasOwn) throw unreadable(`of class ${name}`)
	return { ...fields, ...(own.length > 0 ? { own } : {}) }
}

/** `_1`, or `_1$mcI$sp` in a class that is made for numbers. */
function tuplePart(fields: Content['fields'], i: number): unknown {
	const special = Object.keys(fields).find((name) => name.startsWith(`_${i}$`))
	return fields[special ?? `_${i}`]
}

const objectsOf = ({ own }: Content): unknown[] => own.filter((item) => !(item instanceof BlockData))

function mapOf(content: Content): Map<unknown, unknown> {
	const items = objectsOf(content)
	return new Map(Array.from({ length: items.length / 2 }, (_, i) => [items[2 * i], items[2 * i + 1]]))
}

const knownClasses: Readonly<Record<string, (content: Content) => unknown>> = {
	'scala.Some': ({ fields }) => fields.value ?? fields.x,
	'scala.None$': () => undefined,
	'scala.collection.immutable.Nil$': () => [],
	'scala.collection.immutable.ListSerializeEnd$': () => listEnd,
	'scala.collection.immutable.List$SerializationProxy': (content) =>
		objectsOf(content).filter((item) => item !== listEnd),
	'scala.collection.mutable.WrappedArray$of': ({ fields }) => fields.array,
	'java.util.ArrayList': objectsOf,
	'java.util.LinkedList': objectsOf,
	'java.util.Arrays$ArrayList': ({ fields }) => fields.a,
	'java.util.HashMap': mapOf,
	'java.util.LinkedHashMap': mapOf,
	'java.util.Date': ({ own }) => new Date(Number((own[0] as BlockData).bytes.readBigInt64BE(0))),
}

function unreadable(what: string): StreamError {
	return new StreamError('rdd/unsupported', `a Java object ${what} cannot be read`, {
		where: 'objectFile',
		remedy: 'save strings, numbers, booleans, tuples or arrays of these, or use a sequence file',
	})
}
