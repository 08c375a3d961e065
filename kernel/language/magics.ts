/**
 * A cell with magics as the steps it is made of, in order.
 *
 *     %npm install lodash        front      done by the front end
 *     %clock manual              code       magics of the session run in front of the code,
 *     const s = …                           in one execution with it
 *
 *     %%html …                   shown      the rest of the cell, as it is
 *
 * Leading lines that begin with `%` are magics; blank lines and comments between them count as code. In the code of a step
 * everything else is blank, so that lines, columns and offsets are those of the cell. A step's code may be timed, or
 * be JavaScript.
 */

import { StreamError } from '../../engine/index.js'
import { type MagicRow, magicNamed, usageOf } from '../session/magics/catalog.js'
import { unknownMagic, wrongUse } from '../session/magics/usage.js'

/** A magic as it stands in a cell. */
export interface MagicCall {
	readonly name: string
	readonly argument: string
	/** Zero-based line of the cell. */
	readonly line: number
}

/** How the code of a step is run. */
export type Manner = 'run' | 'time' | 'timeit'

/** A step of a cell. */
export type Step =
	| { readonly kind: 'front'; readonly call: MagicCall }
	| {
			readonly kind: 'code'
			/** Magics of the session, run before the code in the same execution. */
			readonly calls: readonly MagicCall[]
			/** As long as the cell, blank where it is not code of this step. */
			readonly code: string
			readonly manner: Manner
			readonly isJavaScript: boolean
	  }
	| { readonly kind: 'shown'; readonly mime: 'text/html' | 'text/markdown'; readonly text: string }

type CodeStep = Extract<Step, { readonly kind: 'code' }>

/** A line of a magic: sign, name, and where its argument begins. */
interface Line {
	readonly sign: '%' | '%%'
	readonly name: string
	readonly argument: string
	/** Offsets of the line and of the argument in the cell. */
	readonly start: number
	readonly at: number
	readonly number: number
}

const magicLine = /^(\s*)(%%?)([A-Za-z]\w*)?([ \t]*)(.*)$/
const mayStandBetween = /^\s*(\/\/.*)?$/

/**
 * The steps of a cell; a cell without magics is one step of code. The last step is code, if only empty.
 * @throws cli/usage for a magic that does not exist, or is used in the wrong place
 */
export function stepsOf(cell: string): readonly Step[] {
	const steps: Step[] = []
	let calls: MagicCall[] = []
	let manner: Manner = 'run'
	/** Where the line begins, and where the code that follows the magics does. */
	let [lineStart, codeStart] = [0, 0]
	for (const [number, text] of cell.split('\n').entries()) {
		let line = lineAt(text, lineStart, number)
		lineStart += text.length + 1
		if (line === undefined) {
			if (mayStandBetween.test(text)) continue
			break
		}
		if (line.sign === '%%') {
			if (cell.slice(0, line.start).trim() === '') return wholeCell(cell, line)
			throw new StreamError('cli/usage', `%%${line.name} does not begin the cell`, {
				where: `line ${number + 1}`,
				remedy: 'a magic with two signs takes the whole cell: put it on the first line',
			})
		}
		codeStart = lineStart
		while (line !== undefined && isTiming(line.name) && /^(%|$)/.test(line.argument)) {
			manner = line.name
			line = lineAt(line.argument, line.at, number)
		}
		if (line === undefined) continue
		const { place } = rowOf(line)
		const call = { name: line.name, argument: line.argument, line: number }
		if (place === 'session') {
			calls.push(call)
			continue
		}
		const code = only(cell, line.at, isTiming(line.name) ? line.at + line.argument.length : line.at)
		const isTimed = isTiming(line.name)
		if (isTimed || calls.length > 0) {
			steps.push({ kind: 'code', calls, code, manner: isTiming(line.name) ? line.name : 'run', isJavaScript: false })
		}
		calls = []
		if (!isTimed) steps.push({ kind: 'front', call })
	}
	const code = only(cell, codeStart, cell.length)
	refuseBelow(code)
	const isEmpty = calls.length === 0 && code.trim() === '' && steps.at(-1)?.kind === 'code'
	if (!isEmpty) steps.push({ kind: 'code', calls, code, manner, isJavaScript: false })
	return steps
}

/**
 * A magic below code would be read as a remainder: `counts` `% streams`.
 * @throws cli/usage for a line that begins with a magic, outside of a template
 */
function refuseBelow(code: string): void {
	for (const { 1: name = '', index } of code.matchAll(/^%%?([A-Za-z]\w*)/gm)) {
		if (magicNamed(name) === undefined || (code.slice(0, index).match(/`/g) ?? []).length % 2 === 1) continue
		throw new StreamError('cli/usage', `%${name} stands below code`, {
			where: `line ${code.slice(0, index).split('\n').length}`,
			remedy: 'magics stand above the code of a cell: put it there, or in a cell of its own',
		})
	}
}

/** The same text with everything outside of a stretch blank. */
function only(cell: string, start: number, end: number): string {
	const blank = (text: string): string => text.replace(/[^\n]/g, ' ')
	return blank(cell.slice(0, start)) + cell.slice(start, end) + blank(cell.slice(end))
}

const isTiming = (name: string): name is 'time' | 'timeit' => name === 'time' || name === 'timeit'

function lineAt(text: string, offset: number, number: number): Line | undefined {
	const [, indent = '', sign, name = '', space = '', argument = ''] = magicLine.exec(text) ?? []
	if (sign !== '%' && sign !== '%%') return undefined
	const at = offset + indent.length + sign.length + name.length + space.length
	return { sign, name, argument: argument.trimEnd(), start: offset, at, number }
}

/** @throws cli/usage for a magic that does not exist, or not in that form */
function rowOf({ sign, name }: Line): MagicRow {
	const row = magicNamed(name)
	if (row === undefined) throw unknownMagic(sign, name)
	const form = sign === '%' ? 'line' : 'cell'
	if (row.forms.includes(form)) return row
	throw wrongUse(name, form === 'line' ? `%${name} needs two signs` : `%%${name} takes no body`)
}

function wholeCell(cell: string, line: Line): readonly Step[] {
	rowOf(line)
	const end = cell.indexOf('\n', line.at)
	const body = only(cell, end === -1 ? cell.length : end, cell.length)
	const text = body.slice(end === -1 ? cell.length : end + 1)
	const empty: CodeStep = { kind: 'code', calls: [], code: only(cell, 0, 0), manner: 'run', isJavaScript: false }
	if (!isTiming(line.name) && line.argument !== '') {
		throw wrongUse(line.name, `%%${line.name} takes no arguments, but got '${line.argument}'`)
	}
	switch (line.name) {
		case 'html':
			return [{ kind: 'shown', mime: 'text/html', text }, empty]
		case 'markdown':
			return [{ kind: 'shown', mime: 'text/markdown', text }, empty]
		case 'js':
			return [{ ...empty, code: body, isJavaScript: true }]
		case 'time':
		case 'timeit':
			// What stands behind the name is code, too.
			return [{ ...empty, code: only(cell, line.at, cell.length), manner: line.name }]
		default:
			throw new StreamError('internal/state', `no way to run %%${line.name}`, { remedy: usageOf(rowOf(line)) })
	}
}

/** The cell as code alone, as long as it is: magics are blank. */
export function codeOf(cell: string): string {
	if (!/^\s*%/m.test(cell)) return cell
	let steps: readonly Step[]
	try {
		steps = stepsOf(cell)
	} catch {
		// What is being typed may not be a magic yet; it is no code anyway.
		return cell.replace(/^[ \t]*%[^\n]*/gm, (line) => ' '.repeat(line.length))
	}
	const codes = steps.flatMap((step) => (step.kind === 'code' ? [step.code] : []))
	return Array.from({ length: cell.length }, (_, i) => codes.find((code) => code[i] !== ' ')?.[i] ?? ' ').join('')
}
