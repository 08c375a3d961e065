/**
 * The lines that Py4J speaks: commands to a JVM, and its answers. Nothing here sends anything.
 *
 *   call        c\n<object or z:class>\n<method>\n<arguments>e\n
 *   construct   i\n<class>\n<arguments>e\n
 *   answer      !y<value>   !xr<id> an exception object   !xs<text> a complaint of Py4J itself
 *
 * Source: Py4J's `protocol.py` (0.10.9), with Spark 3.4 to 4.3.
 */

import { StreamError } from '../base/errors.js'

/** An object that lives in the JVM until it is freed. */
export class JavaRef {
	readonly id: string

	constructor(id: string) {
		this.id = id
	}
}

/** A number that goes as a Java `long`, whatever its size. */
export class JavaLong {
	readonly value: number | bigint

	constructor(value: number | bigint) {
		this.value = value
	}
}

/** What may be an argument: whole numbers that fit go as `int`, others as `double`. */
export type JavaArgument = null | boolean | number | bigint | string | Uint8Array | JavaRef | JavaLong

/** What may come back. */
export type JavaValue = null | undefined | boolean | number | bigint | string | Uint8Array | JavaRef

/** An answer, apart. */
export type JavaAnswer =
	| { readonly kind: 'value'; readonly value: JavaValue }
	| { readonly kind: 'exception'; readonly ref: JavaRef }
	| { readonly kind: 'complaint'; readonly text: string }

const escaped = (text: string): string =>
	text.replace(/[\\\r\n]/g, (c) => (c === '\\' ? '\\\\' : c === '\r' ? '\\r' : '\\n'))

const unescaped = (text: string): string =>
	text.replace(/\\(.)/g, (_, c: string) => (c === 'n' ? '\n' : c === 'r' ? '\r' : c))

const isInt = (value: number): boolean => Number.isInteger(value) && value >= -(2 ** 31) && value < 2 ** 31

/** An argument as it goes on its line. */
export function encodeArgument(value: JavaArgument): string {
	if (value === null) return 'n'
	if (value instanceof JavaRef) return `r${value.id}`
	if (value instanceof JavaLong) return `L${value.value}`
	if (value instanceof Uint8Array) {
		return `j${Buffer.from(value.buffer, value.byteOffset, value.length).toString('base64')}`
	}
	switch (typeof value) {
		case 'boolean':
			return `b${value}`
		case 'bigint':
			return `L${value}`
		case 'number':
			if (isInt(value)) return `i${value}`
			return Number.isInteger(value) ? `L${value}` : `d${value}`
		default:
			return `s${escaped(value)}`
	}
}

const lines = (...parts: readonly string[]): string => `${parts.join('\n')}\n`
const all = (values: readonly JavaArgument[]): readonly string[] => values.map(encodeArgument)

/** The commands. */
export const command = {
	/** The first one of each connection. */
	login: (secret: string): string => lines('A', secret),
	call: (target: JavaRef | string, method: string, values: readonly JavaArgument[]): string =>
		lines('c', target instanceof JavaRef ? target.id : `z:${target}`, method, ...all(values), 'e'),
	make: (className: string, values: readonly JavaArgument[]): string => lines('i', className, ...all(values), 'e'),
	/** The value of a static field. */
	field: (className: string, name: string): string => lines('r', 'm', className, name, 'e'),
	newArray: (className: string, length: number): string => lines('a', 'c', `s${className}`, `i${length}`, 'e'),
	setItem: (array: JavaRef, index: number, value: JavaArgument): string =>
		lines('a', 's', array.id, `i${index}`, encodeArgument(value), 'e'),
	item: (array: JavaRef, index: number): string => lines('a', 'g', array.id, `i${index}`, 'e'),
	length: (array: JavaRef): string => lines('a', 'e', array.id, 'e'),
	free: (ref: JavaRef): string => lines('m', 'd', ref.id, 'e'),
	/** The stack trace of an exception. */
	trace: (exception: JavaRef): string => lines('p', `r${exception.id}`, 'e'),
} as const

/** An answer line, without its end. @throws cluster/gateway for one that is none */
export function decodeAnswer(line: string): JavaAnswer {
	const kind = line.slice(0, 2)
	if (kind === '!y') return { kind: 'value', value: decodeValue(line.slice(2)) }
	if (kind === '!x' && line[2] === 'r') return { kind: 'exception', ref: new JavaRef(line.slice(3)) }
	if (kind === '!x') return { kind: 'complaint', text: unescaped(line.slice(3)) }
	throw notPy4j(line)
}

function decodeValue(text: string): JavaValue {
	const rest = text.slice(1)
	switch (text[0]) {
		case 'n':
			return null
		case 'v':
		case undefined:
			return undefined
		case 'b':
			return rest.toLowerCase() === 'true'
		case 'i':
		case 'd':
			return Number(rest)
		case 'L':
			return Number.isSafeInteger(Number(rest)) ? Number(rest) : BigInt(rest)
		case 's':
			return unescaped(rest)
		case 'D':
			return rest
		case 'j':
			return Buffer.from(rest, 'base64')
		case 'r':
		case 'l':
		case 'a':
		case 'h':
		case 't':
		case 'g':
			return new JavaRef(rest)
		default:
			throw notPy4j(text)
	}
}

const notPy4j = (line: string): StreamError =>
	new StreamError('cluster/gateway', `the gateway of Spark answered with '${line.slice(0, 60)}'`, {
		remedy: 'use a Spark from 3.4 to 4.3',
	})
