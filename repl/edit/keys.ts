/**
 * What a terminal sends, as keys: bytes in pieces of any size, keys and pasted texts out.
 *
 *     ESC [ 1 ; 5 D   -> ctrl+left         ESC b          -> alt+b
 *     ESC [ 2 0 0 ~ … ESC [ 2 0 1 ~ -> one paste, whatever is inside
 *
 * Sources: ECMA-48 control sequences, xterm's modified keys (1 + shift 1, alt 2, ctrl 4) and bracketed paste. A lone ESC
 * at the end of a piece is the Escape key: terminals send a sequence in one piece.
 */

import { StringDecoder } from 'node:string_decoder'

/** One key, or a text that was pasted. */
export type Key =
	| {
			readonly kind: 'key'
			/** A name (`left`, `enter`, `tab`, …), or the letter itself. */
			readonly name: string
			readonly ctrl: boolean
			readonly alt: boolean
			readonly shift: boolean
	  }
	| { readonly kind: 'text'; readonly text: string }
	| { readonly kind: 'paste'; readonly text: string }

const pasteStart = '\x1b[200~'
const pasteEnd = '\x1b[201~'

const letters: Readonly<Record<string, string>> = {
	...{ A: 'up', B: 'down', C: 'right', D: 'left', E: 'clear', F: 'end', H: 'home' },
	...{ P: 'f1', Q: 'f2', R: 'f3', S: 'f4', Z: 'tab', I: 'focusin', O: 'focusout' },
}
const numbers: Readonly<Record<string, string>> = {
	...{ 1: 'home', 2: 'insert', 3: 'delete', 4: 'end', 5: 'pageup', 6: 'pagedown', 7: 'home', 8: 'end' },
	...{ 11: 'f1', 12: 'f2', 13: 'f3', 14: 'f4', 15: 'f5', 17: 'f6', 18: 'f7', 19: 'f8', 20: 'f9', 21: 'f10' },
	...{ 23: 'f11', 24: 'f12' },
}
/** Codes of keys that the kitty protocol and xterm's modifyOtherKeys report by number. */
const codes: Readonly<Record<number, string>> = { 9: 'tab', 13: 'enter', 27: 'escape', 127: 'backspace' }

// biome-ignore lint/suspicious/noControlCharactersInRegex: control sequences are what this reads
const sequence = /^\x1b(?:\[([\d;:]*)([\x20-\x2f]*[\x40-\x7e])|O([\x40-\x7e]))/
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are keys
const plainText = /^[^\x00-\x1f\x7f]+/

/** Reads keys out of what a terminal sends. */
export class KeyReader {
	readonly #decoder = new StringDecoder('utf8')
	#pasted: string | undefined

	/** The keys in the next piece. */
	read(piece: Uint8Array | string): readonly Key[] {
		const keys: Key[] = []
		let rest = typeof piece === 'string' ? piece : this.#decoder.write(Buffer.from(piece))
		while (rest !== '') rest = this.#pasted === undefined ? this.#next(rest, keys) : this.#goOnPasting(rest, keys)
		return keys
	}

	/** Takes one key from the front of `text`; what is left. */
	#next(text: string, keys: Key[]): string {
		if (text.startsWith(pasteStart)) {
			this.#pasted = ''
			return text.slice(pasteStart.length)
		}
		const plain = plainText.exec(text)?.[0]
		if (plain !== undefined) {
			keys.push({ kind: 'text', text: plain })
			return text.slice(plain.length)
		}
		if (!text.startsWith('\x1b')) {
			keys.push(controlKey(text[0] ?? '', false))
			return text.slice(1)
		}
		const found = sequence.exec(text)
		if (found !== null) {
			const key = sequenceKey(found[1] ?? '', found[2] ?? found[3] ?? '')
			if (key !== undefined) keys.push(key)
			return text.slice(found[0].length)
		}
		return this.#alt(text, keys)
	}

	#alt(text: string, keys: Key[]): string {
		const [character] = text.slice(1)
		if (character === undefined || character === '\x1b') {
			keys.push(named('escape'))
			return text.slice(1)
		}
		keys.push(plainText.test(character) ? named(character.toLowerCase(), { alt: true }) : controlKey(character, true))
		return text.slice(1 + character.length)
	}

	#goOnPasting(text: string, keys: Key[]): string {
		// The end mark may come in two pieces.
		const all = `${this.#pasted}${text}`
		const end = all.indexOf(pasteEnd)
		if (end === -1) {
			this.#pasted = all
			return ''
		}
		this.#pasted = undefined
		keys.push({ kind: 'paste', text: all.slice(0, end) })
		return all.slice(end + pasteEnd.length)
	}
}

type Modifiers = Partial<Pick<Extract<Key, { kind: 'key' }>, 'ctrl' | 'alt' | 'shift'>>

const named = (name: string, modifiers: Modifiers = {}): Key => ({
	...{ kind: 'key', name, ctrl: false, alt: false, shift: false },
	...modifiers,
})

function controlKey(character: string, alt: boolean): Key {
	const code = character.charCodeAt(0)
	// Enter is a carriage return; a line feed is Ctrl-J.
	if (code === 13) return named('enter', { alt })
	if (code === 9) return named('tab', { alt })
	if (code === 127) return named('backspace', { alt })
	if (code === 8) return named('backspace', { alt, ctrl: true })
	if (code === 0) return named('space', { alt, ctrl: true })
	// Ctrl-A is 1, Ctrl-_ is 31: the key's code without its two high bits.
	return named(String.fromCharCode(code + 64).toLowerCase(), { alt, ctrl: true })
}

function sequenceKey(parameters: string, final: string): Key | undefined {
	const parts = parameters.split(';').map((part) => Number(part.split(':')[0] || 1))
	const [first = 1, second = 1, third] = parts
	const modifiers = modifiersOf(second)
	if (final === '~') {
		// ESC [ 27 ; modifiers ; code ~ is xterm's form for keys that have no sequence of their own.
		if (first === 27 && third !== undefined) return coded(third, modifiers)
		const name = numbers[String(first)]
		return name === undefined ? undefined : named(name, modifiers)
	}
	if (final === 'u') return coded(first, modifiers)
	const name = letters[final]
	if (name === undefined || name.startsWith('focus')) return undefined
	return named(name, final === 'Z' ? { ...modifiers, shift: true } : modifiers)
}

function coded(code: number, modifiers: Modifiers): Key {
	return named(codes[code] ?? String.fromCodePoint(code).toLowerCase(), modifiers)
}

function modifiersOf(parameter: number): Modifiers {
	const bits = parameter - 1
	return { shift: (bits & 1) !== 0, alt: (bits & 2) !== 0, ctrl: (bits & 4) !== 0 }
}
