/** The block being edited as painted rows: syntax, selection, the bracket pair, findings, and the grey suggestion. */

import type { Diagnostic } from '../../kernel/language/contract.js'
import { matchAt } from '../edit/brackets.js'
import { type Editing, selectionOf } from '../edit/editing.js'
import { tokensOf } from '../edit/highlight.js'
import { type Layout, layoutOf, type Prompts, tabColumns } from '../edit/layout.js'
import { columnsOf } from '../plain/width.js'
import { cutTo } from './cut.js'
import type { EditorView } from './editorview.js'
import type { Paint, Palette } from './palette.js'

/** Painted rows, and where the cursor is in them. */
export interface BlockLines {
	readonly lines: readonly string[]
	readonly cursor: { readonly row: number; readonly column: number }
}

/** Paints what the editor shows, at most `mostRows` rows high. */
export function blockLines(
	view: EditorView,
	palette: Palette,
	size: { readonly columns: number; readonly mostRows: number },
): BlockLines {
	const { block, prompt, isSecret } = view
	const text = isSecret ? '•'.repeat(block.text.length) : block.text
	const layout = layoutOf(text, block.cursor, promptsOf(prompt), size)
	const paints = isSecret ? [] : paintsOf(block, view.findings, palette)
	const lines = layout.rows.map(
		({ prefix, start, end }) =>
			(view.isReading ? palette.prompt : palette.dim)(prefix) +
			painted(text.slice(start, end), paints.slice(start, end)),
	)
	return {
		lines: marked(withSuggestion(lines, view, layout, palette, size.columns), layout, palette, size.columns),
		cursor: layout.cursor,
	}
}

/** The block as it stays above once it was handed in. */
export function submittedLines(text: string, prompt: string, palette: Palette): readonly string[] {
	const { first, next } = promptsOf(prompt)
	const paints: (Paint | undefined)[] = []
	for (const { kind, text: token } of tokensOf(text)) for (const _ of token.split('')) paints.push(palette.token[kind])
	let offset = 0
	return text.split('\n').map((line, index) => {
		const row = painted(line, paints.slice(offset, offset + line.length))
		offset += line.length + 1
		return palette.prompt(index === 0 ? first : next) + row
	})
}

function promptsOf(prompt: string): Prompts {
	const columns = columnsOf(prompt)
	return { first: prompt, next: columns < 4 ? ' '.repeat(columns) : `${'... '.padStart(columns)}` }
}

/** The paint of each unit of the text. */
function paintsOf(block: Editing, findings: readonly Diagnostic[], palette: Palette): (Paint | undefined)[] {
	const { text, cursor } = block
	const paints: (Paint | undefined)[] = []
	for (const { kind, text: token } of tokensOf(text)) for (const _ of token.split('')) paints.push(palette.token[kind])
	for (const finding of findings) {
		if (finding.severity !== 'error') continue
		const start = offsetOf(text, finding.line, finding.column)
		const end = Math.max(start + 1, offsetOf(text, finding.endLine, finding.endColumn))
		paints.fill(palette.wrong, start, Math.min(end, paints.length))
	}
	const pair = matchAt(text, cursor) ?? []
	for (const place of pair) paints[place] = palette.match
	const selection = selectionOf(block)
	if (selection !== undefined) paints.fill(palette.selected, ...selection)
	return paints
}

function offsetOf(text: string, line: number, column: number): number {
	let start = 0
	for (let at = 1; at < line; at++) {
		const end = text.indexOf('\n', start)
		if (end === -1) return text.length
		start = end + 1
	}
	return Math.min(text.length, start + column - 1)
}

function painted(text: string, paints: readonly (Paint | undefined)[]): string {
	let out = ''
	let from = 0
	for (let at = 1; at <= text.length; at++) {
		if (at < text.length && paints[at] === paints[from]) continue
		const piece = text.slice(from, at).replaceAll('\t', ' '.repeat(tabColumns))
		out += paints[from]?.(piece) ?? piece
		from = at
	}
	return out
}

/** The suggestion stands behind the last row, as far as there is room; its further lines are only hinted at. */
function withSuggestion(
	lines: readonly string[],
	{ suggestion }: EditorView,
	layout: Layout,
	palette: Palette,
	columns: number,
): readonly string[] {
	if (suggestion === '' || layout.below > 0) return lines
	const [line = '', ...rest] = suggestion.split('\n')
	const room = columns - layout.cursor.column - 2
	const shown = (rest.length > 0 ? `${line} ⏎` : line).replaceAll('\t', ' ').slice(0, Math.max(0, room))
	return [...lines.slice(0, -1), `${lines.at(-1) ?? ''}${palette.dim(shown)}`]
}

/** Says in the first and last row that there is more of the block. */
function marked(
	lines: readonly string[],
	{ above, below }: Layout,
	palette: Palette,
	columns: number,
): readonly string[] {
	if (above === 0 && below === 0) return lines
	const noted = (line: string, note: string): string => {
		const cut = cutTo(line, Math.max(1, columns - columnsOf(note) - 2))
		return cutTo(`${cut} ${palette.dim(note)}`, columns - 1)
	}
	return lines.map((line, index) => {
		if (index === 0 && above > 0) return noted(line, `↑ ${above} more`)
		if (index === lines.length - 1 && below > 0) return noted(line, `↓ ${below} more`)
		return line
	})
}
