/**
 * What a piece of code may change, judged from its text.
 *
 * A name is fresh when all it ever gets are values made on the spot (literals, `new`, copies); changing those is nobody
 * else's business. Everything else counts as shared. Methods that change their object are known by name.
 */

import { children, isNode, type Node } from './parse.js'
import { boundNames, type ScopeChain } from './scope.js'

/** What a changed thing belongs to. */
export type Root = 'own' | 'this' | 'parameter' | { readonly free: string }

const changing = new Set(
	`push pop shift unshift splice sort reverse fill copyWithin set add delete clear append assign defineProperty
	defineProperties setPrototypeOf setTime setDate setFullYear setHours setMilliseconds setMinutes setMonth setSeconds
	setUTCDate setUTCFullYear setUTCHours setUTCMilliseconds setUTCMinutes setUTCMonth setUTCSeconds write writeInt8
	setInt8 setUint8 setInt16 setUint16 setInt32 setUint32 setFloat32 setFloat64 setBigInt64 setBigUint64 subtract swap16
	swap32 swap64 store exchange`.split(/\s+/),
)
/** Static functions that change their first argument. */
const changingFirst = new Set(['assign', 'defineProperty', 'defineProperties', 'setPrototypeOf', 'set', 'store', 'add'])
const statics = new Set(['Object', 'Reflect', 'Atomics'])

/** Calls whose result is a new array, object or text, whose members may be shared. */
const copying = new Set(
	`slice map filter concat flat flatMap split entries keys values from of fromEntries toSorted toReversed toSpliced with
	match matchAll join trim toString toLowerCase toUpperCase replace replaceAll repeat padStart padEnd assign subarray`.split(
		/\s+/,
	),
)
/** Calls whose result shares nothing with anything. */
const deepCopying = new Set(['parse', 'structuredClone', 'split', 'match', 'join', 'toString'])

/** Judges changes in the code of one function. */
export class Changes {
	readonly #scopes: ScopeChain

	constructor(scopes: ScopeChain) {
		this.#scopes = scopes
	}

	/** Takes note of what the names declared in a block or body are given, nested blocks not included. */
	learn(block: Node): void {
		const given = new Map<string, Node[]>()
		const note = (name: string, value: Node): void => void given.set(name, [...(given.get(name) ?? []), value])
		const doubtful = new Set<string>()
		const visit = (node: Node): void => {
			if (node.type === 'VariableDeclarator') {
				const id = node.id as Node
				if (id.type === 'Identifier') {
					if (isNode(node.init)) note(id.name as string, node.init)
				} else for (const name of boundNames(id)) doubtful.add(name)
			}
			if (node.type === 'AssignmentExpression') {
				const left = node.left as Node
				if (left.type === 'Identifier') note(left.name as string, node.right as Node)
				else if (left.type !== 'MemberExpression') for (const name of boundNames(left)) doubtful.add(name)
			}
			if (node.type === 'ForOfStatement' || node.type === 'ForInStatement') {
				const left = node.left as Node
				const names =
					left.type === 'VariableDeclaration'
						? (left.declarations as Node[]).flatMap((one) => boundNames(one.id as Node))
						: boundNames(left)
				for (const name of names) doubtful.add(name)
			}
			for (const child of children(node)) visit(child)
		}
		visit(block)
		for (const [name, values] of given) {
			const binding = this.#scopes.find(name)
			if (binding === undefined || binding.kind === 'parameter' || doubtful.has(name)) continue
			if (values.every((value) => isDeep(value))) binding.kind = 'deep'
			else if (values.every((value) => isFresh(value))) binding.kind = 'fresh'
			else binding.kind = undefined
		}
	}

	/** What a changed member, or the object of a changing method, belongs to. */
	rootOf(target: Node, depth = 0): Root {
		switch (target.type) {
			case 'MemberExpression':
				return this.rootOf(target.object as Node, depth + 1)
			case 'ChainExpression':
				return this.rootOf(target.expression as Node, depth)
			case 'Identifier': {
				const name = target.name as string
				const binding = this.#scopes.find(name)
				if (binding === undefined) return { free: name }
				if (binding.kind === 'deep' || (binding.kind === 'fresh' && depth <= 1)) return 'own'
				return 'parameter'
			}
			case 'ThisExpression':
				return 'this'
			case 'CallExpression': {
				if (isDeep(target) || (isFresh(target) && depth <= 1)) return 'own'
				const callee = target.callee as Node
				const isStatic = callee.type === 'MemberExpression' && isStaticOf(callee)
				const first = (target.arguments as Node[])[0]
				if (isStatic && first !== undefined) return this.rootOf(first, depth)
				return callee.type === 'MemberExpression' ? this.rootOf(callee.object as Node, depth + 1) : 'parameter'
			}
			default:
				return isDeep(target) || (isFresh(target) && depth <= 1) ? 'own' : 'parameter'
		}
	}

	/** What a call changes by its name: the object of the method, or the first argument, as members of their roots. */
	*byCall(call: Node): IterableIterator<Node> {
		const callee = call.callee as Node
		if (callee.type !== 'MemberExpression') return
		const method = (callee.property as Node).name as string | undefined
		if (method === undefined || callee.computed === true) return
		const first = (call.arguments as Node[])[0]
		if (isStaticOf(callee)) {
			if (changingFirst.has(method) && first !== undefined)
				yield { ...callee, object: first, property: callee.property }
			return
		}
		if (changing.has(method)) yield callee
	}
}

const isStaticOf = (callee: Node): boolean => {
	const object = callee.object as Node
	return object.type === 'Identifier' && statics.has(object.name as string)
}

const ownKinds = new Set([
	'Literal',
	'TemplateLiteral',
	'NewExpression',
	'FunctionExpression',
	'ArrowFunctionExpression',
	'ClassExpression',
	'BinaryExpression',
	'UnaryExpression',
	'UpdateExpression',
])

function calledName(node: Node): string | undefined {
	if (node.type !== 'CallExpression') return undefined
	const callee = node.callee as Node
	if (callee.type === 'Identifier') return callee.name as string
	return callee.type === 'MemberExpression' ? ((callee.property as Node).name as string | undefined) : undefined
}

/** True when the value itself is new; its members may be shared. */
function isFresh(node: Node): boolean {
	if (ownKinds.has(node.type) || node.type === 'ArrayExpression' || node.type === 'ObjectExpression') return true
	if (node.type === 'ConditionalExpression') return isFresh(node.consequent as Node) && isFresh(node.alternate as Node)
	const called = calledName(node)
	if (called === 'assign') {
		const first = ((node as { arguments?: Node[] }).arguments ?? [])[0]
		return first !== undefined && isFresh(first)
	}
	return called !== undefined && (copying.has(called) || deepCopying.has(called))
}

/** True when nothing in the value is shared. */
function isDeep(node: Node): boolean {
	switch (node.type) {
		case 'ArrayExpression':
			return (node.elements as (Node | null)[]).every((one) => one === null || isDeep(one))
		case 'ObjectExpression':
			return (node.properties as Node[]).every((one) => one.type === 'Property' && isDeep(one.value as Node))
		case 'NewExpression':
			return (node.arguments as Node[]).every((one) => isDeep(one))
		case 'CallExpression':
			return deepCopying.has(calledName(node) ?? '')
		default:
			return ownKinds.has(node.type) && node.type !== 'NewExpression'
	}
}
