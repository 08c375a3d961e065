/**
 * Errors of user code as data: the user's own frames, the line with a caret, message, place and remedy.
 *
 * Positions are those of the user's source: lines that were put in front of a cell are subtracted, frames of Rivulet and
 * Node are left out.
 */

import { SourceMap } from 'node:module'
import { relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type InspectOptions, inspect } from 'node:util'
import { isNativeError } from 'node:util/types'
import { StreamError } from '../../engine/index.js'
import type { ColumnMap, ErrorData, PreparedCell } from './messages.js'

interface Frame {
	readonly file: string
	readonly line: number
	readonly column: number
	/** The function, empty at top level. */
	readonly name: string
	/** The line, when it is not one of a cell. */
	readonly text?: string
}

const cells = new Map<string, PreparedCell>()
/** Modules of local TypeScript files by the path that they were loaded from. */
const modules = new Map<string, ModuleSource & { readonly positions: SourceMap | undefined }>()

/** A local TypeScript file as it was loaded. */
export interface ModuleSource {
	readonly file: string
	readonly source: string
	/** The source map from its JavaScript, JSON. */
	readonly map: string | undefined
}

/** Remembers the source of a module, so that errors in it show its lines. */
export function rememberModule(path: string, module: ModuleSource): void {
	const { map } = module
	modules.set(path, { ...module, positions: map === undefined ? undefined : new SourceMap(JSON.parse(map)) })
}

/** Remembers a cell's source, so that later errors can show its lines. */
export function rememberCell(cell: PreparedCell): void {
	// What a front runs for itself has no lines that a person has written.
	if (cell.file.startsWith('rivulet:')) return
	cells.set(cell.file, cell)
	// The sources of the last cells are enough for late errors; a notebook that runs for days must not grow.
	if (cells.size > 2_000) cells.delete(cells.keys().next().value as string)
}

/** `cell-3.ts:2`: a line as the user wrote it. */
export const placeOf = (file: string, line: number): string => `${file}:${line - (cells.get(file)?.linesBefore ?? 0)}`

const frameLine = /^\s*at (?:(.*?) \()?((?:file:\/\/)?[^()\s]+?):(\d+):(\d+)\)?$/

function framesOf(stack: string): Frame[] {
	const frames: Frame[] = []
	for (const text of stack.split('\n')) {
		const match = frameLine.exec(text)
		if (match === null) continue
		const file = match[2] as string
		const cell = cells.get(file)
		if (cell === undefined) {
			const frame = frameInModule(file, match[1] ?? '', { line: Number(match[3]), column: Number(match[4]) })
			if (frame !== undefined) frames.push(frame)
			continue
		}
		const name = (match[1] ?? '').replace(/^async /, '').replace(/\$\d+$/, '')
		const isTop = name === '' || name === '<anonymous>' || name === 'eval'
		const line = Number(match[3]) - cell.linesBefore
		// What was put in front of the cell is nobody's line.
		if (line < 1) continue
		// What runs in the place of a magic has columns of its own.
		const isMagic = /^\s*%(?!time|%)/.test(cell.source.split('\n')[line - 1] ?? '')
		frames.push({
			file,
			line,
			column: isMagic ? 1 : columnIn(cell.columns, line, Number(match[4])),
			name: isTop ? '' : name,
		})
	}
	return frames
}

/** The column of the source that a column of the JavaScript stands for. */
function columnIn(columns: ColumnMap | undefined, line: number, column: number): number {
	const found = columns?.[line]?.findLast(([begin]) => begin <= column)
	if (found === undefined) return column
	const [begin, source, length] = found
	// What was put in, or in the place of something, belongs to the end of the stretch before it.
	return source + Math.min(column - begin, length - 1)
}

/** A frame of a local TypeScript file, where it stands in that file. */
function frameInModule(
	address: string,
	name: string,
	{ line, column }: { readonly line: number; readonly column: number },
): Frame | undefined {
	const module = modules.get(address.startsWith('file:') ? fileURLToPath(address) : address)
	if (module === undefined) return undefined
	const found = module.positions?.findEntry(line - 1, column - 1)
	const isMapped = found !== undefined && 'originalLine' in found
	const place = isMapped ? { line: found.originalLine + 1, column: found.originalColumn + 1 } : { line, column }
	const [text] = module.source.split('\n').slice(place.line - 1)
	const file = relative(process.cwd(), module.file)
	return { file, ...place, name: name.replace(/^async /, ''), ...(text === undefined ? {} : { text }) }
}

/** The user's line with a caret under the column. */
function codeFrame({ file, line, column, text: known }: Frame): string[] {
	const text = known ?? cells.get(file)?.source.split('\n')[line - 1]
	if (text === undefined) return []
	const number = `  ${line} | `
	const shown = text.replaceAll('\t', ' ')
	return [`${number}${shown}`, `${' '.repeat(number.length + Math.max(0, Math.min(column, text.length + 1) - 1))}^`]
}

/** The error that the user's own function threw, when ours wraps it. */
function own(thrown: unknown): unknown {
	return thrown instanceof StreamError && thrown.code === 'task/user' && thrown.cause !== undefined
		? thrown.cause
		: thrown
}

/** What a front shows of anything that was thrown. */
export const errorData = (thrown: unknown): ErrorData => described(thrown, causesShown)

/** So many causes of causes are told. */
const causesShown = 3
/** Of many errors in one the first are told. */
const errorsShown = 5

/** @param depth how many causes behind it are told too */
function described(thrown: unknown, depth: number): ErrorData {
	const error = own(thrown)
	const isError = error instanceof Error || isNativeError(error)
	const name = isError ? text(() => nameOf(error)) : 'Error'
	const message = isError ? text(() => error.message) : `thrown: ${text(() => inspect(error, { depth: 1 }))}`
	const frames = isError && !isUsage(error) ? framesOf(text(() => error.stack)) : []
	const [first] = frames
	const lines = [name === message ? name : `${name}: ${message}`]
	if (first !== undefined) lines.push(...codeFrame(first))
	for (const { file, line, column, name: where } of frames) {
		const place = `${file}:${line}:${column}`
		lines.push(`    at ${where === '' ? place : `${where} (${place})`}`)
	}
	if (error instanceof StreamError) {
		if (error.where !== undefined) lines.push(`where: ${error.where}`)
		if (error.remedy !== undefined) lines.push(`what to do: ${error.remedy}`)
	} else if (isError && depth > 0) {
		for (const [lead, cause] of behind(error as Error)) {
			const [head, ...rest] = described(cause, depth - 1).lines
			lines.push(`${lead}: ${head}`, ...rest)
		}
	}
	return { name, message, lines, frames: frames.map(({ file, line, column }) => ({ file, line, column })) }
}

/** What led to an error, or the errors that it stands for. */
function behind(error: Error): readonly (readonly [string, unknown])[] {
	try {
		const { cause, errors } = error as AggregateError
		const several = (Array.isArray(errors) ? errors : []).slice(0, errorsShown)
		return [
			...several.map((one, i) => [`${i + 1} of ${errors.length}`, one] as const),
			...(cause === undefined || cause === error ? [] : [['caused by', cause] as const]),
		]
	} catch {
		// A getter of the user's error threw: the error itself is told.
		return []
	}
}

/** Errors of ours that a cell prints or shows read like one that ends a cell, without what is not the user's. */
export function makeErrorsReadable(): void {
	const value = function (this: StreamError): string {
		return errorData(this).lines.join('\n')
	}
	Object.defineProperty(StreamError.prototype, inspect.custom, { value, configurable: true, enumerable: false })
	const other = function (this: Error, depth: number, options: InspectOptions): string {
		return userLines(inspect(this, { ...options, depth, customInspect: false }))
	}
	Object.defineProperty(Error.prototype, inspect.custom, { value: other, configurable: true, enumerable: false })
}

/** The text of an error without frames of Rivulet and Node, with the lines of cells as the user wrote them. */
function userLines(shown: string): string {
	const lines: string[] = []
	for (const text of shown.split('\n')) {
		// After the last frame may follow the fields of the error.
		const [, line = '', brace = ''] = /^(.*?)( \{)?$/.exec(text) ?? []
		const [, , file, number] = frameLine.exec(line) ?? []
		const cell = file === undefined ? undefined : cells.get(file)
		if (file !== undefined && cell !== undefined) {
			lines.push(line.replace(`${file}:${number}`, placeOf(file, Number(number))) + brace)
			continue
		}
		const isOurs = file !== undefined && (/^(node:|rivulet:)/.test(file) || file.includes(here))
		if (!isOurs && !/^\s+\.\.\. \d+ lines matching cause stack trace \.\.\.$/.test(line)) lines.push(text)
		else if (brace !== '') lines.push(`${lines.pop() ?? ''}${brace}`)
	}
	return lines.join('\n')
}

/** Where the files of this folder lie. */
const here = new URL('.', import.meta.url).pathname

/** A part of what was thrown; user objects may throw from their getters, and an error must never go unreported. */
function text(read: () => unknown): string {
	try {
		const value = read()
		return typeof value === 'string' ? value : inspect(value)
	} catch {
		return '(cannot be shown)'
	}
}

/** A magic that was used wrongly: the line that says it is the one just typed. */
const isUsage = (error: unknown): boolean => error instanceof StreamError && error.code === 'cli/usage'

function nameOf(error: Error): string {
	if (isUsage(error)) return 'UsageError'
	if (error instanceof StreamError && error.code === 'session/interrupted') return 'Interrupted'
	return error.name
}

/** The same for a syntax error that V8 found: its place is not in the stack. */
export function syntaxErrorData(error: Error, file: string, line: number, column: number): ErrorData {
	const cell = cells.get(file)
	const own = line - (cell?.linesBefore ?? 0)
	const frame = { file, line: own, column: columnIn(cell?.columns, own, column), name: '' }
	return {
		name: error.name,
		message: error.message,
		lines: [`${error.name}: ${error.message}`, ...codeFrame(frame), `    at ${file}:${frame.line}:${frame.column}`],
		frames: [{ file, line: frame.line, column: frame.column }],
	}
}
