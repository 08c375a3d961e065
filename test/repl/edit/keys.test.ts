import { describe, expect, it } from 'vitest'
import { nameOf } from '../../../repl/edit/bindings.js'
import { type Key, KeyReader } from '../../../repl/edit/keys.js'

const shown = (key: Key): string =>
	key.kind === 'key' ? `<${nameOf(key)}>` : key.kind === 'paste' ? `[${key.text}]` : key.text

const table: readonly (readonly [title: string, pieces: readonly string[], keys: string])[] = [
	['letters are text', ['abc'], 'abc'],
	['Enter is a carriage return, even behind text', ['1+1\r'], '1+1<enter>'],
	['Ctrl-J is a line feed', ['\n'], '<ctrl+j>'],
	['control letters have names', ['\x01\x05\x12'], '<ctrl+a><ctrl+e><ctrl+r>'],
	['Ctrl-_ and Ctrl-Space', ['\x1f\x00'], '<ctrl+_><ctrl+space>'],
	['Tab and Backspace', ['\t\x7f'], '<tab><backspace>'],
	['arrows in both forms', ['\x1b[A\x1bOB'], '<up><down>'],
	['modified arrows', ['\x1b[1;5D\x1b[1;2C\x1b[1;6H'], '<ctrl+left><shift+right><ctrl+shift+home>'],
	['numbered keys', ['\x1b[3~\x1b[5~\x1b[3;5~\x1b[24~'], '<delete><pageup><ctrl+delete><f12>'],
	['Shift-Tab', ['\x1b[Z'], '<shift+tab>'],
	['Alt with a letter', ['\x1bb\x1bF'], '<alt+b><alt+f>'],
	['Alt-Enter and Alt-Backspace', ['\x1b\r\x1b\x7f'], '<alt+enter><alt+backspace>'],
	['a lone Escape', ['\x1b'], '<escape>'],
	['keys of the kitty protocol', ['\x1b[13;2u\x1b[97;5u'], '<shift+enter><ctrl+a>'],
	['keys that xterm reports by code', ['\x1b[27;5;13~'], '<ctrl+enter>'],
	['a paste is one text with its line ends', ['\x1b[200~a\nb\r\x1b[A\x1b[201~c'], '[a\nb\r\x1b[A]c'],
	['a paste in pieces, its end cut in two', ['\x1b[200~ab', 'cd\x1b[2', '01~e'], '[abcd]e'],
	['reports of focus and unknown sequences are nothing', ['\x1b[I\x1b[O\x1b[99~x'], 'x'],
]

describe('keys', () => {
	it.each(table)('%s', (_title, pieces, keys) => {
		const reader = new KeyReader()
		expect(
			pieces
				.flatMap((piece) => reader.read(piece))
				.map(shown)
				.join(''),
		).toBe(keys)
	})

	it('puts a character together whose bytes come one by one', () => {
		const reader = new KeyReader()
		expect([...Buffer.from('é👍')].flatMap((byte) => reader.read(Uint8Array.of(byte))).map(shown)).toEqual(['é', '👍'])
	})
})
