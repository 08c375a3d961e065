/**
 * Sessions as a person sees them: `test/sessions/*.txt` are inputs and what was shown, replayed in line mode on a
 * ManualClock.
 *
 *     rivulet> .step          typed
 *     [3] counts · 1000 ms    shown
 *     ^C                      an interrupt, once the line before has been shown
 *
 * Lines that begin with `# ` say what a session is about. How long things took is written `N ms`.
 */

import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { stripVTControlCharacters } from 'node:util'
import { afterAll, describe, expect, it } from 'vitest'
import { systemClock } from '../../../engine/index.js'
import { startLanguage } from '../../../kernel/language/client.js'
import type { Language } from '../../../kernel/language/contract.js'
import { startSession } from '../../../kernel/session/client.js'
import type { BlockSource, Read } from '../../../repl/plain/contract.js'
import { History } from '../../../repl/plain/history.js'
import { Screen } from '../../../repl/plain/screen.js'
import { Shell } from '../../../repl/plain/shell.js'
import { styleFor } from '../../../repl/plain/style.js'
import { Transcript } from '../../../repl/plain/transcript.js'

const folder = fileURLToPath(new URL('../../sessions/', import.meta.url))
const directory = fileURLToPath(new URL('../../', import.meta.url))
const language = startLanguage({ directory, onLate: () => undefined })
afterAll(() => language.stop())
/** One worker warms up for all sessions; none of them ends it. */
const shared: Language = new Proxy(language, {
	get: (target, key) => {
		if (key === 'stop') return async () => undefined
		const value: unknown = Reflect.get(target, key, target)
		return typeof value === 'function' ? value.bind(target) : value
	},
})

const typed = /^(rivulet> | {5}\.\.\. )(.*)$/

/** What was typed, and before which inputs something is interrupted once a line has been shown. */
function partsOf(text: string) {
	const lines = text.split('\n')
	const inputs = lines.flatMap((line) => typed.exec(line)?.[2] ?? [])
	const interruptAfter = lines.flatMap((line, at) => (line === '^C' ? [lines[at - 1] ?? ''] : []))
	return { heading: lines.filter((line) => line.startsWith('# ')), inputs, interruptAfter }
}

/** Runs the inputs of a session again; what a person sees. */
async function replayed(text: string): Promise<string> {
	const { heading, inputs, interruptAfter } = partsOf(text)
	let seen = heading.length === 0 ? '' : `${heading.join('\n')}\n`
	let fromHere = 0
	const write = (shown: string): void => {
		seen += shown
		const [wanted] = interruptAfter
		if (wanted === undefined || !seen.slice(fromHere).includes(`${wanted}\n`)) return
		interruptAfter.shift()
		seen += '^C\n'
		fromHere = seen.length
		shell.interrupt()
	}
	const left = [...inputs]
	const editor: BlockSource = {
		async read(prompt): Promise<Read> {
			const next = left.shift()
			if (next === undefined) return { kind: 'end' }
			fromHere = seen.length
			seen += `${prompt}${next}\n`
			return { kind: 'line', text: next }
		},
		ask: async () => undefined,
		recall: () => undefined,
		dropTyped: () => undefined,
		close: () => undefined,
	}
	const screen = new Screen({ isTerminal: false, columns: 100, rows: 30, write, writeError: write })
	const style = styleFor(false)
	language.reset()
	const shell: Shell = new Shell(
		{
			...{ editor, screen, style, directory },
			transcript: new Transcript(screen, style, systemClock),
			history: new History(undefined, () => undefined),
			language: shared,
			startSession: ({ onMessage, onExit }) =>
				startSession({ directory, onMessage, onExit: ({ code }) => onExit(`exit code ${code}`) }),
			clock: systemClock,
			readFile: () => '',
			writeFile: () => undefined,
		},
		{ banner: [], isInteractive: false },
	)
	await shell.run()
	return stripVTControlCharacters(seen).replace(
		/(?<= )\d+(\.\d+)? (ns|µs|ms|s)$/gm,
		(time, _, __, at: number, all: string) => {
			const line = all.slice(all.lastIndexOf('\n', at) + 1)
			return /^(batch \d|took )/.test(line) ? 'N ms' : time
		},
	)
}

describe('a session', () => {
	it.each(readdirSync(folder))('%s goes as it is written', async (file) => {
		const path = `${folder}${file}`
		await expect(await replayed(readFileSync(path, 'utf8'))).toMatchFileSnapshot(path)
	})
})
