/** Values as TypeScript that makes them again, for tests that hold what streams have brought. */

import { StreamError } from '../../../engine/index.js'

/**
 * The literal of a value made of plain data: primitives, arrays, plain objects, maps, sets, dates, bytes.
 * @throws cli/usage for functions, symbols, objects of other classes, and what holds itself
 */
export function literalOf(value: unknown, holders: readonly object[] = []): string {
	switch (typeof value) {
		case 'string':
			return quoted(value)
		case 'number':
			return Object.is(value, -0) ? '-0' : String(value)
		case 'bigint':
			return `${value}n`
		case 'boolean':
		case 'undefined':
			return String(value)
		case 'object':
			return value === null ? 'null' : objectLiteral(value, holders)
		default:
			throw unwritable(`a ${typeof value}`)
	}
}

function objectLiteral(value: object, holders: readonly object[]): string {
	if (holders.includes(value)) throw unwritable('an object that holds itself')
	const inner = (x: unknown): string => literalOf(x, [...holders, value])
	if (Array.isArray(value)) return `[${Array.from(value, inner).join(', ')}]`
	if (value instanceof Date) return `new Date(${value.getTime()})`
	if (value instanceof Map) return `new Map(${inner([...value])})`
	if (value instanceof Set) return `new Set(${inner([...value])})`
	if (value instanceof Uint8Array) return `new Uint8Array(${inner([...value])})`
	const prototype: unknown = Object.getPrototypeOf(value)
	if (prototype !== null && prototype !== Object.prototype) throw unwritable(`an object of ${value.constructor.name}`)
	const entries = Object.entries(value).map(([key, x]) => `${keyOf(key)}: ${inner(x)}`)
	return entries.length === 0 ? '{}' : `{ ${entries.join(', ')} }`
}

const keyOf = (key: string): string =>
	key === '__proto__' ? "['__proto__']" : /^[A-Za-z_$][\w$]*$/.test(key) ? key : quoted(key)

const quoted = (text: string): string => {
	const inside = JSON.stringify(text).slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'")
	return `'${inside.replaceAll('\u2028', '\\u2028').replaceAll('\u2029', '\\u2029')}'`
}

const unwritable = (what: string): StreamError =>
	new StreamError('cli/usage', `${what} among the records cannot be written into a test`, {
		where: '.test',
		remedy: 'test a stream whose inputs and results are plain data: map them to records of numbers and texts',
	})
