/** A picture at rest: the same content as SVG and as text, for any front end. */

import { inspect } from 'node:util'
import type { Bundle } from '../view.js'

/** What a picture is made of. */
export interface DiagramParts {
	readonly title: string
	readonly svg: string
	readonly text: string
}

/** A drawn picture. A cell shows it, `String(diagram)` is its text, `toSVG()` the SVG to save. */
export class Diagram {
	readonly title: string
	readonly #svg: string
	readonly #text: string

	constructor({ title, svg, text }: DiagramParts) {
		this.title = title
		this.#svg = svg
		this.#text = text
	}

	/** The picture as an SVG document. */
	toSVG(): string {
		return this.#svg
	}
	toString(): string {
		return this.#text
	}
	/** Both forms. */
	get bundle(): Bundle {
		return { 'image/svg+xml': this.#svg, 'text/plain': this.#text }
	}
	/** Called by notebooks. */
	[Symbol.for('Jupyter.display')](): Bundle {
		return this.bundle
	}
	/** Called by `console.log` and Node's REPL. */
	[inspect.custom](): string {
		return this.#text
	}
}
