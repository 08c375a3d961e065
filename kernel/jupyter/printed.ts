/**
 * The block of text that one `print()` keeps up to date in a notebook: its last batches, empty ones folded. It begins
 * anew when time does.
 *
 *   counts
 *   … 3 empty batches
 *   12:00:03
 *     (alice,4)
 *     (rabbit,1)
 */

/** What a block takes from a printed batch. */
export interface PrintedBatch {
	readonly title: string
	readonly timeMs: number
	readonly lines: readonly string[]
	readonly hasMore: boolean
}

type Entry = { readonly kind: 'batch'; readonly lines: readonly string[] } | { readonly kind: 'empty'; count: number }

/** So many batches with records are shown; the fold of empty ones before the first of them goes with it. */
const mostBatches = 5
/** No block is longer: notebooks scroll badly. */
const mostLines = 60

/** The state of one block. */
export class PrintedBlock {
	#title = ''
	#entries: Entry[] = []
	#lastMs = Number.NEGATIVE_INFINITY

	/** The block's text with this batch. */
	add(batch: PrintedBatch): string {
		this.#title = batch.title
		// Time has begun again: what is shown belongs to another run.
		if (batch.timeMs <= this.#lastMs) this.#entries = []
		this.#lastMs = batch.timeMs
		const last = this.#entries.at(-1)
		if (batch.lines.length > 0 || batch.hasMore) {
			const body = batch.lines.flatMap((line) => line.split('\n')).map((line) => `  ${line}`)
			this.#entries.push({
				kind: 'batch',
				lines: [timeText(batch.timeMs), ...body, ...(batch.hasMore ? ['  ...'] : [])],
			})
		} else if (last?.kind === 'empty') last.count++
		else this.#entries.push({ kind: 'empty', count: 1 })
		while (this.#entries.filter(({ kind }) => kind === 'batch').length > mostBatches) this.#entries.shift()
		return this.text
	}

	/** The block before its first batch. */
	open(title: string): string {
		this.#title = title
		return this.text
	}

	get text(): string {
		const lines = this.#entries.flatMap((entry) =>
			entry.kind === 'batch' ? entry.lines : [`… ${entry.count} empty batch${entry.count === 1 ? '' : 'es'}`],
		)
		if (lines.length === 0) lines.push('  waiting for the first batch')
		const shown = lines.length > mostLines ? ['  …', ...lines.slice(-mostLines)] : lines
		return [this.#title, ...shown].join('\n')
	}
}

/** Times below this are counted by hand (a ManualClock from 0), not by the calendar: the year 2001. */
const firstCalendarMs = 1e12

/** `12:00:03`, with milliseconds where they are not zero; `3000 ms` on a clock that was started at 0. */
export function timeText(timeMs: number): string {
	if (timeMs < firstCalendarMs) return `${timeMs} ms`
	const time = new Date(timeMs)
	const two = (n: number): string => String(n).padStart(2, '0')
	const rest = timeMs % 1_000 === 0 ? '' : `.${String(timeMs % 1_000).padStart(3, '0')}`
	return `${two(time.getHours())}:${two(time.getMinutes())}:${two(time.getSeconds())}${rest}`
}
