/**
 * Draws frames in the front process: one persistent Vega view a live view, new rows as a changeset, an SVG text out.
 *
 * The only importer of vega and vega-lite, which are loaded when the first chart is drawn (0.6 s). While a view lives a
 * front shows `liveBundle` (SVG and text: no flicker); at rest `fullBundle`, so that a saved notebook can be drawn again.
 */

import { StreamError } from '../../engine/index.js'
import { captioned, vegaLiteMime, wholeSpec } from './full.js'
import { tableHtml } from './html.js'
import type { Row } from './rows.js'
import type { Bundle, ViewDefinition, ViewFrame } from './view.js'

type Vega = typeof import('vega')
type VegaLite = typeof import('vega-lite')

/** Draws the frames of any number of views. */
export interface Renderer {
	/**
	 * The frame as SVG text of the view's width and height; empty for views without a specification. Frames of one view
	 * are drawn in the order asked for.
	 * @throws display/spec when Vega refuses the specification
	 */
	render(view: ViewDefinition, frame: ViewFrame): Promise<string>
	/** Frees what is kept for the view. */
	close(viewId: string): void
}

interface Drawing {
	readonly spec: NonNullable<ViewDefinition['vegaLite']>
	readonly view: import('vega').View
	/** False for facets, concatenations and widths by step, whose size comes from the rows. */
	readonly isFixed: boolean
	/** The largest size so far of one that is not fixed: it grows when it must and never shrinks. */
	size: readonly [number, number]
	/** Rows that went through it. */
	passed: number
}

/** A renderer of its own; its views are dropped with `close`. */
export function createRenderer(): Renderer {
	const drawings = new Map<string, Drawing>()
	const turns = new Map<string, Promise<unknown>>()
	const close = (viewId: string): void => {
		drawings.get(viewId)?.view.finalize()
		drawings.delete(viewId)
		turns.delete(viewId)
	}
	const draw = async (definition: ViewDefinition, frame: ViewFrame): Promise<string> => {
		const { viewId, vegaLite: spec } = definition
		if (spec === undefined) return frame.svg ?? ''
		const libraries = await loaded()
		let drawing = drawings.get(viewId)
		// A definition that was sent again (another look) starts over.
		const isKnown = drawing !== undefined && isSame(drawing.spec, spec)
		if (drawing === undefined || !isKnown || drawing.passed > mostPassed) {
			drawing?.view.finalize()
			const size = drawing !== undefined && isKnown ? drawing.size : ([0, 0] as const)
			drawing = { spec, ...compiled(libraries, spec, definition.title), size, passed: 0 }
			drawings.set(viewId, drawing)
		}
		drawing.passed += frame.rows.length + 1
		const { view } = drawing
		const rows = frame.rows.map((row) => ({ ...row }))
		try {
			view.signal(captionSignal, frame.caption)
			view.change('rows', libraries.vega.changeset().remove(libraries.vega.truthy).insert(rows))
			if (!drawing.isFixed) view.resize()
			await view.runAsync()
			const svg = withOwnIds(await view.toSVG(), viewId)
			return drawing.isFixed ? svg : grown(drawing, svg)
		} catch (cause) {
			throw refused(cause, definition.title)
		}
	}
	return {
		close,
		render(view, frame) {
			const before = turns.get(view.viewId) ?? Promise.resolve()
			const turn = before.then(
				() => draw(view, frame),
				() => draw(view, frame),
			)
			turns.set(view.viewId, turn)
			return turn
		},
	}
}

let libraries: Promise<{ readonly vega: Vega; readonly vegaLite: VegaLite }> | undefined

function loaded(): NonNullable<typeof libraries> {
	libraries ??= Promise.all([import('vega'), import('vega-lite')]).then(([vega, vegaLite]) => ({ vega, vegaLite }))
	return libraries
}

const captionSignal = 'rivuletCaption'
const mostGoneRows = 1_000
/** After so many rows a view starts over: Vega keeps about a hundred bytes of each for ever (measured on 5.33). */
const mostPassed = 50_000

function compiled(
	{ vega, vegaLite }: { readonly vega: Vega; readonly vegaLite: VegaLite },
	spec: NonNullable<ViewDefinition['vegaLite']>,
	title: string,
): Pick<Drawing, 'view' | 'isFixed'> {
	// Vega writes warnings to the console otherwise; what it cannot draw it throws.
	const logger = vega.logger(vega.None)
	try {
		const document = { ...captioned(spec, ' '), data: { name: 'rows' } }
		const { spec: compiledSpec } = vegaLite.compile(document as never, { logger: logger as never })
		const signals = [...(compiledSpec.signals ?? []), { name: captionSignal, value: '' }]
		const heading = compiledSpec.title
		const live = typeof heading === 'object' && 'subtitle' in heading && heading.subtitle === ' '
		const withCaption = live ? { ...heading, subtitle: { signal: captionSignal } } : heading
		const full = { ...compiledSpec, signals, ...(withCaption === undefined ? {} : { title: withCaption }) }
		const { autosize } = compiledSpec
		const isFixed = typeof autosize === 'object' && 'type' in autosize && autosize.type === 'fit'
		const view = new vega.View(vega.parse(full as never), { renderer: 'none', logger })
		// Every frame replaces all rows: Vega would keep ten thousand that are gone in each of its indexes.
		Object.assign(view, { cleanThreshold: mostGoneRows })
		return { view, isFixed }
	} catch (cause) {
		throw refused(cause, title)
	}
}

/** The picture with the largest size that the drawing has had. */
function grown(drawing: Drawing, svg: string): string {
	const sized = /width="([\d.]+)" height="([\d.]+)" viewBox="0 0 [\d. ]+"/
	const [found, width, height] = sized.exec(svg) ?? []
	if (found === undefined) return svg
	const [w, h] = [Math.max(drawing.size[0], Number(width)), Math.max(drawing.size[1], Number(height))]
	drawing.size = [w, h]
	return svg.replace(found, `width="${w}" height="${h}" viewBox="0 0 ${w} ${h}"`)
}

function refused(cause: unknown, where: string): StreamError {
	const why = cause instanceof Error ? cause.message : String(cause)
	return new StreamError('display/spec', `Vega cannot draw the chart: ${why}`, {
		where,
		remedy: 'check the specification against the fields of the rows',
		cause,
	})
}

/**
 * Ids hold for a whole page, and Vega numbers those of clips and gradients anew in each picture: several pictures inline
 * on one page, as nbconvert writes them, would be cut to the size of the first.
 */
const withOwnIds = (svg: string, viewId: string): string =>
	svg.replace(/( id="|url\(#|href="#)((?:clip|gradient_|pattern_)\d+)/g, (_, before, id) => `${before}${viewId}-${id}`)

/** Definitions cross a process boundary: equal in content, not in identity. */
const isSame = (a: object, b: object): boolean => a === b || JSON.stringify(a) === JSON.stringify(b)

/** What is shown while the view lives: a picture and its text; a table for views without a specification. */
export function liveBundle(view: ViewDefinition, frame: ViewFrame, svg: string): Bundle {
	if (view.vegaLite !== undefined || frame.svg !== undefined) return { 'image/svg+xml': svg, 'text/plain': frame.text }
	if (view.form === 'text') return { 'text/plain': frame.text }
	return {
		'text/html': tableHtml(frame.rows as readonly Row[], `${view.title} · ${frame.caption}`),
		'text/plain': frame.text,
	}
}

/** What stays: the specification with its data beside picture and text. */
export function fullBundle(view: ViewDefinition, frame: ViewFrame, svg: string): Bundle {
	if (view.vegaLite === undefined) return liveBundle(view, frame, svg)
	return { [vegaLiteMime]: wholeSpec(view.vegaLite, frame), 'image/svg+xml': svg, 'text/plain': frame.text }
}

/**
 * What stays if the notebook is saved while the view moves: the full bundle behind its picture as HTML. JupyterLab shows
 * HTML before a specification, which it would draw a few frames too late.
 */
export function movingBundle(view: ViewDefinition, frame: ViewFrame, svg: string): Bundle {
	const full = fullBundle(view, frame, svg)
	if (view.vegaLite === undefined) return full
	const source = `data:image/svg+xml;base64,${Buffer.from(svg).toString('base64')}`
	return { ...full, 'text/html': `<img src="${source}" alt="" style="display:block;margin:0 0 3px">` }
}
