import { describe, expect, it } from 'vitest'
import { inAscii, lacksUnicode } from '../../../repl/plain/ascii.js'
import { dotCommands, findDotCommand } from '../../../repl/plain/dotcommands.js'
import type { ShellActions } from '../../../repl/plain/shellactions.js'
import { columnsOf } from '../../../repl/plain/width.js'
import { tableLines } from '../../../repl/plain/wrap.js'

/** What a help command says in a window. */
function said(line: string, columns: number): readonly string[] {
	const lines: string[] = []
	const { command, argument } = findDotCommand(line)
	const shell = { columns, say: (given: readonly string[]) => void lines.push(...given) } as unknown as ShellActions
	void command.run(shell, argument)
	return lines
}

describe('help in a window', () => {
	it.each([40, 60, 80, 200])('of %i columns fits, and loses no word', (columns) => {
		for (const line of ['.help', '.help keys', '.help dash', '.help stop']) {
			const lines = said(line, columns)
			expect(Math.max(...lines.map(columnsOf))).toBeLessThan(columns)
			const words = (all: readonly string[]) => all.join(' ').split(/\s+/).filter(Boolean).sort()
			expect(words(lines)).toEqual(words(said(line, Number.POSITIVE_INFINITY)))
		}
		expect(said('.help', columns).filter((line) => line.startsWith('.')).length).toBeGreaterThanOrEqual(
			dotCommands.length,
		)
	})
	it('stands in two columns where there is room, else one below the other', () => {
		const rows = [['.a', 'does something that is long'] as const]
		expect(tableLines(rows, 70)).toEqual(['.a  does something that is long'])
		expect(tableLines(rows, 24)).toEqual(['.a', '    does something that', '    is long'])
	})
})

describe('a terminal without Unicode', () => {
	it.each([
		[{ LANG: 'C' }, true],
		[{ LANG: 'POSIX', LC_ALL: '' }, true],
		[{ LC_ALL: 'C', LANG: 'en_GB.UTF-8' }, true],
		[{ LANG: 'C.UTF-8' }, false],
		[{ LANG: 'de_DE.utf8' }, false],
		[{}, false],
	])('is told by %o: %s', (env, lacks) => expect(lacksUnicode(env)).toBe(lacks))
	it('gets plain characters, one for one', () => {
		const text = '● every 1 s · ▁▂▄█ ── ⠀⡠⠊ … Zürich'
		expect(inAscii(text)).toBe('* every 1 s - _.:# --  ** . Zürich')
	})
})
