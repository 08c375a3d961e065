/**
 * The sentence under a view's title: which batch or window it shows, how much of it, and what is not shown.
 *
 *   batch 12:00:03, 20 of 1,204 rows
 *   window 12:00:00 to 12:00:30, 3 rows (2 batches before it left out under load)
 *   batch 12:04:50, 1 row · since 12:03:10, 100 batches back-filled
 *
 * At rest a front adds when that was, because what a notebook has saved is no longer live.
 */

import { type AnyStream, windowOf } from './extent.js'
import { numberText } from './text.js'
import type { ViewFrame } from './view.js'

/** What a caption says. */
export interface CaptionFacts {
	readonly stream: AnyStream
	readonly timeMs: number
	/** Records of the batch that were seen, and whether it has more. */
	readonly count: number
	readonly hasMore: boolean
	/** Rows that are drawn, and rows that could be; for tables and charts of one batch these are the batch's own. */
	readonly shown: number
	readonly kept: number
	/** Batches that `kept` rows come from; undefined where only the last batch is shown. */
	readonly batches: number | undefined
	readonly missed: number
	/** The past that the view began with. */
	readonly backfill: { readonly sinceMs: number; readonly batches: number } | undefined
}

const counted = (n: number, noun: string, plural = `${noun}s`): string => `${numberText(n)} ${n === 1 ? noun : plural}`

/** The caption of a batch. */
export function captionOf(facts: CaptionFacts): string {
	const { stream, timeMs, count, hasMore, shown, kept, batches, missed, backfill } = facts
	const { isManual } = stream.context.clock
	const at = (ms: number): string => timeText(ms, isManual)
	const length = windowOf(stream)
	const extent =
		length === undefined ? `batch ${at(timeMs)}` : `window ${at(Math.max(0, timeMs - length))} to ${at(timeMs)}`
	const all = `${numberText(count)}${hasMore ? ' and more' : ''} ${count === 1 && !hasMore ? 'row' : 'rows'}`
	const rows = batches === undefined && shown < count ? `${numberText(shown)} of ${all}` : all
	const cut =
		batches !== undefined && shown < kept
			? `, ${numberText(shown)} of ${numberText(kept)} rows of ${counted(batches, 'batch', 'batches')} drawn`
			: ''
	const left = missed === 0 ? '' : ` (${counted(missed, 'batch', 'batches')} before it left out under load)`
	const past =
		backfill === undefined
			? ''
			: ` · since ${at(backfill.sinceMs)}, ${counted(backfill.batches, 'batch', 'batches')} back-filled`
	return `${extent}, ${rows}${cut}${left}${past}`
}

/** `12:00:03`; with milliseconds when there are any. Time driven by hand counts from 0, without a time zone. */
export function timeText(ms: number, isManual: boolean): string {
	const text = isManual ? new Date(ms).toISOString().slice(11, 19) : dateText(ms).slice(11)
	return ms % 1_000 === 0 ? text : `${text}.${String(ms % 1_000).padStart(3, '0')}`
}

/** `2026-11-21 12:00:03`, local time. */
function dateText(ms: number): string {
	const date = new Date(ms)
	const two = (n: number): string => String(n).padStart(2, '0')
	const day = [date.getFullYear(), two(date.getMonth() + 1), two(date.getDate())].join('-')
	return `${day} ${[date.getHours(), date.getMinutes(), date.getSeconds()].map(two).join(':')}`
}

/** The frame as it is saved at `nowMs`: its caption says when that was and, when the view has ended, that it has. */
export function restingFrame(frame: ViewFrame, nowMs: number, isOver: boolean): ViewFrame {
	if (frame.caption === '') return frame
	const caption = `${frame.caption} · ${isOver ? 'no longer live, ' : ''}as of ${dateText(nowMs)}`
	const [head = '', ...body] = frame.text.split('\n')
	// The first line may be cut where the terminal ends.
	const at = head.endsWith(frame.caption) ? head.length - frame.caption.length : head.indexOf(frame.caption.slice(0, 8))
	const text = at < 0 ? frame.text : [head.slice(0, at) + caption, ...body].join('\n')
	return { ...frame, caption, text }
}
