/**
 * One loop for a chain of element steps, generated.
 *
 * Each stage gets source text of its own, because V8 shares type feedback by source: a shared combinator is slow as soon
 * as a second pipeline has run through it. The user's functions are constants of the generated function.
 *
 *   for (const x0 of input) {            map, filter and flatMap nest;
 *     const x1 = f0(x0)                  the innermost line is the sink:
 *     for (const x2 of many1(f1(x1))) {
 *       if (each(x2)) return             push: a function that says true when it has enough
 *     }                                  pull: yield x2
 *   }                                    combine: a KeyedColumn, merged in place
 */

import { type Combining, combineInto, KeyedColumn, type PairColumns } from '../rdd/columns.js'
import type { Dictionary } from '../rdd/dictionary.js'
import { type Combiner, type Step, withNull } from '../rdd/plan.js'
import { refusePromise, requireMany } from '../rdd/result.js'
import { combiningThrough, pullingThrough, pushingThrough } from './interpreted.js'
import { operatorOf } from './userfault.js'

/** Steps that see one record at a time. */
export type ElementStep = Extract<Step, { readonly op: 'map' | 'flatMap' | 'filter' }>

export type Push = (input: Iterable<unknown>, each: (x: unknown) => unknown) => void
export type Pull = (input: Iterable<unknown>) => IterableIterator<unknown>
export type Combine = (input: Iterable<unknown>, into: Combining) => void

let numStages = 0

/** False where `node --disallow-code-generation-from-strings` forbids what is done here. */
const canGenerate = allowsCode()

function allowsCode(): boolean {
	try {
		return new Function('return true')() as boolean
	} catch (thrown) {
		if (thrown instanceof EvalError) return false
		throw thrown
	}
}

type AnyFunction = (...values: never[]) => unknown

/** Loops by the functions they are made of: the next batch's RDDs, made by the same functions, run the same hot loop. */
class LoopNode {
	loop: unknown
	readonly #next = new Map<string, WeakMap<AnyFunction, LoopNode>>()

	at(op: string, fn: AnyFunction): LoopNode {
		let nodes = this.#next.get(op)
		if (nodes === undefined) {
			nodes = new WeakMap()
			this.#next.set(op, nodes)
		}
		let node = nodes.get(fn)
		if (node === undefined) {
			node = new LoopNode()
			nodes.set(fn, node)
		}
		return node
	}
}

const roots = { push: new LoopNode(), pull: new LoopNode(), combine: new LoopNode() } as const

function remembered(
	root: LoopNode,
	steps: readonly ElementStep[],
	more: readonly AnyFunction[],
	make: () => unknown,
): unknown {
	let node = root
	for (const { op, fn } of steps) node = node.at(op, fn as AnyFunction)
	for (const fn of more) node = node.at('combine', fn)
	node.loop ??= make()
	return node.loop
}

/** A loop that gives each record to `each`, until it returns true. */
export const pushing = (steps: readonly ElementStep[]): Push =>
	remembered(roots.push, steps, [], () =>
		canGenerate ? generate(steps, '', 'input, each', (x) => `if (each(${x}) === true) return`) : pushingThrough(steps),
	) as Push

/** A loop that gives a record when asked, and does no more than that. */
export const pulling = (steps: readonly ElementStep[]): Pull =>
	remembered(roots.pull, steps, [], () =>
		canGenerate ? generate(steps, '*', 'input', (x) => `yield ${x}`) : pullingThrough(steps),
	) as Pull

/** So many keys are looked up at once. */
const atOnce = 128

/** With fewer keys than this the table lies in the caches of the processor, and nothing is gained. */
const manyKeys = 16_384
const ids = new Int32Array(atOnce)

/**
 * Texts whose values nobody can change wait until there are enough to look them up together, see `KeyTable.addAll`. Values
 * are merged in the order in which they come, and what fails there fails before what ended the loop.
 */
const mergingAtOnce = (loop: string): string => `let n = 0
const ks = [], vs = []
const merge = () => {
	const many = n
	n = 0
	if (many < ${atOnce}) ks.length = many
	table.addAll(ks, ids)
	for (let i = 0; i < many; i++) {
		const id = ids[i]
		if (id === values.length) values.push(create(vs[i]))
		else values[id] = mergeValue(values[id], vs[i])
	}
}
try {
${loop}
} finally {
	if (n > 0) merge()
}`

/** One value for all records: no table, no pair of each. */
const reducingAll = (loop: string): string => `let isFirst = true
let all
${loop}
if (!isFirst) combineInto(into, null, all, (value) => value, mergeValue)`

/** A loop that combines pairs by key. */
export const combining = (steps: readonly ElementStep[], combiner: Combiner): Combine => {
	const { create, mergeValue } = combiner
	const isOfAll = steps.at(-1)?.fn === withNull
	return remembered(roots.combine, steps, [create, mergeValue], () =>
		canGenerate && isOfAll
			? generate(
					steps.slice(0, -1),
					'',
					'input, into',
					(x) => `all = isFirst ? create(${x}) : mergeValue(all, ${x})
isFirst = false`,
					{ create, mergeValue, combineInto },
					reducingAll,
				)
			: canGenerate
				? generate(
						steps,
						'',
						'input, { table, values }',
						(x) => `const k = ${x}[0], v = ${x}[1]
if (table.length > ${manyKeys} && typeof k === 'string' && typeof v !== 'object' && typeof v !== 'function') {
	ks[n] = k
	vs[n] = v
	if (++n === ${atOnce}) merge()
} else {
	if (n > 0) merge()
	const id = table.add(k)
	if (id === values.length) values.push(create(v))
	else values[id] = mergeValue(values[id], v)
}`,
						{ create, mergeValue, ids },
						mergingAtOnce,
					)
				: combiningThrough(steps, combiner),
	) as Combine
}

/** How many keys a loop met last. */
const lastSizes = new WeakMap<Combine, number>()

/**
 * What the loop makes of the records, in a column that begins with room for as many keys as the last batch had, or that
 * takes the numbers of a dictionary.
 */
export function combinedBy(loop: Combine, records: Iterable<unknown>, dictionary?: Dictionary): PairColumns {
	const numbered = dictionary?.open()
	const into = numbered ?? new KeyedColumn(lastSizes.get(loop))
	loop(records, into)
	if (numbered === undefined) lastSizes.set(loop, into.values.length)
	return into.columns
}

type Sink = (record: string) => string

function generate(
	steps: readonly ElementStep[],
	star: string,
	parameters: string,
	sink: Sink,
	more: Readonly<Record<string, unknown>> = {},
	around: (loop: string) => string = (loop) => loop,
): unknown {
	const stage = `stage${numStages++}`
	const bound: Record<string, unknown> = { ...more }
	const lines: string[] = []
	let depth = 1
	let record = 'x0'
	steps.forEach((step, i) => {
		bound[`f${i}`] = step.fn
		const next = `x${i + 1}`
		switch (step.op) {
			case 'map':
				bound[`refuse${i}`] = (value: unknown) => refusePromise(operatorOf(step), value)
				lines.push(`const ${next} = f${i}(${record})`, promiseCheck(next, i))
				record = next
				break
			case 'filter':
				bound[`refuse${i}`] = (value: unknown) => refusePromise(operatorOf(step), value)
				lines.push(`const p${i} = f${i}(${record})`, promiseCheck(`p${i}`, i), `if (p${i}) {`)
				depth++
				break
			case 'flatMap':
				bound[`many${i}`] = (value: unknown) => requireMany(operatorOf(step), value)
				lines.push(`let m${i} = f${i}(${record})`, `if (!Array.isArray(m${i})) m${i} = many${i}(m${i})`)
				lines.push(`for (const ${next} of m${i}) {`)
				record = next
				depth++
				break
			default:
				step satisfies never
		}
	})
	const body = around(`for (const x0 of input) {\n${lines.join('\n')}\n${sink(record)}\n${'}'.repeat(depth)}`)
	const names = Object.keys(bound)
	// The number in the name makes the source unique.
	// Not vm.Script: on Node 20 every script stays in memory, and a program may make new functions in every batch.
	const source = `'use strict';return function${star} ${stage}(${parameters}) {\n${body}\n}\n//# sourceURL=rivulet:${stage}`
	const make = new Function(...names, source) as (...values: unknown[]) => unknown
	return make(...Object.values(bound))
}

const promiseCheck = (name: string, i: number): string =>
	`if (typeof ${name} === 'object' && ${name} !== null && typeof ${name}.then === 'function') refuse${i}(${name})`
