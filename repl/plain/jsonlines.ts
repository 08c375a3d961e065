/**
 * `--json`: what a session says as JSON lines, one object a line, for scripts.
 *
 *     {"kind":"result","input":1,"text":"2","data":{…}}      {"kind":"rows","input":3,"title":"counts","time":5000,"rows":[…]}
 *     {"kind":"stream","input":1,"name":"stdout","text":"…"} {"kind":"event","event":{"kind":"batchCompleted",…}}
 *     {"kind":"view","input":2,"title":"n","time":5000,"rows":[…]}   {"kind":"error","input":1,"name":"Error",…}
 *     {"kind":"text","lines":["…"]}                           what the shell itself says
 */

import type { FromSession } from '../../kernel/session/messages.js'
import type { Display, SessionView } from './contract.js'

/** Writes one line. */
export type WriteLine = (text: string) => void

/** The shell's own words as JSON lines. */
export class JsonScreen implements Display {
	readonly isTerminal = false
	readonly keepsMany = false
	readonly mostLines = Number.POSITIVE_INFINITY
	readonly #write: WriteLine

	constructor(write: WriteLine) {
		this.#write = write
	}

	isLast(): boolean {
		return false
	}

	print(lines: readonly string[]): void {
		this.#write(JSON.stringify({ kind: 'text', lines }))
	}

	keep(_key: string, lines: readonly string[]): void {
		this.print(lines)
	}

	settle(): void {}

	stream(_key: string, text: string, name: 'stdout' | 'stderr' = 'stdout'): void {
		this.#write(JSON.stringify({ kind: 'stream', name, text }))
	}
}

/** What the session says as JSON lines. */
export class JsonLines implements SessionView {
	readonly #write: WriteLine
	readonly #views = new Map<string, { readonly input: number; readonly title: string }>()
	#running: number | undefined

	constructor(write: WriteLine) {
		this.#write = write
	}

	get lastText(): string {
		return ''
	}

	running(owner: string | undefined): void {
		this.#running = owner === undefined ? undefined : Number(owner)
	}

	reset(): void {
		this.#views.clear()
	}

	show(message: FromSession): void {
		for (const one of this.#linesOf(message)) this.#write(JSON.stringify(one))
	}

	#linesOf(message: FromSession): readonly object[] {
		switch (message.kind) {
			case 'stream':
				return [{ kind: 'stream', input: Number(message.owner), name: message.name, text: message.text }]
			case 'display':
			case 'result':
				return [{ kind: message.kind, input: Number(message.owner), ...bundled(message.bundle) }]
			case 'printed': {
				const { owner, title, timeMs, lines, text } = message
				// An output that has just been registered says so by a message without text.
				return text === '' ? [] : [{ kind: 'rows', input: Number(owner), title, time: timeMs, rows: lines }]
			}
			case 'viewOpened':
				this.#views.set(message.view.viewId, { input: Number(message.owner), title: message.view.title })
				return []
			case 'viewFrame': {
				const { viewId, timeMs, rows } = message.frame
				return [{ kind: 'view', ...this.#views.get(viewId), time: timeMs, rows }]
			}
			case 'viewClosed':
				this.#views.delete(message.viewId)
				return []
			case 'error':
				return [{ kind: 'error', input: Number(message.owner), ...message.error }]
			case 'done':
				return message.error === undefined ? [] : [{ kind: 'error', input: this.#running, ...message.error }]
			case 'notice':
				return [{ kind: 'notice', level: message.level, text: message.text }]
			case 'events':
				return message.events.map((event) => ({ kind: 'event', event }))
			default:
				// Questions between shell and session are nobody else's.
				return []
		}
	}
}

/** The text of a bundle, and what it holds of JSON. */
function bundled(bundle: Readonly<Record<string, unknown>>): object {
	const data = Object.fromEntries(Object.entries(bundle).filter(([mime]) => /json$/.test(mime)))
	return { text: bundle['text/plain'] ?? '', ...(Object.keys(data).length === 0 ? {} : { data }) }
}
