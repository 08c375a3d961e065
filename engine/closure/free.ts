/**
 * What the text of a function takes from outside, and what it may change there.
 *
 *   (x) => table.get(x) ?? (missing++, rates.eur * x)
 *           table    read, member `get`        missing   assigned
 *           rates    read, member `eur`        x         its own
 *
 * Names are resolved by JavaScript's scopes. Changes are judged by the root of what is changed: a value that the function
 * made itself may be changed, a parameter or a captured value may not without being noticed. A doubt counts as a change.
 */

import { Changes } from './changes.js'
import { children, isNode, type Node } from './parse.js'
import { boundNames, type Scope, ScopeChain } from './scope.js'

/** How one name from outside is used. */
export interface FreeName {
	readonly name: string
	/** The members that are read of it; undefined when it is used as a whole as well. */
	members: Set<string> | undefined
	/** Where in the text it is assigned; undefined when it is not. */
	assignedAt: number | undefined
	/** Where in the text what it holds may be changed. */
	changedAt: number | undefined
	/** The methods that are called on it. */
	readonly calls: Set<string>
}

/** What a function's text needs and does. */
export interface Needs {
	readonly names: ReadonlyMap<string, FreeName>
	/** True when it may change what it is given. */
	readonly changesParameters: boolean
	/** True when `this` (or `super`, `new.target`) is meant of the code around it, or of the caller. */
	readonly usesThis: boolean
	readonly usesSuper: boolean
	/** True when a name of the text cannot be told from its code alone: direct `eval`, `with`. */
	readonly isDynamic: boolean
	/** Private names of a class around it. */
	readonly privateNames: ReadonlySet<string>
	/** True when it is a class whose methods change `this`, not counting its constructor. */
	readonly changesThis: boolean
	readonly isClass: boolean
	/** The name that a class extends, when it is one. */
	readonly extendsName: string | undefined
	readonly isAsync: boolean
	readonly isArrow: boolean
	/** `import(…)` or `import.meta` in it. */
	readonly usesModule: boolean
}

const functions = new Set(['FunctionDeclaration', 'FunctionExpression', 'ArrowFunctionExpression'])
const classes = new Set(['ClassDeclaration', 'ClassExpression'])

const nameIn = (node: unknown): string | undefined =>
	isNode(node) && node.type === 'Identifier' ? (node.name as string) : undefined

/** What the function of this tree needs and does. */
export function needsOf(root: Node): Needs {
	return new Walk(root).needs
}

class Walk {
	readonly #names = new Map<string, FreeName>()
	readonly #scopes = new ScopeChain()
	readonly #changes: Changes
	readonly #privateNames = new Set<string>()
	readonly #ownPrivate: Set<string>[] = []
	#usesThis = false
	#usesSuper = false
	#isDynamic = false
	#usesModule = false
	#changesParameters = false
	#changesThis = false
	/** How many functions with a `this` of their own are around. */
	#depthOfThis = 0
	/** True inside the constructor or a field of the class that is the root. */
	#isMaking = false
	readonly needs: Needs

	constructor(root: Node) {
		this.#changes = new Changes(this.#scopes)
		this.#visit(root, undefined)
		const isClass = classes.has(root.type)
		this.needs = {
			names: this.#names,
			changesParameters: this.#changesParameters,
			usesThis: this.#usesThis,
			usesSuper: this.#usesSuper,
			isDynamic: this.#isDynamic,
			privateNames: this.#privateNames,
			changesThis: this.#changesThis,
			isClass,
			extendsName: isClass ? nameIn(root.superClass) : undefined,
			isAsync: root.async === true,
			isArrow: root.type === 'ArrowFunctionExpression',
			usesModule: this.#usesModule,
		}
	}

	#visit(node: Node, parent: Node | undefined): void {
		if (functions.has(node.type)) {
			this.#function(node, parent)
			return
		}
		if (classes.has(node.type)) {
			this.#class(node)
			return
		}
		switch (node.type) {
			case 'Identifier':
				this.#reference(node, parent)
				return
			case 'MemberExpression':
				this.#visit(node.object as Node, node)
				if (node.computed === true) this.#visit(node.property as Node, node)
				else this.#privateName(node.property as Node)
				return
			case 'Property':
				if (node.computed === true) this.#visit(node.key as Node, node)
				this.#visit(node.value as Node, node)
				return
			case 'LabeledStatement':
				this.#visit(node.body as Node, node)
				return
			case 'BreakStatement':
			case 'ContinueStatement':
				return
			case 'MetaProperty':
				if ((node.meta as Node).name === 'import') this.#usesModule = true
				else if (this.#depthOfThis === 0) this.#usesThis = true
				return
			case 'ImportExpression':
				this.#usesModule = true
				this.#inside(node)
				return
			case 'ThisExpression':
				if (this.#depthOfThis === 0) this.#usesThis = true
				return
			case 'Super':
				if (this.#depthOfThis === 0) this.#usesSuper = true
				return
			case 'WithStatement':
				this.#isDynamic = true
				this.#inside(node)
				return
			case 'BlockStatement':
			case 'ForStatement':
			case 'ForInStatement':
			case 'ForOfStatement':
			case 'SwitchStatement':
			case 'StaticBlock':
				this.#block(node)
				return
			case 'CatchClause':
				this.#catch(node)
				return
			case 'AssignmentExpression':
				this.#assign(node.left as Node)
				this.#inside(node)
				return
			case 'UpdateExpression':
				this.#assign(node.argument as Node)
				this.#inside(node)
				return
			case 'UnaryExpression':
				if (node.operator === 'delete') this.#change(node.argument as Node)
				this.#inside(node)
				return
			case 'CallExpression':
				this.#call(node)
				this.#inside(node)
				return
			default:
				this.#inside(node)
				return
		}
	}

	#inside(node: Node): void {
		for (const child of children(node)) this.#visit(child, node)
	}

	#function(node: Node, parent: Node | undefined): void {
		const hasThis = node.type !== 'ArrowFunctionExpression'
		// The root function's own `this` is what callers give it; operators give nothing.
		const isRoot = parent === undefined
		const scope: Scope = this.#scopes.open('function')
		if (hasThis) {
			scope.declare('arguments', undefined)
			if (!isRoot) this.#depthOfThis++
			if (node.type === 'FunctionExpression' && isNode(node.id)) scope.declare(node.id.name as string, undefined)
		}
		const body = node.body as Node
		for (const parameter of node.params as Node[]) {
			for (const name of boundNames(parameter)) scope.declare(name, 'parameter')
		}
		scope.hoist(body)
		for (const parameter of node.params as Node[]) this.#visit(parameter, node)
		this.#changes.learn(body)
		// The body's block is this scope: parameters and its declarations do not shadow each other for our purpose.
		if (body.type === 'BlockStatement') this.#inside(body)
		else this.#visit(body, node)
		if (hasThis && !isRoot) this.#depthOfThis--
		this.#scopes.close()
	}

	#class(node: Node): void {
		const scope = this.#scopes.open('block')
		if (isNode(node.id)) scope.declare(node.id.name as string, undefined)
		if (isNode(node.superClass)) this.#visit(node.superClass, node)
		const members = (node.body as Node).body as Node[]
		this.#ownPrivate.push(
			new Set(
				members.flatMap(({ key }) =>
					isNode(key) && key.type === 'PrivateIdentifier' ? [(key as { name?: unknown }).name as string] : [],
				),
			),
		)
		for (const member of members) {
			if (member.computed === true) this.#visit(member.key as Node, member)
			const before = this.#isMaking
			this.#isMaking = member.kind === 'constructor' || member.type === 'PropertyDefinition'
			this.#depthOfThis++
			if (member.type === 'StaticBlock') this.#visit(member, node)
			else if (isNode(member.value)) this.#visit(member.value, member)
			this.#depthOfThis--
			this.#isMaking = before
		}
		this.#ownPrivate.pop()
		this.#scopes.close()
	}

	#block(node: Node): void {
		this.#scopes.open('block').declareIn(node)
		this.#changes.learn(node)
		this.#inside(node)
		if (node.type === 'ForInStatement' || node.type === 'ForOfStatement') {
			const left = node.left as Node
			if (left.type !== 'VariableDeclaration') this.#assign(left)
		}
		this.#scopes.close()
	}

	#catch(node: Node): void {
		const scope = this.#scopes.open('block')
		if (isNode(node.param)) for (const name of boundNames(node.param)) scope.declare(name, undefined)
		this.#inside(node)
		this.#scopes.close()
	}

	#privateName(node: Node): void {
		if (node.type !== 'PrivateIdentifier') return
		const name = node.name as string
		if (!this.#ownPrivate.some((own) => own.has(name))) this.#privateNames.add(name)
	}

	#reference(node: Node, parent: Node | undefined): void {
		const name = node.name as string
		if (this.#scopes.find(name) !== undefined || name === 'undefined') return
		const use = this.#use(name)
		const isRoot = parent?.type === 'MemberExpression' && parent.object === node
		const member = isRoot ? memberName(parent) : undefined
		if (member === undefined) use.members = undefined
		else use.members?.add(member)
	}

	#use(name: string): FreeName {
		let use = this.#names.get(name)
		if (use === undefined) {
			use = { name, members: new Set(), assignedAt: undefined, changedAt: undefined, calls: new Set() }
			this.#names.set(name, use)
		}
		return use
	}

	/** A target of an assignment: names in it are assigned, members in it are changes of what they belong to. */
	#assign(target: Node): void {
		switch (target.type) {
			case 'Identifier': {
				const name = target.name as string
				if (this.#scopes.find(name) === undefined) this.#use(name).assignedAt ??= target.start
				return
			}
			case 'MemberExpression':
				this.#change(target)
				return
			case 'AssignmentPattern':
				this.#assign(target.left as Node)
				return
			case 'RestElement':
				this.#assign(target.argument as Node)
				return
			case 'ObjectPattern':
				for (const one of target.properties as Node[]) this.#assign((one.value ?? one.argument) as Node)
				return
			case 'ArrayPattern':
				for (const one of target.elements as (Node | null)[]) if (one !== null) this.#assign(one)
		}
	}

	#change(target: Node): void {
		const root = this.#changes.rootOf(target)
		if (root === 'own') return
		if (root === 'this') {
			if (!this.#isMaking) this.#changesThis = true
			return
		}
		if (typeof root === 'object') this.#use(root.free).changedAt ??= target.start
		else this.#changesParameters = true
	}

	#call(node: Node): void {
		const callee = node.callee as Node
		if (callee.type === 'Identifier' && callee.name === 'eval') this.#isDynamic = true
		for (const changed of this.#changes.byCall(node)) this.#change(changed)
		if (callee.type !== 'MemberExpression') return
		const object = callee.object as Node
		const method = memberName(callee)
		if (object.type !== 'Identifier' || method === undefined) return
		const name = object.name as string
		if (this.#scopes.find(name) === undefined) this.#use(name).calls.add(method)
	}
}

/** The name of the member, when the text tells it. */
export function memberName(node: Node): string | undefined {
	const property = node.property as Node
	if (node.computed !== true) return property.type === 'Identifier' ? (property.name as string) : undefined
	return property.type === 'Literal' && typeof property.value === 'string' ? property.value : undefined
}
