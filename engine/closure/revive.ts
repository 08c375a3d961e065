/**
 * From a graph back to values: functions are evaluated from their text, under the name and line that they had, with their
 * captured variables around them.
 *
 * The text of a function is compiled once and bound again for other values, so that a stream's functions cost nothing new
 * in each batch. Scripts are made by `vm.Script`: it keeps positions, and works where code generation from strings is
 * switched off.
 */

import { createRequire } from 'node:module'
import { pathToFileURL } from 'node:url'
import { Script } from 'node:vm'
import { StreamError } from '../base/errors.js'
import { closure } from './explicit.js'
import type { CodeNode, Encoded, Graph, GraphNode, Link, Member, Unload } from './graph.js'
import { engineFile, type Reference } from './references.js'
import { relocated } from './relocated.js'
import { atPath } from './wellknown.js'

/** The modules that a graph refers to, loaded. */
export type Modules = ReadonlyMap<string, unknown>

/** Loads what a graph refers to by name. Modules of one process are loaded once. */
export async function loadModules(graph: Graph): Promise<Modules> {
	const modules = new Map<string, unknown>()
	for (const node of graph.nodes) {
		if (node.kind !== 'reference') continue
		const { kind, module } = node.reference
		const key = `${kind} ${module}`
		if (!modules.has(key)) modules.set(key, await load(node.reference))
	}
	return modules
}

function load({ kind, module }: Reference): unknown {
	switch (kind) {
		case 'builtin':
			return process.getBuiltinModule(module)
		case 'module':
			return import(relocated(module))
		case 'commonjs': {
			const path = relocated(module)
			return createRequire(path)(path)
		}
		case 'engine':
			return import(pathToFileURL(engineFile(module)).href)
		default:
			return kind satisfies never
	}
}

/** The value that a graph was made of, in this thread. */
export function revive(graph: Graph, modules: Modules, unload: Unload = refuseCarried): unknown {
	return new Revival(graph, modules, unload).value(graph.root)
}

function refuseCarried(carrier: string): never {
	throw new StreamError('internal/state', `nobody here takes over what ${carrier} carried`)
}

type Bind = (values: readonly unknown[]) => void
type Make = (init: (bind: Bind) => void) => unknown

const compiled = new Map<string, Make>()
/** Texts that are kept compiled. */
const mostCompiled = 2_000

class Revival {
	readonly #graph: Graph
	readonly #modules: Modules
	readonly #unload: Unload
	readonly #made = new Map<number, unknown>()

	constructor(graph: Graph, modules: Modules, unload: Unload) {
		this.#graph = graph
		this.#modules = modules
		this.#unload = unload
	}

	value(encoded: Encoded): unknown {
		if (typeof encoded !== 'object' || encoded === null) return encoded
		const index = (encoded as Link).$
		if (!this.#made.has(index)) {
			this.#made.set(index, undefined)
			this.#make(index, this.#graph.nodes[index] as GraphNode)
		}
		return this.#made.get(index)
	}

	/** Notes a value before what it refers to is made, so that cycles end at it. */
	#note<V>(index: number, value: V): V {
		this.#made.set(index, value)
		return value
	}

	#make(index: number, node: GraphNode): void {
		switch (node.kind) {
			case 'code':
				this.#code(index, node)
				return
			case 'reference': {
				const { kind, module, member } = node.reference
				const whole = this.#modules.get(`${kind} ${module}`)
				if (member !== undefined && !(member in (whole as object))) {
					throw new StreamError('task/closure', `${module} has no export ${member}`)
				}
				this.#note(index, member === undefined ? whole : Reflect.get(whole as object, member))
				return
			}
			case 'global':
				this.#note(index, atPath(node.path))
				return
			case 'require':
				this.#note(index, createRequire(`${node.file}/`))
				return
			case 'plain':
				this.#note(index, node.value)
				return
			case 'regexp':
				this.#note(index, new RegExp(node.source, node.flags)).lastIndex = node.lastIndex
				return
			case 'buffer':
				this.#note(index, Buffer.from(node.bytes))
				return
			case 'view': {
				const type = Reflect.get(globalThis, node.type) as new (...parts: unknown[]) => unknown
				this.#note(index, new type(this.value(node.buffer), node.offset, node.length))
				return
			}
			case 'array': {
				const all: unknown[] = this.#note(index, new Array(node.length))
				if (node.type !== undefined) Object.setPrototypeOf(all, (this.value(node.type) as typeof Array).prototype)
				for (const [i, item] of node.items) all[i] = this.value(item)
				return
			}
			case 'map': {
				const all = this.#note(index, new Map())
				for (const [key, value] of node.entries) all.set(this.value(key), this.value(value))
				return
			}
			case 'set': {
				const all = this.#note(index, new Set())
				for (const value of node.values) all.add(this.value(value))
				return
			}
			case 'object': {
				const object = this.#note(index, Object.create(this.#prototype(node.type)))
				this.#define(object, node.members)
				if (node.state === 'frozen') Object.freeze(object)
				if (node.state === 'sealed') Object.seal(object)
				return
			}
			case 'error': {
				const error = new Error(node.message)
				Object.setPrototypeOf(error, this.#prototype(node.type))
				Object.defineProperty(error, 'stack', { value: node.stack, writable: true, configurable: true })
				this.#define(this.#note(index, error), node.members)
				return
			}
			case 'symbol':
				this.#note(index, Symbol.for(node.key))
				return
			case 'boxed':
				this.#note(index, Object(node.value))
				return
			case 'explicit': {
				const fn = this.value(node.fn) as (a: unknown, env: unknown) => unknown
				this.#note(index, closure(this.value(node.env) as Readonly<Record<string, unknown>>, fn))
				return
			}
			case 'carried':
				this.#note(index, this.#unload(node.carrier, node.data))
				return
			default:
				node satisfies never
		}
	}

	#prototype(type: Encoded): object | null {
		if (type === null) return null
		return type === undefined ? Object.prototype : (this.value(type) as { readonly prototype: object }).prototype
	}

	#define(object: object, members: readonly Member[]): void {
		for (const member of members) {
			const key = this.value(member.key) as PropertyKey
			const rest = { enumerable: true, configurable: true }
			if ('value' in member) {
				Object.defineProperty(object, key, { ...rest, value: this.value(member.value), writable: true })
			} else {
				const accessors = { get: this.value(member.get), set: this.value(member.set) } as PropertyDescriptor
				Object.defineProperty(object, key, { ...rest, ...accessors })
			}
		}
	}

	#code(index: number, node: CodeNode): void {
		let bind: Bind = () => undefined
		// A class needs what it extends while its text is evaluated; a function's variables may come later.
		const make = compile(node)
		const fn = make((own) => {
			bind = own
			if (node.isClass) own(node.values.map((value) => this.value(value)))
		})
		this.#note(index, fn)
		bind(node.values.map((value) => this.value(value)))
		this.#define(fn as object, node.members)
		if (node.prototypeMembers.length > 0) {
			this.#define((fn as { readonly prototype: object }).prototype, node.prototypeMembers)
		}
	}
}

function compile(node: CodeNode): Make {
	const { text, form, isStrict, names, name, url, line, column } = node
	const key = `${name} ${form}\n${isStrict}\n${names.join()}\n${url}:${line}:${column}\n${text}`
	const before = compiled.get(key)
	if (before !== undefined) return before
	// A function without a name of its own is called by that of its member.
	const quoted = JSON.stringify(name)
	const [open, close] = form === 'expression' ? [`({${quoted}:(`, `\n)})[${quoted}]`] : ['member({', '\n})']
	const variables = names.length === 0 ? '' : `let ${names.join()};`
	const targets = names.length === 0 ? '' : `[${names.join()}]=$rvValues`
	const start = `(function($rvInit){${isStrict ? "'use strict';" : ''}${form === 'member' ? memberText : ''}${variables}$rvInit(function($rvValues){${targets}});return ${open}`
	const script = new Script(`${start}${text}${close}})`, {
		filename: url === '' ? 'closure' : url,
		lineOffset: line,
		columnOffset: column - start.length,
	})
	const make = script.runInThisContext() as Make
	if (compiled.size >= mostCompiled) compiled.clear()
	compiled.set(key, make)
	return make
}

/** Takes the one member out of the object around it. */
const memberText =
	'const member=(o)=>{const d=Object.getOwnPropertyDescriptor(o,Reflect.ownKeys(o)[0]);return d.value??d.get??d.set};'
