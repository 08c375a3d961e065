/** What the shell draws, for terminals whose locale has no Unicode: its own signs as plain characters, one for one. */

const signs: Readonly<Record<string, string>> = {
	...{ '…': '.', '·': '-', '–': '-', '●': '*', '▸': '>', '×': 'x', '→': '>', '←': '<', '↑': '^', '↓': 'v' },
	...{ '⏎': '/', '∅': '0', '✓': '+', '✗': 'x', '─': '-', '━': '=', '│': '|', '┤': '|', '├': '|', '▌': '#' },
	...{ '┌': '+', '┐': '+', '└': '+', '┘': '+', '┬': '+', '┴': '+', '┼': '+', '▁': '_', '▂': '.', '▃': '.' },
	...{ '▄': ':', '▅': ':', '▆': '#', '▇': '#', '█': '#', '▏': '#', '▎': '#', '▍': '#', '▋': '#', '▊': '#', '▉': '#' },
}
const drawn = new RegExp(`[${Object.keys(signs).join('')}\u2800-\u28ff]`, 'gu')

/** True for an environment whose locale is set and has no UTF-8 (POSIX: LC_ALL before LC_CTYPE before LANG). */
export function lacksUnicode({ LC_ALL, LC_CTYPE, LANG }: NodeJS.ProcessEnv): boolean {
	const locale = [LC_ALL, LC_CTYPE, LANG].find((value) => value !== undefined && value !== '')
	return locale !== undefined && !/utf-?8/i.test(locale)
}

/** The text with its signs replaced; what users' programs write in other characters stays. */
export const inAscii = (text: string): string =>
	text.replace(drawn, (sign) => signs[sign] ?? (sign === '\u2800' ? ' ' : '*'))

/** How a terminal with this environment is written to. */
export const writerFor = (env: NodeJS.ProcessEnv): ((text: string) => string) =>
	lacksUnicode(env) ? inAscii : (text) => text
