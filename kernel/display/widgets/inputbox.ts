/** A stream of lines that a person types: a text field in the cell, and `push` for programs. */

import { InputDStream, type RDD, StreamError, type StreamingContext, type Time } from '../../../engine/index.js'
import { Widget } from './widget.js'

export interface InputBoxOptions {
	/** The words before the field (default `lines`). */
	readonly label?: string
	/** What the empty field says. */
	readonly placeholder?: string
}

const esm = `export default { render({ model, el }) {
	const form = document.createElement('form')
	const label = document.createElement('label')
	const field = document.createElement('input')
	const count = document.createElement('output')
	form.className = 'rivulet-input'
	field.type = 'text'
	field.autocomplete = 'off'
	const draw = () => {
		label.textContent = model.get('label')
		field.placeholder = model.get('placeholder')
		field.setAttribute('aria-label', model.get('label'))
		const sent = model.get('sent')
		count.textContent = sent === 0 ? '' : sent + (sent === 1 ? ' line' : ' lines')
	}
	form.addEventListener('submit', (event) => {
		event.preventDefault()
		model.send({ line: field.value })
		field.value = ''
	})
	// Notebooks take keys for commands; these are for the field.
	field.addEventListener('keydown', (event) => event.stopPropagation())
	for (const name of ['label', 'placeholder', 'sent']) model.on('change:' + name, draw)
	draw()
	form.append(label, field, count)
	el.append(form)
} }
`
const css = `.rivulet-input { display: flex; gap: 8px; align-items: center; margin: 4px 0; font: 13px system-ui, sans-serif }
.rivulet-input input { flex: 0 1 360px; padding: 4px 6px; font: 13px ui-monospace, monospace }
.rivulet-input output { opacity: 0.6 }
`

/** The boxes of a context that may hold lines for the one that took their place in the graph, or for themselves. */
const boxes = new WeakMap<object, Set<InputBox>>()

/** The lines typed or pushed since the batch before. */
export class InputBox extends InputDStream<string> {
	readonly #ssc: StreamingContext
	readonly #label: string
	readonly #widget: Widget
	#waiting: string[] = []
	#sent = 0

	constructor(
		context: StreamingContext,
		{ label = 'lines', placeholder = 'type a line, press Enter' }: InputBoxOptions,
	) {
		super(context as unknown as ConstructorParameters<typeof InputDStream>[0], 'inputBox')
		this.#ssc = context
		this.#label = label
		const siblings = boxes.get(context) ?? new Set()
		boxes.set(context, siblings.add(this))
		this.#widget = new Widget({
			esm,
			css,
			state: { label, placeholder, sent: 0 },
			text: `${label}: no text field here? write await box.ask(), or box.push('a line'), box being the name of this stream`,
			onMessage: ({ line }) => {
				if (typeof line === 'string') this.push(line)
			},
		})
	}

	/** The kept box of a cell that ran again is the same one when its label is. */
	override get madeFrom(): readonly unknown[] {
		return [this.#label]
	}

	/** Adds lines to the next batch, as if they had been typed. @throws argument/illegal for what is no text */
	push(...lines: readonly string[]): void {
		for (const line of lines) {
			if (typeof line === 'string') continue
			throw new StreamError('argument/illegal', `${String(line)} is no line of text`, {
				where: 'inputBox',
				remedy: "push texts: box.push('a line')",
			})
		}
		// In a graph that kept an older box of the same cell, that one is read.
		const kept = this.current
		if (kept instanceof InputBox && kept !== this) kept.push(...lines)
		else this.#waiting.push(...lines)
		this.#sent += lines.length
		this.#widget.set({ sent: this.#sent })
	}

	/** Asks the person at the front end for a line by its input prompt, pushes it and gives it back. */
	async ask(question = `${this.#label}: `): Promise<string> {
		const ask = Reflect.get(globalThis, 'prompt') as ((question: string) => Promise<string>) | undefined
		if (typeof ask !== 'function') {
			throw new StreamError('session/input', 'nobody can be asked for a line here', {
				where: 'inputBox',
				remedy: "push it: box.push('a line')",
			})
		}
		const line = await ask(question)
		this.push(line)
		return line
	}

	override hasData(): boolean {
		return this.#waiting.length > 0
	}
	override start(): void {}
	override stop(): void {}

	override compute(time: Time): RDD<string> {
		const lines = this.#waiting.splice(0)
		for (const box of boxes.get(this.#ssc) ?? []) {
			// A cell that ran again has pushed to its new box before the graph went on with this one.
			if (box === this || box.current !== this) continue
			lines.push(...box.#waiting.splice(0))
			boxes.get(this.#ssc)?.delete(box)
		}
		this.context.reportInput(time, { inputStreamId: this.id, numRecords: lines.length, metadata: {} })
		return this.#ssc.sparkContext.parallelize(lines)
	}
}
