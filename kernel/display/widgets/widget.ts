/**
 * A small form in a cell by the anywidget protocol: an ES module draws it in the page, a comm connects it with the cell.
 *
 * Where the front end has no widget manager its text is shown, which says what to do instead. Messages go one way as
 * state (`set`), the other way as custom messages (`model.send(…)` in the module). Source: anywidget's documentation
 * ("Jupyter Widgets: The Good Parts"), Jupyter's widget messaging protocol 2.1.
 */

import { displaySink } from '../sink.js'
import { Comm, type CommData } from './comm.js'

export interface WidgetParts {
	/** The source of an ES module: `export default { render({ model, el }) { … } }`. */
	readonly esm: string
	readonly css: string
	readonly state: CommData
	/** What front ends without widgets show. */
	readonly text: string
	/** Takes what the module sends with `model.send`. */
	readonly onMessage: (content: CommData) => unknown
}

/** The range of anywidget versions that front ends may bring. */
const moduleVersion = '~0.9.0'

/** A form that is shown once, in the cell that makes it. */
export class Widget {
	readonly #comm: Comm
	#state: CommData

	constructor({ esm, css, state, text, onMessage }: WidgetParts) {
		this.#state = {
			_model_module: 'anywidget',
			_model_name: 'AnyModel',
			_model_module_version: moduleVersion,
			_view_module: 'anywidget',
			_view_name: 'AnyView',
			_view_module_version: moduleVersion,
			_view_count: null,
			_esm: esm,
			_css: css,
			...state,
		}
		this.#comm = new Comm('jupyter.widget', { state: this.#state, buffer_paths: [] })
		this.#comm.onMessage(({ data }) => {
			if (data.method === 'request_state') this.#update(this.#state)
			if (data.method === 'update') this.#state = { ...this.#state, ...asObject(data.state) }
			if (data.method === 'custom') return onMessage(asObject(data.content))
			return undefined
		})
		const view = { version_major: 2, version_minor: 1, model_id: this.#comm.id }
		displaySink().display({ 'application/vnd.jupyter.widget-view+json': view, 'text/plain': text }, {})
	}

	/** Changes what the module sees; nothing happens when the form is gone from the page. */
	set(state: CommData): void {
		this.#state = { ...this.#state, ...state }
		this.#update(state)
	}

	close(): void {
		this.#comm.close()
	}

	#update(state: CommData): void {
		if (this.#comm.isOpen) this.#comm.send({ method: 'update', state, buffer_paths: [] })
	}
}

const asObject = (value: unknown): CommData =>
	typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as CommData) : {}
