/** A view's specification made whole: schema, caption under the title, and the rows of one frame as data. */

import type { ViewFrame } from './view.js'

/** JupyterLab draws version 5 and not 6; the MIME type below belongs to this schema. */
const schema = 'https://vega.github.io/schema/vega-lite/v5.json'

/** The MIME type of what `wholeSpec` gives. */
export const vegaLiteMime = 'application/vnd.vegalite.v5+json'

/** The specification with `caption` as subtitle, unless the user's title has one. */
export function captioned(spec: Readonly<Record<string, unknown>>, caption: unknown): Record<string, unknown> {
	const given = spec.title
	if (given === undefined || given === null) return { ...spec }
	const title = typeof given === 'object' && !Array.isArray(given) ? given : { text: given }
	return { ...spec, title: { subtitle: caption, ...title } }
}

/** A complete Vega-Lite v5 document, safe in JSON: what is no finite number is null. */
export function wholeSpec(
	spec: Readonly<Record<string, unknown>>,
	frame: Pick<ViewFrame, 'rows' | 'caption'>,
): Record<string, unknown> {
	const values = frame.rows.map((row) => Object.fromEntries(Object.entries(row).map(([name, x]) => [name, plain(x)])))
	return { $schema: schema, ...captioned(spec, frame.caption), data: { values } }
}

function plain(x: unknown): unknown {
	if (typeof x === 'number') return Number.isFinite(x) ? x : null
	if (typeof x === 'bigint') return Number.isSafeInteger(Number(x)) ? Number(x) : x.toString()
	return x === undefined ? null : x
}
