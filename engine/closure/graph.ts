/**
 * The form in which values travel: a table of nodes that refer to each other by number, so that what is shared stays
 * shared and cycles end. Primitive values stand for themselves.
 */

import type { Reference } from './references.js'

/** A primitive, or the number of a node. */
export type Encoded = string | number | bigint | boolean | null | undefined | Link

/** Refers to a node of the table. */
export interface Link {
	readonly $: number
}

/** A function or class with code of its own. */
export interface CodeNode {
	readonly kind: 'code'
	readonly text: string
	readonly form: 'expression' | 'member'
	readonly isStrict: boolean
	readonly isClass: boolean
	/** Its name, which may come from the variable that it was given to. */
	readonly name: string
	readonly url: string
	/** Where the text begins in its script, from 0. */
	readonly line: number
	readonly column: number
	/** Captured variables, and their values. */
	readonly names: readonly string[]
	values: readonly Encoded[]
	/** Members that were added to it, and to its `prototype`. */
	members: readonly Member[]
	prototypeMembers: readonly Member[]
}

/** A named member of an object: a value, or an accessor. */
export type Member =
	| { readonly key: Encoded; readonly value: Encoded }
	| { readonly key: Encoded; readonly get: Encoded; readonly set: Encoded }

export type GraphNode =
	| CodeNode
	| { readonly kind: 'reference'; readonly reference: Reference }
	/** Something global, by the names that lead to it. */
	| { readonly kind: 'global'; readonly path: readonly string[] }
	/** The `require` of a CommonJS module. */
	| { readonly kind: 'require'; readonly file: string }
	/** What structured cloning carries as it is: dates, plain texts, bytes, arrays of primitives. */
	| { readonly kind: 'plain'; readonly value: unknown }
	| { readonly kind: 'regexp'; readonly source: string; readonly flags: string; readonly lastIndex: number }
	| { readonly kind: 'buffer'; readonly bytes: Uint8Array }
	| { readonly kind: 'view'; readonly type: string; buffer: Encoded; readonly offset: number; readonly length: number }
	| { readonly kind: 'array'; length: number; items: readonly (readonly [number, Encoded])[]; type: Encoded }
	| { readonly kind: 'map'; entries: readonly (readonly [Encoded, Encoded])[] }
	| { readonly kind: 'set'; values: readonly Encoded[] }
	| {
			readonly kind: 'object'
			/** The class; null for an object without a prototype, undefined for a plain one. */
			type: Encoded
			members: readonly Member[]
			readonly state: 'frozen' | 'sealed' | undefined
	  }
	| {
			readonly kind: 'error'
			type: Encoded
			readonly message: string
			readonly stack: string
			members: readonly Member[]
	  }
	| { readonly kind: 'symbol'; readonly key: string }
	| { readonly kind: 'boxed'; readonly value: string | number | boolean | bigint }
	/** `closure(env, fn)`. */
	| { readonly kind: 'explicit'; fn: Encoded; env: Encoded }
	/** What a carrier of the caller took over. */
	| { readonly kind: 'carried'; readonly carrier: string; readonly data: unknown }

/** Nodes, and what they were made for. */
export interface Graph {
	readonly nodes: readonly GraphNode[]
	readonly root: Encoded
}

/** Takes over values that travel in a way of their own: broadcast values, accumulators. */
export interface Carrier {
	readonly name: string
	/** The members of the value that tasks may use; undefined for a value that is not its business. */
	takes(value: object): readonly string[] | undefined
	/** What travels instead: plain data. @throws StreamError for a value that cannot */
	take(value: object): unknown
}

/** Puts back what a carrier of the same name took. */
export type Unload = (carrier: string, data: unknown) => unknown
