/** What stands under the block: the menu of completions, a search in the inputs of before, or one line of help. */

import type { Completion } from '../../kernel/language/contract.js'
import { shownItems } from '../edit/menu.js'
import type { Search } from '../edit/recall.js'
import { columnsOf } from '../plain/width.js'
import { cutTo } from './cut.js'
import type { EditorView } from './editorview.js'
import type { Palette } from './palette.js'

/** A menu never takes more rows than this. */
export const mostMenuRows = 8

/** The rows under the block, at most `mostRows`. */
export function menuLines(
	view: EditorView,
	palette: Palette,
	size: { readonly columns: number; readonly mostRows: number },
): readonly string[] {
	const most = Math.min(mostMenuRows, size.mostRows)
	if (most < 1) return []
	const { search, menu, findings, hint } = view
	if (search !== undefined) return searchLines(search, palette, { columns: size.columns, mostRows: most })
	if (menu !== undefined) {
		const { from, items } = shownItems(menu, most > 2 ? most - 1 : most)
		const width = Math.min(32, Math.max(...items.map(({ text }) => columnsOf(text))))
		const rows = items.map((item, index) => {
			const row = itemLine(item, width, size.columns - 4, palette)
			return menu.isEntered === true && from + index === menu.chosen
				? palette.chosen(plainOf(item, width)) + row.rest
				: row.all
		})
		const count = menu.items.length > items.length ? `${menu.chosen + 1} of ${menu.items.length}` : ''
		const item = menu.items[menu.chosen]
		const foot = menu.isEntered === true && item !== undefined ? `${item.kind} ${count}`.trim() : `${count} Tab`.trim()
		return [...rows, ...(most > 2 ? [palette.dim(`  ${foot}`)] : [])].map((line) => cutTo(line, size.columns - 1))
	}
	const wrong = findings.find(({ severity }) => severity === 'error')
	if (wrong !== undefined) {
		const code = wrong.code === 0 ? '' : ` (TS${wrong.code})`
		const message = wrong.message.split('\n')[0] ?? ''
		return [cutTo(palette.error(`${wrong.line}:${wrong.column} ${message}${code}`), size.columns - 1)]
	}
	return hint === '' ? [] : [cutTo(palette.dim(hint.replaceAll('\n', ' ')), size.columns - 1)]
}

/** A letter for each kind, as editors show them. */
const marks: Readonly<Record<string, string>> = {
	...{ method: 'm', function: 'f', property: 'p', const: 'c', let: 'v', var: 'v', class: 'C', interface: 'I' },
	...{ keyword: 'k', module: 'M', enum: 'E', type: 'T', alias: 'T', string: 's', getter: 'p', accessor: 'p' },
}

const plainOf = ({ text, kind }: Completion, width: number): string => ` ${marks[kind] ?? '·'} ${text.padEnd(width)} `

function itemLine(
	item: Completion,
	width: number,
	columns: number,
	palette: Palette,
): { readonly all: string; readonly rest: string } {
	const rest =
		item.signature === ''
			? ''
			: palette.dim(` ${cutTo(item.signature.replaceAll('\n', ' '), Math.max(8, columns - width))}`)
	return { all: `${palette.dim(` ${marks[item.kind] ?? '·'} `)}${item.text.padEnd(width)} ${rest}`, rest }
}

function searchLines(
	{ wanted, found, chosen }: Search,
	palette: Palette,
	size: { readonly columns: number; readonly mostRows: number },
): readonly string[] {
	const head = `${palette.accent('search:')} ${wanted}▏${palette.dim(found.length === 0 ? '  nothing found' : `  ${chosen + 1} of ${found.length}`)}`
	const rows = size.mostRows - 1
	const from = Math.max(0, Math.min(chosen - Math.floor(rows / 2), found.length - rows))
	const lines = found.slice(from, from + rows).map(({ text, places }, index) => {
		const isChosen = from + index === chosen
		let row = ''
		for (const [at, character] of [...text.slice(0, 300)].entries()) {
			const shown = character === '\n' ? '⏎' : character === '\t' ? ' ' : character
			row += places.includes(at) ? palette.match(shown) : shown
		}
		return `${isChosen ? palette.accent('❯ ') : '  '}${row}`
	})
	return [head, ...lines].map((line) => cutTo(line, size.columns - 1))
}
