/**
 * The syntax tree of a function's own text.
 *
 * `toString()` gives the text that runs, after every compiler. Functions and classes stand as expressions, methods and
 * accessors only as members of an object; what the text is decides how it is evaluated elsewhere.
 */

import { createRequire } from 'node:module'
import type { Options } from 'acorn'

/** A node of the tree, as ESTree names it. */
export interface Node {
	readonly type: string
	readonly start: number
	readonly end: number
	readonly [member: string]: unknown
}

/** A function's text, and how it has to be wrapped to be evaluated. */
export interface Parsed {
	readonly text: string
	/** `expression`: `(text)`; `member`: the only member of an object or, with `super` and `static`, of a class. */
	readonly form: 'expression' | 'member'
	readonly node: Node
	/** False for text that strict mode refuses. */
	readonly isStrict: boolean
	/** Where in the text a member's computed name stands, brackets included. */
	readonly key: { readonly start: number; readonly end: number } | undefined
}

type Parse = (text: string, options: Options) => unknown

let parse: Parse | undefined

/** The parser is loaded when the first function is captured. */
function parser(): Parse {
	parse ??= (createRequire(import.meta.url)('acorn') as { readonly parse: Parse }).parse
	return parse
}

const remembered = new Map<string, Parsed | undefined>()
/** Texts of functions that are remembered; a program has fewer, a notebook may make many. */
const mostRemembered = 2_000

/** What the text of a function says; undefined when it can be evaluated in no way (native code, a private method). */
export function parseFunction(text: string): Parsed | undefined {
	if (remembered.has(text)) return remembered.get(text)
	const parsed = attempt(text)
	if (remembered.size >= mostRemembered) remembered.clear()
	remembered.set(text, parsed)
	return parsed
}

function attempt(text: string): Parsed | undefined {
	for (const isStrict of [true, false]) {
		const prefix = isStrict ? "'use strict';" : ''
		const expression = inside(`${prefix}(${text}\n)`, prefix.length + 1)
		if (expression !== undefined) return { text, form: 'expression', node: expression, isStrict, key: undefined }
		const object = inside(`${prefix}({${text}\n})`, prefix.length + 1)
		const [member] = (object?.properties ?? []) as Node[]
		if (member === undefined) continue
		const key = member.computed === true ? bracketed(text, member.key as Node, prefix.length + 2) : undefined
		return { text, form: 'member', node: member.value as Node, isStrict, key }
	}
	return undefined
}

function bracketed(text: string, { start, end }: Node, offset: number): NonNullable<Parsed['key']> {
	return { start: text.lastIndexOf('[', start - offset), end: text.indexOf(']', end - offset) + 1 }
}

/** The expression of the one statement of a script, behind an optional directive. */
function inside(script: string, from: number): Node | undefined {
	try {
		const program = parser()(script, {
			ecmaVersion: 'latest',
			sourceType: 'script',
			allowSuperOutsideMethod: true,
			checkPrivateFields: false,
		})
		const { body } = program as { readonly body: readonly Node[] }
		const last = body.at(-1)
		if (last?.type !== 'ExpressionStatement' || body.length > 2) return undefined
		const expression = last.expression as Node
		return expression.start >= from - 1 ? expression : undefined
	} catch {
		// The text does not stand in this form: the caller tries the others.
		return undefined
	}
}

/** The declarations of a whole module. @throws SyntaxError for text that is none */
export function parseModule(text: string): readonly Node[] {
	const program = parser()(text, { ecmaVersion: 'latest', sourceType: 'module', allowHashBang: true })
	return (program as { readonly body: readonly Node[] }).body
}

/** True for a value inside a tree that is a node. */
export const isNode = (value: unknown): value is Node =>
	typeof value === 'object' && value !== null && typeof (value as { type?: unknown }).type === 'string'

/** The nodes directly inside a node. */
export function* children(node: Node): IterableIterator<Node> {
	for (const value of Object.values(node)) {
		if (Array.isArray(value)) {
			for (const one of value) if (isNode(one)) yield one
		} else if (isNode(value)) yield value
	}
}
