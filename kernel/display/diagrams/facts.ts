/** How pictures say times, lengths and numbers. */

import type { StreamDescription } from '../../../engine/index.js'
import { numberText } from '../text.js'

/** `500 ms`, `1 s`, `1.5 s`, `2 min`. */
export function lengthText(ms: number): string {
	if (ms !== 0 && ms % 60_000 === 0) return `${ms / 60_000} min`
	return Math.abs(ms) < 1_000 ? `${numberText(ms)} ms` : `${ms / 1_000} s`
}

/** `12:00:03`; with milliseconds when there are any. Time driven by hand counts from 0: `3 s`. */
export function timeText(ms: number, isManual: boolean): string {
	if (isManual) return lengthText(ms)
	const date = new Date(ms)
	const two = (n: number): string => String(n).padStart(2, '0')
	const text = [date.getHours(), date.getMinutes(), date.getSeconds()].map(two).join(':')
	return ms % 1_000 === 0 ? text : `${text}.${String(ms % 1_000).padStart(3, '0')}`
}

/** `1 record`, `12 records`. */
export const plural = (n: number, what: string, more = `${what}s`): string =>
	`${numberText(n)} ${n === 1 ? what : more}`

/** What a stream is called: its name, otherwise its operator. */
export const titleOf = ({
	name,
	operator,
}: {
	readonly name?: string | undefined
	readonly operator: string
}): string => name ?? operator

/** How often it fires, how far it reaches and how many batches it remembers, in words. */
export function rhythmText({ slideMs, windowMs, remembered }: StreamDescription): string {
	const kept = remembered < 2 ? '' : ` · remembers ${remembered}`
	if (windowMs === undefined) return `every ${lengthText(slideMs)}${kept}`
	return `window ${lengthText(windowMs)}, slide ${lengthText(slideMs)}${kept}`
}

/** What was counted of it and who looks at it, in words; empty when there is nothing to say. */
export function heldText(stream: StreamDescription, isManual: boolean): string {
	const { counted, views } = stream
	const parts = [
		...(counted === undefined ? [] : [`${plural(counted.records, 'record')} at ${timeText(counted.timeMs, isManual)}`]),
		...(views === undefined ? [] : [plural(views, 'view')]),
	]
	return parts.join(' · ')
}
