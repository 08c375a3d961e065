/**
 * The rates and delays of a context in one strip of small charts, the newest batch at the right.
 *
 *   input rate │ processing time │ scheduling delay │ total delay │ waiting batches │ one for each input
 *
 * Amber as soon as a batch takes longer than the interval: then batches wait, and the delay grows.
 */

import type { BatchInfo } from '../../../engine/index.js'
import { numberText, sparkline } from '../text.js'
import type { DiagramParts } from './diagram.js'
import { lengthText, plural, timeText } from './facts.js'
import { box, card, colours, label, line, num } from './svg.js'

/** What an input stream brings. */
export interface InputFacts {
	readonly name: string
	/** Records a second, batch by batch, oldest first. */
	readonly perSecond: readonly number[]
	/** Of its receiver, if it has one. */
	readonly rateLimit: number | undefined
	readonly waitingRecords: number
	readonly isHeld: boolean
	readonly isActive: boolean | undefined
}

export interface MetricsFacts {
	readonly state: string
	readonly intervalMs: number
	readonly isManual: boolean
	/** Completed ones, oldest first. */
	readonly batches: readonly BatchInfo[]
	/** Those that wait and run, too. */
	readonly retained: readonly BatchInfo[]
	/** Batches that wait now. */
	readonly waiting: number
	readonly totalRecords: number
	readonly totalBatches: number
	readonly inputs: readonly InputFacts[]
}

/** One small chart. */
export interface Panel {
	readonly title: string
	/** The newest value as text. */
	readonly now: string
	/** Under the chart: what is special about it. */
	readonly note: string
	readonly values: readonly number[]
	/** A value that must not be passed. */
	readonly limit?: number
	readonly isAmber: boolean
}

/** Batches that a chart shows, and inputs that get one of their own. */
const maxBatches = 60
const maxInputs = 6

/** The charts. */
export function metricsPanels(facts: MetricsFacts): Panel[] {
	const batches = facts.batches.slice(-maxBatches)
	const { intervalMs } = facts
	const lengths = (of: (info: BatchInfo) => number | undefined): number[] => batches.map((info) => of(info) ?? 0)
	const panel = (title: string, values: number[], say: (x: number) => string): Panel => ({
		title,
		values,
		now: values.length === 0 ? '–' : say(values.at(-1) as number),
		note: values.length === 0 ? '' : `greatest ${say(Math.max(...values))}`,
		isAmber: false,
	})
	const perSecond = (x: number): string => `${numberText(Math.round(x * 10) / 10)}/s`
	const processing = lengths((info) => info.processingDelay)
	const isLate = (processing.at(-1) ?? 0) > intervalMs
	const inputs = facts.inputs.slice(0, maxInputs).map((input): Panel => {
		const rates = input.perSecond.slice(-maxBatches)
		const notes = [
			...(input.isActive === false ? ['receiver stopped'] : []),
			...(input.isHeld ? ['held back'] : []),
			...(input.rateLimit === undefined ? [] : [`limit ${perSecond(input.rateLimit)}`]),
			...(input.waitingRecords === 0 ? [] : [`${plural(input.waitingRecords, 'record')} waiting`]),
		]
		const base = panel(input.name, [...rates], perSecond)
		return {
			...base,
			note: notes.length === 0 ? base.note : notes.join(', '),
			isAmber: input.isHeld || input.isActive === false,
		}
	})
	const rate = panel(
		'input rate',
		batches.map(({ numRecords }) => (numRecords * 1_000) / intervalMs),
		perSecond,
	)
	return [
		rate,
		{
			...panel('processing time', processing, lengthText),
			limit: intervalMs,
			note: `interval ${lengthText(intervalMs)}`,
			isAmber: isLate,
		},
		panel(
			'scheduling delay',
			lengths((info) => info.schedulingDelay),
			lengthText,
		),
		panel(
			'total delay',
			lengths((info) => info.totalDelay),
			lengthText,
		),
		{
			...panel(
				'waiting batches',
				[...waitingAt(batches, facts.retained.slice(-2 * maxBatches)), facts.waiting],
				numberText,
			),
			isAmber: facts.waiting > 1,
		},
		...inputs,
	]
}

/** How many batches waited when each of them began: made, and not yet begun. */
function waitingAt(batches: readonly BatchInfo[], retained: readonly BatchInfo[]): number[] {
	return batches.map(({ batchTime, processingStartTime: start = 0 }) => {
		const startOf = (info: BatchInfo): number => info.processingStartTime ?? Number.POSITIVE_INFINITY
		const later = retained.filter((info) => info.batchTime > batchTime)
		return later.filter((info) => info.submissionTime <= start && startOf(info) > start).length
	})
}

/** What the numbers mean, in a sentence; amber ones say what to do. */
export function metricsSentence({ batches, intervalMs, waiting }: MetricsFacts): {
	text: string
	isAmber: boolean
} {
	const last = batches.at(-1)
	if (last === undefined) return { text: 'No batch has been completed yet.', isAmber: false }
	const took = last.processingDelay ?? 0
	if (took <= intervalMs) {
		const share = Math.round((took / intervalMs) * 100)
		const rest = waiting > 1 ? `; ${plural(waiting, 'batch waits', 'batches wait')} from before` : ''
		return { text: `Batches keep up: the last one took ${share} % of the interval${rest}.`, isAmber: waiting > 1 }
	}
	return {
		text: `The last batch took ${lengthText(took)}, but one comes every ${lengthText(intervalMs)}: while that lasts, batches wait and the delay grows. Make batches cheaper, lower the rate, or lengthen the interval.`,
		isAmber: true,
	}
}

const title = 'Metrics'
const [width, height, columns, gap] = [184, 104, 4, 12]
const amber = { fill: '#fff4dc', edge: '#c98a1b' }
const calm = { fill: '#f8f9fb', edge: '#d0d7de' }

/** The whole strip. */
export function metricsDiagram(facts: MetricsFacts): DiagramParts {
	const panels = metricsPanels(facts)
	const { text, isAmber } = metricsSentence(facts)
	const last = facts.batches.at(-1)
	const caption = [
		`${facts.state}, batches of ${lengthText(facts.intervalMs)}`,
		`${plural(facts.totalBatches, 'batch', 'batches')}, ${plural(facts.totalRecords, 'record')} processed`,
		...(last === undefined ? [] : [`last batch ${timeText(last.batchTime, facts.isManual)}`]),
	].join(' · ')
	const total = columns * width + (columns - 1) * gap
	const lines = wrapped(text, 116)
	const strip = 14 + 17 * lines.length
	const body = [
		box(0, 0, total, strip, isAmber ? amber : calm),
		...lines.map((each, i) =>
			label(12, 20 + 17 * i, `${i === 0 && isAmber ? '⚠ ' : ''}${each}`, { size: 12, isBold: isAmber }),
		),
		...panels.map((panel, i) => {
			const [x, y] = [(i % columns) * (width + gap), strip + gap + Math.floor(i / columns) * (height + gap)]
			return `<g transform="translate(${x} ${y})">\n${drawPanel(panel).join('\n')}\n</g>`
		}),
	]
	const rows = Math.ceil(panels.length / columns)
	const svg = card({ title, caption }, { width: total, height: strip + rows * (height + gap) }, body)
	return { title, svg, text: metricsText(`${title} · ${caption}`, `${isAmber ? '⚠ ' : ''}${text}`, panels) }
}

function drawPanel({ title: name, now, note, values, limit, isAmber }: Panel): string[] {
	const [left, top, wide, tall] = [10, 42, width - 20, 36]
	const greatest = Math.max(...values, limit === undefined ? 0 : limit * 1.1, 0) || 1
	const xOf = (i: number): number => left + ((maxBatches - values.length + i + 0.5) / maxBatches) * wide
	const yOf = (x: number): number => top + tall - (x / greatest) * tall
	const ink = isAmber ? amber.edge : colours.plain.edge
	const points = values.map((x, i) => `${num(xOf(i))} ${num(yOf(x))}`)
	const [first, last] = [num(xOf(0)), num(xOf(values.length - 1))]
	return [
		box(0, 0, width, height, isAmber ? amber : calm),
		label(left, 17, name, { size: 11, colour: colours.muted, columns: 18 }),
		label(width - 10, 33, now, { size: 15, isBold: true, anchor: 'end', columns: 18 }),
		line(`M${left} ${top + tall}H${left + wide}`, colours.frame, { stroke: 1 }),
		...(points.length === 0
			? []
			: [
					`<path d="M${first} ${top + tall}L${points.join('L')}L${last} ${top + tall}Z" fill="${ink}" fill-opacity="0.16"/>`,
					line(`M${points.join('L')}`, ink, { stroke: 1.6 }),
					`<circle cx="${last}" cy="${num(yOf(values.at(-1) as number))}" r="2.4" fill="${ink}"/>`,
				]),
		...(limit === undefined
			? []
			: [line(`M${left} ${num(yOf(limit))}H${left + wide}`, amber.edge, { isDashed: true, stroke: 1 })]),
		label(left, height - 9, note, { size: 10, colour: colours.muted, columns: 34 }),
	]
}

/** The same in lines: name, newest value, course, note. */
function metricsText(head: string, sentence: string, panels: readonly Panel[]): string {
	const lines = panels.map(
		({ title: name, now, note, values }) =>
			`${name.slice(0, 20).padEnd(20)} ${now.padStart(11)}  ${sparkline(values, 30).padEnd(30)}  ${note}`,
	)
	return [head, ...wrapped(sentence, 100), ...lines.map((each) => each.trimEnd())].join('\n')
}

/** The words in lines of at most `columns`. */
function wrapped(text: string, most: number): string[] {
	const lines: string[] = ['']
	for (const word of text.split(' ')) {
		const last = lines.at(-1) as string
		if (last !== '' && last.length + word.length >= most) lines.push(word)
		else lines[lines.length - 1] = last === '' ? word : `${last} ${word}`
	}
	return lines
}
