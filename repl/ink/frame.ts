/** The rows of the drawn shell for a window: live blocks, dashboard, what was typed ahead, the block, what is under it. */

import { blockLines } from './blocklines.js'
import { cutTo } from './cut.js'
import { dashboardLines } from './dashboardlines.js'
import type { EditorView } from './editorview.js'
import type { Facts } from './facts.js'
import { liveLines, ofStream } from './livelines.js'
import type { LiveBlock } from './livescreen.js'
import { menuLines } from './menulines.js'
import type { Palette } from './palette.js'

/** Of the terminal, in characters. */
export interface WindowSize {
	readonly columns: number
	readonly rows: number
}

/** How the dashboard above the prompt is shown. */
export interface DashboardView {
	readonly isShown: boolean
	/** Its rows; undefined: as many as it has something to say. */
	readonly rows: number | undefined
	/** The stream whose rate and live output are shown; undefined: all. */
	readonly picked: string | undefined
}

/** No dashboard. */
export const noDashboard: DashboardView = { isShown: false, rows: undefined, picked: undefined }

/** The rows of a frame and its cursor, for a window. Never as high as the window. */
export function frameOf(
	now: { editor: EditorView; live: readonly LiveBlock[]; facts: Facts; dashboard: DashboardView },
	palette: Palette,
	{ columns, rows }: WindowSize,
): { readonly lines: readonly string[]; readonly cursor: { readonly x: number; readonly y: number } } {
	// One row for the cursor's line end, one that Ink needs free.
	const room = Math.max(1, rows - 2)
	const block = blockLines(now.editor, palette, { columns, mostRows: Math.max(1, Math.ceil(room / 2)) })
	let left = room - block.lines.length
	const under = menuLines(now.editor, palette, { columns, mostRows: left })
	left -= under.length
	const { isShown, rows: wanted, picked } = now.dashboard
	const input = now.facts.vitals?.streams.find(({ title }) => title === picked)?.inputId
	const size = { columns, mostRows: left - 1, ...(wanted === undefined ? {} : { rows: wanted }) }
	const ofPicked = picked === undefined ? now.live : now.live.filter((block) => ofStream(block, picked))
	const isGone = picked !== undefined && ofPicked.length === 0 && isUnknown(now.facts, picked)
	const gone = isGone ? [palette.warning(cutTo(`there is no stream ${picked}: all are shown`, columns - 1))] : []
	const shown = isShown ? [...gone, ...dashboardLines(now.facts, palette, size, input)] : []
	const dashboard = shown.slice(0, Math.max(0, left - 1))
	left -= dashboard.length
	const rule = dashboard.length > 0 ? [palette.dim('─'.repeat(Math.max(1, columns - 1)))] : []
	const ahead = now.editor.typedAhead.map((text) =>
		cutTo(palette.dim(`then: ${text.replaceAll('\n', ' ⏎ ')}`), columns - 1),
	)
	const next = ahead.slice(0, Math.max(0, Math.min(3, left - rule.length)))
	const chosen = isShown && !isGone ? ofPicked : now.live
	const live = liveLines(chosen, palette, { columns, mostRows: left - rule.length - next.length })
	const above = [...live, ...rule, ...dashboard, ...next]
	return {
		lines: [...above, ...block.lines, ...under],
		cursor: { x: block.cursor.column, y: above.length + block.cursor.row },
	}
}

/** True when it is known which streams there are, and none has the title. */
const isUnknown = ({ vitals }: Facts, title: string): boolean =>
	vitals !== undefined && !vitals.streams.some((stream) => stream.title === title)
