/** What the drawn shell colours, by what it means; without colours every paint gives its text back. */

import { styleText } from 'node:util'
import type { TokenKind } from '../edit/highlight.js'

/** Paints a text. */
export type Paint = (text: string) => string

/** The paints of a terminal. */
export interface Palette {
	readonly token: Readonly<Record<TokenKind, Paint>>
	readonly prompt: Paint
	readonly dim: Paint
	readonly strong: Paint
	readonly error: Paint
	readonly warning: Paint
	readonly good: Paint
	readonly accent: Paint
	readonly chosen: Paint
	readonly selected: Paint
	readonly match: Paint
	/** A stretch with a finding of the checker. */
	readonly wrong: Paint
}

type Format = Parameters<typeof styleText>[0]

/** The palette of a terminal with or without colours. */
export function paletteFor(hasColours: boolean): Palette {
	const paint =
		(format: Format): Paint =>
		(text) =>
			!hasColours || text === '' ? text : styleText(format, text, { validateStream: false })
	const plain: Paint = (text) => text
	return {
		token: {
			...{ keyword: paint('magenta'), literal: paint('yellow'), string: paint('green'), number: paint('yellow') },
			...{ comment: paint('gray'), type: paint('cyan'), call: paint('blue'), name: plain, punctuation: plain },
			...{ command: paint(['bold', 'cyan']), space: plain },
		},
		prompt: paint(['bold', 'cyan']),
		dim: paint('gray'),
		strong: paint('bold'),
		error: paint('red'),
		warning: paint('yellow'),
		good: paint('green'),
		accent: paint('cyan'),
		chosen: hasColours ? paint('inverse') : plain,
		selected: hasColours ? paint('inverse') : plain,
		match: paint(['bold', 'underline']),
		wrong: paint(['underline', 'red']),
	}
}
