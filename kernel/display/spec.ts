/**
 * Which picture a stream gets, and its Vega-Lite v5 specification without data.
 *
 *   reduceByKey, countByValue, … or pairs with a number   bars      sorted, the 20 largest, replaced by each batch
 *   count, reduce, countByWindow, … or one number         line      over batches
 *   lines of text                                         text      the last lines
 *   anything else                                         table
 *
 * The operator decides when the view opens; the first records correct it (`refined`). Sizes are fixed, padding
 * included, so that nothing jumps from frame to frame.
 */

import { inspect } from 'node:util'
import { StreamError } from '../../engine/index.js'
import type { RowShape } from './rows.js'
import type { ViewDefinition } from './view.js'

/** A Vega-Lite unit or layer specification (facets and concatenations too) without `data`. */
export type ChartSpec = Readonly<Record<string, unknown>>

/** What is drawn. `lines`: one line a key; `custom`: the user's specification. */
export type Look = 'bars' | 'line' | 'lines' | 'stat' | 'table' | 'text' | 'custom'

/** What a specification depends on beside its look. */
export interface SpecParts {
	readonly title: string
	/** What the numbers are: the title of their axis. */
	readonly measure: string
	/** How far apart batches are; ticks stand on them. */
	readonly slideMs: number
	/** True where time is driven by hand and counts from 0: shown without a time zone. */
	readonly isManual: boolean
	/** Milliseconds that each batch reaches back, where it covers a window. */
	readonly extentMs?: number | undefined
	readonly width: number
	readonly height: number
}

const byKey = /^(reduceByKey|countByValue|updateStateByKey|combineByKey|aggregateByKey|foldByKey|stateSnapshots)/
const oneNumber = /^(count|countByWindow|reduce|reduceByWindow|sum)$/
const textual = /^(socketTextStream|textFileStream|sampleStream)$/

/** Operators that hand on the records of their parent as they are. */
export const passing = /^(window|filter|repartition|union|cache|persist)$/

/** The look by the operator alone; undefined when it says nothing. */
export function lookOfOperator(operator: string): Look | undefined {
	if (byKey.test(operator)) return 'bars'
	if (oneNumber.test(operator)) return 'line'
	return textual.test(operator) ? 'text' : undefined
}

/** The look for records of that shape, given what was assumed before; `count` is their number. */
export function refined(assumed: Look, shape: RowShape, count: number): Look {
	switch (shape) {
		case 'empty':
			return assumed
		case 'pairs':
			return assumed === 'lines' ? 'lines' : 'bars'
		case 'numbers':
			return assumed === 'line' || count === 1 ? 'line' : 'table'
		case 'strings':
			return 'text'
		case 'objects':
		case 'tuples':
		case 'values':
			return 'table'
		default:
			return shape satisfies never
	}
}

/** How the front has to treat it. */
export function formOf(look: Look): ViewDefinition['form'] {
	if (look === 'table' || look === 'text' || look === 'stat') return look
	return 'chart'
}

const blue = '#4c78a8'
const font = 'Helvetica, Arial, sans-serif'

/** The look of every chart of ours; a user's `config` is laid over it. */
const config = {
	font,
	view: { stroke: null },
	axis: {
		labelColor: '#555',
		titleColor: '#555',
		titleFontWeight: 'normal',
		labelFontSize: 11,
		titleFontSize: 11,
		gridColor: '#ececec',
		domainColor: '#bbb',
		tickColor: '#bbb',
	},
	title: {
		anchor: 'start',
		color: '#222',
		fontSize: 14,
		fontWeight: 600,
		subtitleColor: '#777',
		subtitleFontSize: 11,
		subtitlePadding: 4,
		offset: 10,
	},
	legend: { labelColor: '#555', titleColor: '#555', titleFontWeight: 'normal' },
	range: { category: [blue, '#e39a4e', '#6fa58f', '#b5657b', '#8d7bb0', '#a58b6f', '#7f8c8d', '#c7b34b'] },
}

function frameOf(parts: SpecParts, right: number): Record<string, unknown> {
	return {
		title: { text: parts.title },
		width: parts.width,
		height: parts.height,
		// A view lives on: the place that labels and legends take is not what it was when there were no rows.
		autosize: { type: 'fit', contains: 'padding', resize: true },
		padding: { left: 10, top: 10, right, bottom: 10 },
		background: 'white',
		config,
	}
}

/** Batch times on the x axis, ticks on batches. */
function timeAxis(parts: SpecParts): Record<string, unknown> {
	// A short axis gets ticks between batches, whose labels would repeat.
	const labelExpr = `time(datum.value) % ${parts.slideMs % 1_000 === 0 ? 1_000 : parts.slideMs} === 0 ? datum.label : ''`
	return {
		field: 'time',
		type: 'temporal',
		title: parts.extentMs === undefined ? 'batch time' : `batch time; each window covers ${lengthText(parts.extentMs)}`,
		axis: { format: '%H:%M:%S', labelExpr, tickCount: 6, labelOverlap: 'greedy', labelSeparation: 12, grid: false },
		...(parts.isManual ? { scale: { type: 'utc' } } : {}),
	}
}

const numberAxis = (parts: SpecParts): Record<string, unknown> => ({
	field: 'value',
	type: 'quantitative',
	title: parts.measure,
	axis: { tickCount: 5, domain: false, ticks: false, labelPadding: 6 },
})

/** The order of the rows would stay that of the first batch: Vega remembers keys that it has seen. */
const byValue = { field: 'value', op: 'max', order: 'descending' }

/** `30 s`, `5 min`, `1.5 h`. */
function lengthText(ms: number): string {
	if (ms % 1_000 !== 0) return `${ms} ms`
	if (ms < 120_000) return `${ms / 1_000} s`
	return ms < 7_200_000 ? `${ms / 60_000} min` : `${ms / 3_600_000} h`
}

/** The last window, shaded on the time axis. */
function extent(parts: SpecParts): Record<string, unknown>[] {
	if (parts.extentMs === undefined) return []
	const to = [
		{ op: 'max', field: 'time', as: 'to' },
		{ op: 'max', field: 'from', as: 'from' },
	]
	return [
		{
			transform: [{ aggregate: to }],
			mark: { type: 'rect', color: blue, opacity: 0.08 },
			encoding: { x: { ...timeAxis(parts), field: 'from' }, x2: { field: 'to' } },
		},
	]
}

function bars(parts: SpecParts): Record<string, unknown> {
	const y = {
		field: 'key',
		type: 'nominal',
		sort: byValue,
		title: null,
		axis: { labelLimit: 180, labelPadding: 6, ticks: false },
	}
	return {
		...frameOf(parts, 56),
		encoding: { y },
		layer: [
			{
				mark: { type: 'bar', color: blue, cornerRadiusEnd: 2, height: { expr: "min(24, 0.78 * bandwidth('y'))" } },
				encoding: {
					x: {
						...numberAxis(parts),
						title:
							parts.extentMs === undefined
								? parts.measure
								: `${parts.measure} in a window of ${lengthText(parts.extentMs)}`,
						axis: { tickCount: 5, grid: true, domain: false, ticks: false },
					},
				},
			},
			{
				mark: { type: 'text', align: 'left', baseline: 'middle', dx: 5, color: '#555', fontSize: 11 },
				encoding: { x: { field: 'value', type: 'quantitative' }, text: { field: 'value', format: ',.3~f' } },
			},
		],
	}
}

function line(parts: SpecParts): Record<string, unknown> {
	const encoding = { x: timeAxis(parts), y: numberAxis(parts) }
	return {
		...frameOf(parts, 24),
		layer: [
			...extent(parts),
			{ mark: { type: 'area', color: blue, opacity: 0.12 }, encoding },
			{ mark: { type: 'line', color: blue, strokeWidth: 2, point: { color: blue, size: 24 } }, encoding },
		],
	}
}

function lines(parts: SpecParts): Record<string, unknown> {
	const color = { field: 'key', type: 'nominal', title: null, sort: null }
	const drawn = {
		mark: { type: 'line', strokeWidth: 2, point: { size: 20 } },
		encoding: { x: timeAxis(parts), y: numberAxis(parts), color },
	}
	const shaded = extent(parts)
	return { ...frameOf(parts, 24), ...(shaded.length === 0 ? drawn : { layer: [...shaded, drawn] }) }
}

function stat(parts: SpecParts): Record<string, unknown> {
	const y = {
		field: 'value',
		type: 'quantitative',
		axis: null,
		scale: { zero: false, range: [{ expr: 'height' }, { expr: 'height * 0.55' }] },
	}
	const x = { ...timeAxis(parts), axis: null }
	return {
		...frameOf(parts, 24),
		layer: [
			{ mark: { type: 'line', color: blue, strokeWidth: 1.5 }, encoding: { x, y } },
			{
				transform: [{ filter: 'datum.last' }],
				mark: { type: 'text', align: 'left', baseline: 'top', fontSize: 36, fontWeight: 600, color: '#222' },
				encoding: { x: { value: 0 }, y: { value: 0 }, text: { field: 'value', format: ',.3~f' } },
			},
		],
	}
}

/** The specification of a look, undefined for tables and text. `custom` has the frame only. */
export function specOf(look: Look, parts: SpecParts): Record<string, unknown> | undefined {
	switch (look) {
		case 'bars':
			return bars(parts)
		case 'line':
			return line(parts)
		case 'lines':
			return lines(parts)
		case 'stat':
			return stat(parts)
		case 'table':
		case 'text':
			return undefined
		case 'custom':
			return frameOf(parts, 24)
		default:
			return look satisfies never
	}
}

/** The marks of Vega-Lite v5. */
const marks = [
	...['arc', 'area', 'bar', 'boxplot', 'circle', 'errorband', 'errorbar', 'geoshape', 'image', 'line', 'point', 'rect'],
	...['rule', 'square', 'text', 'tick', 'trail'],
]

/** @throws display/spec for a mark that Vega-Lite does not know: what it says itself helps nobody */
function requireMark(mark: unknown, where: string): void {
	const name: unknown = typeof mark === 'object' && mark !== null && 'type' in mark ? mark.type : mark
	if (typeof name === 'string' && marks.includes(name)) return
	throw new StreamError('display/spec', `${inspect(name)} is no mark of Vega-Lite`, {
		where,
		remedy: `use one of ${marks.join(', ')}`,
	})
}

const composed = ['layer', 'facet', 'spec', 'concat', 'hconcat', 'vconcat', 'repeat']

/**
 * The user's specification over the frame of ours: its title, sizes and config win. A unit specification that says only
 * its mark is given x and y by the fields of `look`.
 * @throws display/spec when it has data of its own or says nothing to draw
 */
export function mergedSpec(user: ChartSpec, look: Look, parts: SpecParts): Record<string, unknown> {
	if (typeof user !== 'object' || user === null) {
		throw new StreamError('display/spec', `a specification of a chart is an object, but this is ${inspect(user)}`, {
			where: parts.title,
			remedy: "give Vega-Lite without data, such as { mark: 'bar' }, or nothing for the chart that fits",
		})
	}
	if ('data' in user) {
		throw new StreamError('display/spec', 'the specification of a chart has data of its own', {
			where: parts.title,
			remedy: 'leave `data` out; the rows of each batch are bound to it',
		})
	}
	const isComposed = composed.some((name) => name in user)
	if (!isComposed && !('mark' in user)) {
		throw new StreamError(
			'display/spec',
			`a specification with ${Object.keys(user).join(', ') || 'nothing'} draws nothing`,
			{
				where: parts.title,
				remedy: "give a `mark` (or a `layer`), such as { mark: 'bar' }",
			},
		)
	}
	if ('mark' in user) requireMark(user.mark, parts.title)
	const { width, height, autosize, ...rest } = frameOf(parts, 24)
	const encoding = isComposed ? user.encoding : { ...encodingOf(look, parts), ...(user.encoding as object | undefined) }
	const isFaceted = ['facet', 'row', 'column'].some((name) => name in Object(encoding))
	const isSized = !isFaceted && !composed.slice(1).some((name) => name in user)
	return {
		...rest,
		...(isSized ? { width, height, autosize } : {}),
		...user,
		...(encoding === undefined ? {} : { encoding }),
		config: { ...config, ...(user.config as object | undefined) },
	}
}

function encodingOf(look: Look, parts: SpecParts): Record<string, unknown> {
	if (look === 'bars') return { x: { field: 'key', type: 'nominal', sort: byValue, title: null }, y: numberAxis(parts) }
	if (look === 'line' || look === 'lines') return { x: timeAxis(parts), y: numberAxis(parts) }
	return {}
}
