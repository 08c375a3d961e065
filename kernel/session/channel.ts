/**
 * The session's end of the channel: messages in order, text gathered in between.
 *
 * Text of one owner is gathered and sent before every other message, when 64 KB have come, and at the end of the turn of
 * the event loop. So tens of thousands of lines are a few messages, and nothing overtakes anything. The first texts
 * after a pause go at once: code that prints some lines and then spins has said them.
 */

// Not the global one, which lets interrupts end what it calls.
import { setImmediate } from 'node:timers'
import { systemClock } from '../../engine/index.js'
import type { FromSession } from './messages.js'

const flushAtChars = 65_536
const pauseMs = 30
/** So many texts go at once. */
const atOnce = 20

interface Text {
	readonly owner: string
	readonly name: 'stdout' | 'stderr'
	parts: string[]
	chars: number
}

export class Channel {
	#text: Text | undefined
	#isPlanned = false
	#sentMs = 0
	/** Texts that may still go at once. */
	#allowance = atOnce

	/** Sends everything gathered, then the message. */
	send(message: FromSession): void {
		this.flush()
		this.#post(message)
	}

	write(owner: string, name: 'stdout' | 'stderr', text: string): void {
		if (text === '') return
		if (this.#text !== undefined && (this.#text.owner !== owner || this.#text.name !== name)) this.flush()
		this.#text ??= { owner, name, parts: [], chars: 0 }
		this.#text.parts.push(text)
		this.#text.chars += text.length
		if (systemClock.now() - this.#sentMs > pauseMs) this.#allowance = atOnce
		if (this.#text.chars >= flushAtChars) this.flush()
		else if (this.#allowance > 0) {
			this.#allowance -= 1
			this.flush()
		} else if (!this.#isPlanned) {
			this.#isPlanned = true
			setImmediate(() => {
				this.#isPlanned = false
				this.flush()
			})
		}
	}

	flush(): void {
		const text = this.#text
		if (text === undefined) return
		this.#text = undefined
		this.#sentMs = systemClock.now()
		this.#post({ kind: 'stream', owner: text.owner, name: text.name, text: text.parts.join('') })
	}

	#post(message: FromSession): void {
		// Without a front there is nobody to tell; the watchdog ends this process.
		if (process.connected) process.send?.(message, undefined, {}, () => undefined)
	}
}
