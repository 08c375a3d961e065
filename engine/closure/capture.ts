/**
 * From a function to the graph of what it needs: its text, the values of the names that are free in it, and so on for
 * every function and object behind them.
 *
 * Captured are the values of now. Only members that the text reads are taken of module namespaces and plain objects.
 */

import { isProxy } from 'node:util/types'
import { StreamError } from '../base/errors.js'
import { Effects } from './effects.js'
import { explicitParts } from './explicit.js'
import { type FreeName, needsOf } from './free.js'
import type { Carrier, CodeNode, Encoded, Graph, GraphNode, Link, Member } from './graph.js'
import { ObjectEncoder } from './objects.js'
import { type Parsed, parseFunction } from './parse.js'
import { enginePathOf, exportOf, isPackaged, moduleOf, nameReference } from './references.js'
import { Refusal, shortText, shownPlace } from './refusal.js'
import { type Surroundings, surroundingsOf } from './scopes.js'
import { isOutwardGlobal, isPureGlobal, wellKnownPath } from './wellknown.js'

type Any = (...values: never[]) => unknown

/** What was captured, and what the functions in it do beside computing. */
export interface Captured {
	readonly graph: Graph
	readonly effects: Effects
	/** Classes whose code goes along, by name. */
	readonly classes: ReadonlyMap<string, unknown>
}

/** Captures a value: usually a function, or an object of functions. @throws Refusal for what cannot travel */
export function capture(root: unknown, carriers: readonly Carrier[] = []): Captured {
	const run = new Capture(carriers)
	const encoded = run.encode(root)
	return { graph: { nodes: run.nodes, root: encoded }, effects: run.effects, classes: run.classes }
}

export class Capture {
	readonly nodes: GraphNode[] = []
	readonly effects = new Effects()
	readonly classes = new Map<string, unknown>()
	readonly #links = new Map<unknown, Link>()
	readonly #path: string[] = []
	/** The functions around what is captured now. */
	readonly #around: { readonly isEngine: boolean; readonly place: string | undefined }[] = []
	readonly #carriers: readonly Carrier[]
	readonly #objects: ObjectEncoder

	constructor(carriers: readonly Carrier[]) {
		this.#carriers = carriers
		this.#objects = new ObjectEncoder(this)
	}

	/** The value as it travels. @throws Refusal */
	encode(value: unknown): Encoded {
		switch (typeof value) {
			case 'function':
				return this.#once(value, () => this.#function(value as Any))
			case 'object':
				return value === null ? null : this.#once(value, () => this.#object(value))
			case 'symbol':
				return this.#once(value, () => this.#symbol(value))
			default:
				return value as Encoded
		}
	}

	/** Takes the same value once; what it refers to comes after it. */
	#once(value: unknown, make: () => GraphNode | (() => GraphNode)): Link {
		const before = this.#links.get(value)
		if (before !== undefined) return before
		return this.add(value, make)
	}

	/** Adds a node; `make` may refer to it while it is made. */
	add(value: unknown, make: () => GraphNode | (() => GraphNode)): Link {
		const link: Link = { $: this.nodes.length }
		this.#links.set(value, link)
		// Holds the place.
		this.nodes.push({ kind: 'plain', value: undefined })
		const made = make()
		this.nodes[link.$] = typeof made === 'function' ? made() : made
		return link
	}

	/** Runs `body` one step further down the path that errors show. */
	within<R>(step: string, body: () => R): R {
		// What functions are handed over in is no business of the reader.
		if (this.#around.length === 0) return body()
		this.#path.push(step)
		const made = body()
		this.#path.pop()
		return made
	}

	refuse(why: string, cure: string): never {
		throw new Refusal(why, cure, [...this.#path], this.#around.at(-1)?.isEngine === true)
	}

	#symbol(value: symbol): GraphNode {
		const path = wellKnownPath(value)
		if (path !== undefined) return { kind: 'global', path }
		const key = Symbol.keyFor(value)
		if (key !== undefined) return { kind: 'symbol', key }
		return this.refuse(`is ${String(value)}, which only exists here`, 'use Symbol.for(name), or a text')
	}

	#object(value: object): GraphNode {
		const path = wellKnownPath(value)
		if (path !== undefined) {
			this.effects.usesGlobal(path[0] as string, this.#around.at(-1)?.place)
			return { kind: 'global', path }
		}
		for (const carrier of this.#carriers) {
			const taken = this.#carried(carrier, value)
			if (taken !== undefined) return { kind: 'carried', carrier: carrier.name, data: taken }
		}
		const reference = moduleOf(value)
		if (reference !== undefined) return { kind: 'reference', reference: nameReference(reference) }
		if (isProxy(value)) return this.refuse('is a Proxy', 'pass the plain object behind it')
		this.#holdsObject()
		return this.#objects.node(value)
	}

	/** The calls that a carried value takes; undefined for one that is not carried. */
	#allowedCalls(value: unknown): readonly string[] | undefined {
		if (typeof value !== 'object' || value === null) return undefined
		for (const carrier of this.#carriers) {
			const taken = carrier.takes(value)
			if (taken !== undefined) return taken
		}
		return undefined
	}

	#carried(carrier: Carrier, value: object): unknown {
		try {
			return carrier.takes(value) === undefined ? undefined : carrier.take(value)
		} catch (thrown) {
			if (!(thrown instanceof StreamError)) throw thrown
			return this.refuse(`cannot travel: ${thrown.message}`, thrown.remedy ?? 'capture plain data instead')
		}
	}

	#function(fn: Any): GraphNode {
		const path = wellKnownPath(fn)
		if (path !== undefined) {
			this.effects.usesGlobal(path[0] as string, this.#around.at(-1)?.place)
			return { kind: 'global', path }
		}
		if (isProxy(fn)) return this.refuse('is a Proxy', 'pass the function behind it')
		const explicit = explicitParts(fn)
		if (explicit !== undefined) {
			const made = { kind: 'explicit', fn: undefined as Encoded, env: undefined as Encoded } as const
			const node: { kind: 'explicit'; fn: Encoded; env: Encoded } = { ...made }
			node.fn = this.encode(explicit.fn)
			this.effects.holdsObject()
			node.env = this.within('its environment', () => this.encode(explicit.env))
			return node
		}
		const text = Function.prototype.toString.call(fn)
		if (/\{\s*\[native code\]\s*\}$/.test(text)) return this.#native(fn)
		const around = surroundingsOf(fn)
		const reference = exportOf(fn, around)
		if (reference !== undefined) return { kind: 'reference', reference: nameReference(reference) }
		const name = shortText(text)
		const place = shownPlace(around.place)
		this.#around.push({ isEngine: enginePathOf(around.place.url) !== undefined, place })
		const made = this.within(place === undefined ? name : `${name}   ${place}`, () => this.#code(fn, text, around))
		this.#around.pop()
		return made
	}

	/** What the engine's own functions hold is nothing that the program's could change. */
	#holdsObject(): void {
		if (this.#around.at(-1)?.isEngine === false) this.effects.holdsObject()
	}

	#native(fn: Any): GraphNode {
		const resolved = (fn as { readonly resolve?: unknown; readonly cache?: unknown }).cache
		if (fn.name === 'require' && typeof resolved === 'object') return { kind: 'require', file: process.cwd() }
		const isBound = fn.name.startsWith('bound ')
		return this.refuse(
			isBound ? `is a bound function (${fn.name.slice('bound '.length)})` : `is native code (${fn.name || 'no name'})`,
			'pass an arrow function that calls it',
		)
	}

	#code(fn: Any, text: string, around: Surroundings): GraphNode {
		const parsed = parseFunction(text)
		if (isPackaged(around.place.url)) {
			this.refuse(
				'belongs to an installed package that does not export it',
				'call an exported function of the package instead',
			)
		}
		if (parsed === undefined) this.refuse('has a text that stands nowhere but there', 'write it as an arrow function')
		const needs = needsOf((parsed as Parsed).node)
		const isEngine = enginePathOf(around.place.url) !== undefined
		this.#refuseForms(needs)
		// A variable that only `extends` reads is nowhere any more once the class is made.
		const { extendsName } = needs
		const base = extendsName !== undefined && around.find(extendsName) === undefined ? extendsName : undefined
		const node: CodeNode = {
			kind: 'code',
			...textOf(parsed as Parsed),
			isClass: needs.isClass,
			name: fn.name,
			...startOf(parsed as Parsed, around),
			names: [...needs.names.keys()].filter((name) => name === base || this.#isTaken(name, around)),
			values: [],
			members: [],
			prototypeMembers: [],
		}
		this.effects.ofFunction({ needs, isEngine, fn, place: shownPlace(around.place) })
		if (needs.isClass) this.classes.set(fn.name, fn)
		if (needs.usesThis && needs.isArrow) this.#capturedThis(around)
		node.values = node.names.map((name) => {
			const use = needs.names.get(name) as FreeName
			const gone: unknown = name === base ? Object.getPrototypeOf(fn) : Reflect.get(globalThis, name)
			const { value } = around.find(name) ?? { value: gone }
			const place = isEngine ? undefined : shownPlace(around.place)
			this.effects.captures({ use, value, place, allowedCalls: this.#allowedCalls(value) })
			return this.within(`captured variable \`${name}\``, () => this.#captured(value, use))
		})
		node.members = this.#objects.members(fn, ['length', 'name', 'prototype', 'arguments', 'caller'], needs.isClass)
		const { prototype } = fn as { readonly prototype?: unknown }
		if (!needs.isClass && typeof prototype === 'object' && prototype !== null) {
			node.prototypeMembers = this.#objects.members(prototype, ['constructor'], false)
		}
		return node
	}

	/** True for names whose values have to travel: not what is global everywhere, nor what is nowhere. */
	#isTaken(name: string, around: Surroundings): boolean {
		const found = around.find(name)
		const isGlobal = name in globalThis && (found === undefined || found.value === Reflect.get(globalThis, name))
		if (isGlobal && (isPureGlobal(name) || isOutwardGlobal(name))) {
			this.effects.usesGlobal(name, this.#around.at(-1)?.place)
			return false
		}
		return found !== undefined || name in globalThis
	}

	#captured(value: unknown, use: FreeName): Encoded {
		const { members } = use
		if (members === undefined || typeof value !== 'object' || value === null) return this.encode(value)
		const isNamespace = Reflect.get(value, Symbol.toStringTag) === 'Module'
		if (!isNamespace && (use.calls.size > 0 || use.changedAt !== undefined || !this.#objects.isPlain(value))) {
			return this.encode(value)
		}
		if (wellKnownPath(value) !== undefined || (!isNamespace && moduleOf(value) !== undefined)) return this.encode(value)
		if (!isNamespace) this.#holdsObject()
		// No node of its own for the whole object: another function may need other members of it.
		return this.add(Symbol('members'), () => {
			const taken = [...members].filter((name) => name in value)
			const encoded = taken.map((key): Member => {
				return { key, value: this.within(`its member \`${key}\``, () => this.encode(Reflect.get(value, key))) }
			})
			return { kind: 'object', type: undefined, members: encoded, state: undefined }
		})
	}

	#capturedThis(around: Surroundings): void {
		const holder = around.find('this')?.value
		const type = typeof holder === 'object' && holder !== null ? ` (class ${holder.constructor?.name ?? 'none'})` : ''
		this.refuse(
			`is an arrow function that uses \`this\`${type}`,
			'copy the needed field into a local constant first: const k = this.k',
		)
	}

	#refuseForms(needs: ReturnType<typeof needsOf>): void {
		if (needs.isDynamic) {
			this.refuse('uses eval or with, so nobody can tell which variables it needs', 'name the variables in the code')
		}
		if (needs.usesSuper) this.refuse('uses `super` of the class around it', 'move the code into a function of its own')
		const [hidden] = needs.privateNames
		if (hidden !== undefined) {
			this.refuse(
				`uses the private member #${hidden} of the class around it`,
				'copy the needed value into a local constant first',
			)
		}
	}
}

/** The text to evaluate: the key of a member is replaced where it is computed. */
function textOf({ text, form, isStrict, key }: Parsed): Pick<CodeNode, 'text' | 'form' | 'isStrict'> {
	if (key === undefined) return { text, form, isStrict }
	const { start, end } = key
	return { text: `${text.slice(0, start)}m${' '.repeat(end - start - 1)}${text.slice(end)}`, form, isStrict }
}

/** Where the text begins; V8 names the place of the first parenthesis of what is no arrow function. */
function startOf(parsed: Parsed, { place }: Surroundings): Pick<CodeNode, 'url' | 'line' | 'column'> {
	const { text, node } = parsed
	if (node.type === 'ArrowFunctionExpression' || /Class/.test(node.type)) return place
	const before = text.slice(0, Math.max(0, text.indexOf('(')))
	return { ...place, column: Math.max(0, place.column - (before.split('\n').at(-1) as string).length) }
}
