/**
 * The terminal as Ink sees it: what Ink writes while another screen is shown waits until that is over, in order, and the
 * scrollback is never wiped.
 *
 * Ink 6 writes `ESC[3J` when a window shrinks below its frame (`clearTerminal` in its `renderInteractiveFrame`).
 */

const wipe = '\x1b[3J'

/** An output with a gate. */
export class GatedOutput {
	/** What Ink writes to. */
	readonly stream: NodeJS.WriteStream
	#held: string[] | undefined

	/** @param say makes of a text what the terminal can show */
	constructor(output: NodeJS.WriteStream, say: (text: string) => string = (text) => text) {
		const write = (text: string | Uint8Array, ...rest: unknown[]): boolean => {
			const shown = say(
				Buffer.from(text as string)
					.toString()
					.replaceAll(wipe, ''),
			)
			const done = rest.find((one) => typeof one === 'function') as (() => void) | undefined
			if (this.#held === undefined) return output.write(shown, done)
			if (shown !== '') this.#held.push(shown)
			if (done !== undefined) queueMicrotask(done)
			return true
		}
		this.stream = new Proxy(output, {
			get: (target, key) => {
				if (key === 'write') return write
				const value: unknown = Reflect.get(target, key, target)
				return typeof value === 'function' ? value.bind(target) : value
			},
		})
		this.#output = output
	}

	readonly #output: NodeJS.WriteStream

	/** Another screen is shown from now on. */
	hold(): void {
		this.#held ??= []
	}

	/** The screen that Ink draws on is back. */
	release(): void {
		const held = this.#held ?? []
		this.#held = undefined
		if (held.length > 0) this.#output.write(held.join(''))
	}
}
