/** Colours, where a terminal shows them and nobody has asked for none (no-color.org). */

import { styleText } from 'node:util'

/** What the shell colours, by what it means. */
export interface Style {
	/** Headers, folded batches, hints. */
	readonly dim: (text: string) => string
	readonly error: (text: string) => string
	readonly warning: (text: string) => string
	readonly strong: (text: string) => string
}

/** True when `out` is a terminal with colours and NO_COLOR is not set. */
export function wantsColours(out: { readonly isTTY?: boolean }, env: NodeJS.ProcessEnv = process.env): boolean {
	return out.isTTY === true && (env.NO_COLOR ?? '') === '' && env.TERM !== 'dumb'
}

/** The style for an output with or without colours. */
export function styleFor(hasColours: boolean): Style {
	type Format = Parameters<typeof styleText>[0]
	const paint = (format: Format) => (hasColours ? (text: string) => painted(format, text) : (text: string) => text)
	return { dim: paint('dim'), error: paint('red'), warning: paint('yellow'), strong: paint('bold') }
}

/** Always coloured: whether there is a terminal was decided before. */
function painted(format: Parameters<typeof styleText>[0], text: string): string {
	return text === '' ? text : styleText(format, text)
}
