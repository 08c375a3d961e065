/** Captured objects by their kinds: what each is made of, and which cannot leave the place where they are. */

import * as kinds from 'node:util/types'
import type { Capture } from './capture.js'
import type { Encoded, GraphNode, Link, Member } from './graph.js'
import { parseFunction } from './parse.js'
import { wellKnownPath } from './wellknown.js'

type Making = GraphNode | (() => GraphNode)

const isPrimitive = (value: unknown): boolean =>
	value === null || (typeof value !== 'object' && typeof value !== 'function' && typeof value !== 'symbol')

/** Kinds of objects that only mean something where they are. */
const bound: readonly (readonly [(value: object) => boolean, string, string])[] = [
	[kinds.isPromise, 'is a promise', 'await it before, and capture the value'],
	[kinds.isGeneratorObject, 'is a running generator', 'make an array of it first: [...values]'],
	[kinds.isWeakMap, 'is a WeakMap', 'use a Map'],
	[kinds.isWeakSet, 'is a WeakSet', 'use a Set'],
	[(value) => value instanceof WeakRef, 'is a WeakRef', 'capture the value itself'],
	[kinds.isMapIterator, 'is an iterator', 'make an array of it first: [...values]'],
	[kinds.isSetIterator, 'is an iterator', 'make an array of it first: [...values]'],
	[kinds.isExternal, 'is a native handle', 'make it inside mapPartitions'],
	[kinds.isCryptoKey, 'is a key of the crypto module', 'make it inside mapPartitions'],
	[kinds.isKeyObject, 'is a key of the crypto module', 'make it inside mapPartitions'],
	[kinds.isSharedArrayBuffer, 'is shared memory', 'copy it: new Uint8Array(shared).slice()'],
]

/** Classes of Rivulet that belong to the program, never to a task. */
const ours = new Set(['RDD', 'DStream', 'SparkContext', 'StreamingContext'])

export class ObjectEncoder {
	readonly #capture: Capture

	constructor(capture: Capture) {
		this.#capture = capture
	}

	/** True for an object literal's kind: no class, no accessors needed to tell. */
	isPlain(value: object): boolean {
		const prototype: unknown = Object.getPrototypeOf(value)
		return prototype === null || (Object.getPrototypeOf(prototype) === null && !Array.isArray(value))
	}

	node(value: object): GraphNode {
		this.#refuseBound(value)
		const made = this.#ofKind(value)
		return typeof made === 'function' ? made() : made
	}

	#refuseBound(value: object): void {
		const type = this.#typeOf(value)
		for (let one: unknown = type; typeof one === 'function'; one = Object.getPrototypeOf(one)) {
			if (!ours.has(one.name)) continue
			this.#capture.refuse(
				`is ${article(one.name)} ${one.name}, which only the program can use, never a function inside a job (SPARK-5063)`,
				'collect the data before and capture the array, or join the two',
			)
		}
		for (const [isOne, why, cure] of bound) if (isOne(value)) this.#capture.refuse(why, cure)
	}

	#ofKind(value: object): Making {
		if (kinds.isDate(value)) return { kind: 'plain', value: new Date(value.getTime()) }
		if (kinds.isRegExp(value)) {
			return { kind: 'regexp', source: value.source, flags: value.flags, lastIndex: value.lastIndex }
		}
		if (Buffer.isBuffer(value)) return { kind: 'buffer', bytes: Uint8Array.from(value) }
		if (kinds.isAnyArrayBuffer(value)) return { kind: 'plain', value: value.slice(0) }
		if (ArrayBuffer.isView(value)) return this.#view(value)
		if (kinds.isBoxedPrimitive(value)) return { kind: 'boxed', value: value.valueOf() as string }
		if (kinds.isNativeError(value)) return () => this.#error(value)
		if (Array.isArray(value)) return this.#array(value)
		const type = this.#typeOf(value)
		if (kinds.isMap(value)) return this.#plainKind(value, type, Map) ?? this.#map(value)
		if (kinds.isSet(value)) return this.#plainKind(value, type, Set) ?? this.#set(value)
		return this.#instance(value)
	}

	/** Refuses subclasses of Map and Set, whose methods are code. */
	#plainKind(_value: object, type: unknown, expected: unknown): GraphNode | undefined {
		if (type === expected) return undefined
		const { name } = type as { readonly name: string }
		return this.#capture.refuse(
			`is an instance of ${name}, a subclass of ${(expected as { readonly name: string }).name}`,
			'capture its entries, and make the instance inside the function',
		)
	}

	#view(value: ArrayBufferView): Making {
		const { byteOffset, byteLength } = value
		const type = Object.prototype.toString.call(value).slice('[object '.length, -1)
		const length = 'length' in value ? (value.length as number) : byteLength
		const node = { kind: 'view', type, buffer: undefined as Encoded, offset: byteOffset, length } as const
		return () => ({ ...node, buffer: this.#capture.encode(value.buffer) })
	}

	#array(value: readonly unknown[]): Making {
		const type = this.#typeOf(value)
		const isOwn = type !== Array
		const names = Object.keys(value)
		if (!isOwn && names.length === value.length && value.every(isPrimitive)) return { kind: 'plain', value: [...value] }
		if (isOwn) this.#capture.effects.holdsInstance(type as object)
		return () => ({
			kind: 'array',
			length: value.length,
			items: names
				.filter((name) => /^\d+$/.test(name))
				.map((name) => [Number(name), this.#at(`item ${name}`, value[Number(name)])] as const),
			type: isOwn ? this.#class(type) : undefined,
		})
	}

	#map(value: ReadonlyMap<unknown, unknown>): Making {
		const entries = [...value]
		if (entries.every(([k, v]) => isPrimitive(k) && isPrimitive(v))) return { kind: 'plain', value: new Map(value) }
		return () => ({
			kind: 'map',
			entries: entries.map(([k, v]) => [this.#at('a key', k), this.#at(`entry ${shown(k)}`, v)] as const),
		})
	}

	#set(value: ReadonlySet<unknown>): Making {
		const all = [...value]
		if (all.every(isPrimitive)) return { kind: 'plain', value: new Set(value) }
		return () => ({ kind: 'set', values: all.map((one) => this.#at('a member', one)) })
	}

	#error(value: Error): GraphNode {
		return {
			kind: 'error',
			type: this.#class(this.#typeOf(value)),
			message: value.message,
			stack: value.stack ?? '',
			members: this.members(value, ['message', 'stack'], false),
		}
	}

	#instance(value: object): GraphNode {
		const prototype: unknown = Object.getPrototypeOf(value)
		const isPlain = this.isPlain(value)
		const type = isPlain ? undefined : this.#typeOf(value)
		if (!isPlain) this.#refuseHidden(type)
		if (typeof type === 'function' && wellKnownPath(type) === undefined) this.#capture.effects.holdsInstance(type)
		return {
			kind: 'object',
			type: prototype === null ? null : isPlain ? undefined : this.#class(type),
			members: this.members(value, [], false),
			state: Object.isFrozen(value) ? 'frozen' : Object.isSealed(value) ? 'sealed' : undefined,
		}
	}

	/** Instances whose state cannot be seen from outside, or belongs to the process. */
	#refuseHidden(type: unknown): void {
		if (typeof type !== 'function') {
			this.#capture.refuse('has a prototype without a constructor', 'use a class, or a plain object')
			return
		}
		for (let one: unknown = type; typeof one === 'function' && one.name !== ''; one = Object.getPrototypeOf(one)) {
			if (wellKnownPath(one) !== undefined) {
				const kind =
					one === type
						? `is ${article(one.name)} ${one.name}`
						: `is an instance of ${type.name}, ${article(one.name)} ${one.name}`
				this.#capture.refuse(`${kind}, whose state cannot be read from outside`, remedyOfProcess)
			}
			const text = Function.prototype.toString.call(one)
			if (/\[native code\]/.test(text)) return
			const made = parseFunction(text)
			const body = (made?.node.body as { readonly body?: unknown } | undefined)?.body
			const members = Array.isArray(body) ? (body as { key?: { type?: string; name?: string } }[]) : []
			const hidden = members.find(({ key }) => key?.type === 'PrivateIdentifier')?.key?.name
			if (hidden !== undefined) {
				this.#capture.refuse(
					`is an instance of ${type.name}, whose private member #${hidden} cannot be read from outside`,
					'make it inside mapPartitions, or capture the plain data that it is made of',
				)
			}
		}
	}

	#typeOf(value: object): unknown {
		const prototype: unknown = Object.getPrototypeOf(value)
		if (prototype === null || typeof prototype !== 'object') return undefined
		const { constructor: type } = prototype as { readonly constructor?: unknown }
		return typeof type === 'function' && type.prototype === prototype ? type : undefined
	}

	/** The class of an instance; those of Node hold things of the process. */
	#class(type: unknown): Link {
		const { name } = type as { readonly name: string }
		return this.#capture.within(`an instance of ${name}`, () => {
			const link = this.#capture.encode(type) as Link
			const node = this.#capture.nodes[link.$]
			const reference = node?.kind === 'reference' ? node.reference : undefined
			if (reference?.kind === 'builtin') {
				this.#capture.refuse(`is a ${name} of ${reference.module}, which only exists in this process`, remedyOfProcess)
			}
			return link
		})
	}

	#at(step: string, value: unknown): Encoded {
		return this.#capture.within(step, () => this.#capture.encode(value))
	}

	/** The own members of an object but `left`; those that are not enumerable only of functions made by the program. */
	members(value: object, left: readonly string[], isClass: boolean): Member[] {
		const found: Member[] = []
		for (const key of Reflect.ownKeys(value)) {
			if (typeof key === 'string' && left.includes(key)) continue
			const described = Object.getOwnPropertyDescriptor(value, key) as PropertyDescriptor
			// Static members come with the class's own text.
			if (described.enumerable !== true || isClass) continue
			if (typeof key === 'symbol' && Symbol.keyFor(key) === undefined && wellKnownPath(key) === undefined) continue
			const step = `its member \`${String(key)}\``
			const name = this.#capture.encode(key)
			if ('value' in described) found.push({ key: name, value: this.#at(step, described.value) })
			else found.push({ key: name, get: this.#at(step, described.get), set: this.#at(step, described.set) })
		}
		return found
	}
}

const remedyOfProcess = 'make it inside mapPartitions, or pass plain data with closure({ … }, fn)'

const shown = (key: unknown): string => (typeof key === 'string' ? `'${key}'` : String(key))
const article = (name: string): string => (/^[AEIOR]/.test(name) ? 'an' : 'a')
