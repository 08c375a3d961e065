/** `%who`: the names that cells have made, and what they hold. */

import { inspect } from 'node:util'
import { DStream, nearestNames, RDD } from '../../../engine/index.js'
import { inColumns } from './columns.js'
import { heldValues } from './survey.js'
import { wrongUse } from './usage.js'
import type { MagicWorld, SessionMagic } from './world.js'

/** `%who [name …]`. `facts` are types by name, as the checker writes them. */
export const who: SessionMagic = (argument, world, facts) => {
	const types = typeof facts === 'object' && facts !== null ? (facts as Readonly<Record<string, unknown>>) : {}
	const held = heldValues(world.readers)
	const wanted = argument.split(/[\s,]+/).filter((word) => word !== '')
	for (const word of wanted) {
		if (held.has(word)) continue
		const near =
			held.size === 0 ? 'no cell has made any' : `did you mean ${nearestNames(word, held.keys()).join(' or ')}`
		throw wrongUse('who', `there is no name ${word}: ${near}`)
	}
	const names = wanted.length === 0 ? [...held.keys()].sort() : wanted
	if (names.length === 0) console.log('no names yet')
	const rows = names.map((name) => {
		const type = types[name]
		return [name, typeof type === 'string' ? type : typeOf(name, held.get(name), world), previewOf(held.get(name))]
	})
	for (const line of inColumns(rows)) console.log(line)
}

/** What a value is, without the checker. */
function typeOf(name: string, value: unknown, { contexts }: MagicWorld): string {
	if (value instanceof DStream) return `DStream<${contexts.shapeOf(name) ?? 'unknown'}>`
	if (value === null) return 'null'
	if (typeof value === 'function')
		return /^class\b/.test(Function.prototype.toString.call(value)) ? 'class' : 'function'
	if (typeof value !== 'object') return typeof value
	const made: unknown = Object.getPrototypeOf(value)?.constructor?.name
	return typeof made === 'string' && made !== '' ? made : 'object'
}

/** A short look at values that say something in a line. */
function previewOf(value: unknown): string {
	if (typeof value === 'function' || value instanceof DStream || value instanceof RDD) return ''
	if (typeof value === 'object' && value !== null && Object.getPrototypeOf(value) !== Object.prototype) {
		if (Array.isArray(value)) return `${value.length} element${value.length === 1 ? '' : 's'}`
		if (value instanceof Map || value instanceof Set) return `${value.size} entr${value.size === 1 ? 'y' : 'ies'}`
		return ''
	}
	const text = inspect(value, { depth: 0, breakLength: Number.POSITIVE_INFINITY, maxStringLength: 40 })
	return text.length > 60 ? `${text.slice(0, 59)}…` : text
}
