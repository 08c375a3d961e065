/** Help and completion about magics, from their rows. */

import { helpOf, type MagicRow, magicNamed, magics, usageOf } from '../session/magics/catalog.js'
import type { Completions } from './contract.js'
import { codeOf } from './magics.js'

/** What `?%step` shows; undefined when the name is no magic's. */
export function magicHelp(name: string): string | undefined {
	const row = magicNamed(name.replace(/^%{1,2}/, ''))
	return row === undefined ? undefined : helpOf(row)
}

/** The magic whose line an offset is on, unless it is in code behind `%time`. */
export function magicAt(cell: string, offset: number): MagicRow | undefined {
	const start = cell.lastIndexOf('\n', offset - 1) + 1
	const [, indent = '', sign = '', name = ''] = /^([ \t]*)(%%?)(\w*)/.exec(cell.slice(start)) ?? []
	const isOnName = offset <= start + indent.length + sign.length + name.length
	const row = sign === '' ? undefined : magicNamed(name)
	const isMagic =
		codeOf(cell)
			.slice(start, start + indent.length + sign.length)
			.trim() === ''
	return isMagic && row !== undefined && (isOnName || row.place !== 'code') ? row : undefined
}

/** Magics, and the words they take, for the line that ends at `offset`; undefined when that line is code. */
export function completeMagic(cell: string, offset: number): Completions | undefined {
	const start = cell.lastIndexOf('\n', offset - 1) + 1
	const line = cell.slice(start, offset)
	if (!/^\s*%/.test(line) || cell.slice(0, start).split('\n').some(isCode)) return undefined
	const [, before = '', sign = '', name = '', rest] = /^(\s*)(%%?)(\w*)(\s.*)?$/.exec(line) ?? []
	if (rest === undefined) {
		const isFirst = cell.slice(0, start).trim() === ''
		const wanted = magics.filter(({ forms }) => (sign === '%' ? true : isFirst && forms.includes('cell')))
		const items = wanted
			.filter((row) => row.name.startsWith(name))
			.map((row) => ({
				text: signOf(row, sign) + row.name,
				kind: 'magic',
				signature: `${usageOf(row)}: ${row.summary}`,
			}))
			.filter(({ text }) => text.startsWith(sign) && (isFirst || !text.startsWith('%%')))
		return { items, start: start + before.length, end: offset }
	}
	const row = magicNamed(name)
	if (row === undefined || row.place === 'code') return undefined
	const typed = /\S*$/.exec(rest)?.[0] ?? ''
	const isFirstWord = rest.trim() === typed
	const words = isFirstWord
		? (row.usage.match(/(?<=^|[[| ])[a-z]+(?= \||\])|(?<=^|\| )[a-z]+(?= [a-z]+ …)/g) ?? [])
		: []
	const items = words
		.filter((word) => word.startsWith(typed))
		.map((text) => ({ text, kind: 'magic', signature: usageOf(row) }))
	return { items, start: offset - typed.length, end: offset }
}

const signOf = ({ forms }: MagicRow, sign: string): string => (sign === '%%' || !forms.includes('line') ? '%%' : '%')

/** A line that ends the magics at the top of a cell. */
const isCode = (line: string): boolean => !/^\s*(%.*|\/\/.*)?$/.test(line)
