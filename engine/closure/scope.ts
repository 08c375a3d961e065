/** The names that a piece of code declares, by JavaScript's rules of scope. */

import { children, isNode, type Node } from './parse.js'

/** What is known of a declared name. */
export interface Binding {
	/** `fresh`: it only ever holds values that the function has made itself. */
	kind: 'parameter' | 'fresh' | 'deep' | undefined
}

/** One scope: of a function (also for `var`) or a block. */
export class Scope {
	readonly kind: 'function' | 'block'
	readonly names = new Map<string, Binding>()

	constructor(kind: 'function' | 'block') {
		this.kind = kind
	}

	declare(name: string, kind: Binding['kind']): void {
		if (!this.names.has(name)) this.names.set(name, { kind })
	}

	/** The `let`, `const`, `class` and `function` of a block, or of a loop's head. */
	declareIn(node: Node): void {
		for (const child of children(node)) this.#lexical(child)
		if (node.type === 'SwitchStatement') {
			for (const one of node.cases as Node[]) for (const child of children(one)) this.#lexical(child)
		}
	}

	#lexical(node: Node): void {
		if (node.type === 'FunctionDeclaration' || node.type === 'ClassDeclaration') {
			if (isNode(node.id)) this.declare(node.id.name as string, undefined)
		}
		if (node.type !== 'VariableDeclaration') return
		for (const one of node.declarations as Node[]) {
			for (const name of boundNames(one.id as Node)) this.declare(name, undefined)
		}
	}

	/** The declarations of a function's body, `var` of inner blocks included. */
	hoist(body: Node): void {
		if (body.type === 'BlockStatement') this.declareIn(body)
		this.#vars(body)
	}

	#vars(node: Node): void {
		if (/Function|Class/.test(node.type)) return
		if (node.type === 'VariableDeclaration' && node.kind === 'var') {
			for (const one of node.declarations as Node[]) {
				for (const name of boundNames(one.id as Node)) this.declare(name, undefined)
			}
		}
		for (const child of children(node)) this.#vars(child)
	}
}

/** The scopes around the code that is looked at. */
export class ScopeChain {
	readonly #scopes: Scope[] = []

	open(kind: Scope['kind']): Scope {
		const scope = new Scope(kind)
		this.#scopes.push(scope)
		return scope
	}
	close(): void {
		this.#scopes.pop()
	}
	/** The binding that a name means here; undefined for a name from outside. */
	find(name: string): Binding | undefined {
		for (let i = this.#scopes.length - 1; i >= 0; i--) {
			const binding = this.#scopes[i]?.names.get(name)
			if (binding !== undefined) return binding
		}
		return undefined
	}
}

/** The names that a pattern binds. */
export function boundNames(pattern: Node): string[] {
	switch (pattern.type) {
		case 'Identifier':
			return [pattern.name as string]
		case 'AssignmentPattern':
			return boundNames(pattern.left as Node)
		case 'RestElement':
			return boundNames(pattern.argument as Node)
		case 'ObjectPattern':
			return (pattern.properties as Node[]).flatMap((one) => boundNames((one.value ?? one.argument) as Node))
		case 'ArrayPattern':
			return (pattern.elements as (Node | null)[]).flatMap((one) => (one === null ? [] : boundNames(one)))
		default:
			return []
	}
}
