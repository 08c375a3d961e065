import { PassThrough } from 'node:stream'
import { setImmediate } from 'node:timers/promises'
import { afterAll, describe, expect, it, vi } from 'vitest'
import { ManualClock } from '../../../engine/index.js'
import { Editor } from '../../../repl/plain/editor.js'
import { History } from '../../../repl/plain/history.js'
import { Screen } from '../../../repl/plain/screen.js'
import { Shell, type ShellOptions } from '../../../repl/plain/shell.js'
import { styleFor } from '../../../repl/plain/style.js'
import { Transcript } from '../../../repl/plain/transcript.js'
import { FakeLanguage, FakeSession } from './fakes.js'
import { VirtualPipe, VirtualTerminal } from './terminal.js'

// readline falls back to no editing at all on a dumb terminal, and asks the environment.
vi.stubEnv('TERM', 'xterm')
afterAll(() => vi.unstubAllEnvs())

const stopCode = 'await StreamingContext.getActive()?.stop(true, true)'

function make(
	terminal: VirtualTerminal | undefined,
	more: Partial<ShellOptions> & { readonly hasEditor?: boolean; readonly columns?: number } = {},
) {
	const pipe = new VirtualPipe()
	const keys = terminal?.keys ?? new PassThrough()
	const language = new FakeLanguage()
	const session = new FakeSession()
	const clock = new ManualClock()
	const screen = new Screen(terminal ?? pipe)
	const isTerminal = terminal !== undefined
	const { columns = Number.POSITIVE_INFINITY } = more
	const editor =
		more.hasEditor === false
			? undefined
			: new Editor({ input: keys, output: terminal ?? new PassThrough(), isTerminal, showsPrompt: isTerminal }, [], {
					onInterrupt: () => shell.interrupt(),
					onLeft: () => screen.seal(),
					complete: (text) => shell.complete(text),
				})
	if (isTerminal) screen.attach(editor)
	const shell: Shell = new Shell(
		{
			...{ editor, screen, language, clock, columns: () => columns },
			transcript: new Transcript(screen, styleFor(false), clock),
			style: styleFor(false),
			history: new History(undefined, () => undefined),
			startSession: session.start,
			directory: '/',
			readFile: (path) => `text of ${path}`,
			writeFile: () => undefined,
		},
		{ banner: ['Rivulet'], isInteractive: isTerminal, ...more },
	)
	return { pipe, keys, language, session, clock, shell, exit: shell.run() }
}

/** Runs the lines as a pipe would bring them. */
async function piped(lines: readonly string[], more: Partial<ShellOptions> = {}) {
	const made = make(undefined, more)
	made.keys.end(lines.map((line) => `${line}\n`).join(''))
	const code = await made.exit
	return { ...made, code, out: made.pipe.out }
}

/** A person at a terminal: `press` waits until the shell has answered. */
function seated(more: Parameters<typeof make>[1] = {}) {
	const terminal = new VirtualTerminal()
	const made = make(terminal, more)
	const press = async (text: string): Promise<void> => {
		await settled()
		terminal.keys.write(text)
		await settled()
	}
	return { ...made, terminal, press }
}

async function settled(): Promise<void> {
	for (let turn = 0; turn < 10; turn++) await setImmediate()
}

describe('inputs on a pipe', () => {
	it('is introduced in lines of the window, broken between words, and so are hints and errors', async () => {
		const banner = ['sc and ssc are ready']
		const { terminal, press } = seated({ columns: 16, banner, firstInput: '1', afterFirst: ['type something here'] })
		await press('.nothing\r')
		for (const line of ['sc and ssc are', 'ready', 'type something', 'here']) expect(terminal.seen).toContain(line)
	})

	it('run one after the other, without prompts, and the context is stopped at the end', async () => {
		const { code, out, session } = await piped(['1 + 1', '', 'f()'])
		expect([code, out]).toEqual([0, '=> 1 + 1\n=> f()\n'])
		expect(session.log).toEqual(['1 + 1', 'f()', stopCode, 'stop'])
	})

	it('are put together from lines until they are complete', async () => {
		const { session } = await piped(['if (a) {', '  b }', 'c'])
		expect(session.log.slice(0, 2)).toEqual(['if (a) {\n  b }', 'c'])
	})

	it('that are never completed run at the end all the same', async () => {
		const { session } = await piped(['if (a) {'])
		expect(session.log[0]).toBe('if (a) {')
	})

	it('go on after a failure, which makes the exit code 1', async () => {
		const { code, out } = await piped(['throw 1', 'after'])
		expect([code, out]).toEqual([1, 'Error: no\n=> after\n'])
	})

	it('with type errors do not run', async () => {
		const { code, out, session } = await piped(['type error'])
		expect([code, out]).toEqual([1, '1:1 - error TS2322: no\n'])
		expect(session.log).toEqual([stopCode, 'stop'])
	})

	it('tell the language worker which names they have made', async () => {
		const { language } = await piped(['a', 'b'])
		expect(language.log).toEqual([
			'prepare cell-1.ts check',
			'ran cell-1.ts x',
			'prepare cell-2.ts check',
			'ran cell-2.ts x',
			'stop',
		])
	})

	it('that end the session process get a fresh one, and the loss is said', async () => {
		const { code, out, session } = await piped(['die', 'after'])
		expect([code, session.starts]).toEqual([1, 2])
		expect(out).toBe(
			'the session ended: exit code 1\nnames and streams are gone; a fresh session is starting\n=> after\n',
		)
	})
})

describe('dot commands', () => {
	it.each([
		['.strat', 'no command .strat – did you mean .start or .streams or .stop; all of them: .help'],
		['.types maybe', ".types needs check or warn or off, but got 'maybe' – see .help"],
		['.load', '.load needs <file> – see .help'],
		[
			'.doc nothing',
			"nothing is known about 'nothing' – give a name of this session or of a method, such as .doc counts or .doc reduceByKey; commands: .help",
		],
		['.doc reduceByKey', 'reduceByKey of (0 as unknown as RDD<[string, number]>).reduceByKey'],
		['?ssc', 'const ssc: StreamingContext\nThe context.'],
		['.load a.ts', '=> text of a.ts'],
		['.types off', 'types: off'],
	])('%s says %j', async (line, text) => expect((await piped([line])).out).toBe(`${text}\n`))

	it.each([
		['.start', '$rv.show(await $rv.magic("start", ""))'],
		['.stop counts', '$rv.show(await $rv.magic("stop", "counts"))'],
		['.step 3', '$rv.show(await $rv.magic("step", "3"))'],
		['%step 3', '$rv.show(await $rv.magic("step", "3"))'],
	])('%s runs %s in the session', async (line, code) => expect((await piped([line])).session.log[0]).toBe(code))

	it('.types off lets inputs with type errors run', async () =>
		expect((await piped(['.types off', 'type error'])).out).toBe('types: off\n=> type error\n'))

	it('.reset gives a fresh session', async () => {
		const { session, language } = await piped(['.reset', 'a'])
		expect([session.starts, language.log[0]]).toEqual([2, 'reset'])
	})

	it('.exit leaves at once', async () =>
		expect((await piped(['.exit', 'never'])).session.log).toEqual([stopCode, 'stop']))

	it('.help lists all of them', async () =>
		expect((await piped(['.help'])).out).toMatch(/^\.help .*\n\.streams [\s\S]*\n\.history [\s\S]*\n\.exit /))

	it('.help tells of one command, or of the keys', async () => {
		expect((await piped(['.help step'])).out).toMatch(/^\.step \[n\]\nMoves a manual clock/)
		expect((await piped(['.help keys'])).out).toMatch(/^enter +run the block/)
	})

	it('.history lists inputs, .edit and the like say that they need a drawn terminal', async () => {
		expect((await piped(['1', '2', '.history 1', '.edit'])).out.split('\n').slice(-3)).toEqual([
			'[2] 2',
			'.edit needs a drawn terminal – start rivulet in a terminal, without --plain',
			'',
		])
	})
})

describe('a person at the prompt', () => {
	it('sees banner, prompt, result and prompt again', async () => {
		const { terminal, press } = seated()
		await press('1\r')
		expect(terminal.seen).toEqual(['Rivulet', 'rivulet> 1', '=> 1', 'rivulet>'])
	})

	it('goes on typing under a continuation prompt', async () => {
		const { terminal, press } = seated()
		await press('if (a) {\r')
		expect(terminal.seen.at(-1)).toBe('     ...')
	})

	it('leaves with Ctrl-D and exit code 0, whatever failed', async () => {
		const { exit, press } = seated()
		await press('throw 1\r')
		await press('\x04')
		expect(await exit).toBe(0)
	})

	it('is told how to leave by a second Ctrl-C within a second', async () => {
		const { terminal, clock, press } = seated()
		await press('\x03')
		clock.advance(1_500)
		await press('\x03')
		expect(terminal.seen.join()).not.toContain('to leave')
		clock.advance(900)
		await press('\x03')
		expect(terminal.seen).toContain('to leave: Ctrl-D, or .exit')
	})

	it('interrupts the running input with Ctrl-C, and goes on', async () => {
		const { terminal, session, press } = seated()
		await press('wait\r')
		await press('\x03')
		await press('next\r')
		expect(session.log).toEqual(['wait', 'interrupt', 'next'])
		expect(terminal.seen).toContain('interrupted')
	})

	it('answers a question of the program', async () => {
		const { terminal, press } = seated()
		await press('ask\r')
		await press('me\r')
		expect(terminal.seen).toEqual(['Rivulet', 'rivulet> ask', 'name? me', '=> answered me', 'rivulet>'])
	})

	it('keeps the typed line whole when a batch arrives', async () => {
		const { terminal, session, press } = seated()
		await press('cou')
		session.say({
			...{ kind: 'printed', owner: '1', outputId: 1, title: 'counts', timeMs: 5_000, lines: ['(a,1)'] },
			...{ hasMore: false, mode: 'live', text: 'as Spark prints it' },
		})
		await press('nts')
		expect(terminal.seen).toEqual(['Rivulet', '[1] counts · 5000 ms', '  (a,1)', 'rivulet> counts'])
	})

	it('recalls whole inputs', async () => {
		const { terminal, press } = seated()
		for (const line of ['if (a) {\r', 'b }\r', '\x1b[A']) await press(line)
		expect(terminal.seen.slice(-2)).toEqual(['rivulet> if (a) {', 'b }'])
	})

	it('completes names and dot commands with Tab', async () => {
		const { terminal, press } = seated()
		await press('.str\t')
		expect(terminal.seen.at(-1)).toBe('rivulet> .streams')
		await press('\x15ssc.co\t')
		expect(terminal.seen.at(-1)).toBe('rivulet> ssc.count')
	})
})

describe('a demonstration', () => {
	const events = (...kinds: readonly string[]) =>
		({ kind: 'events', events: kinds.map((kind) => ({ kind })) }) as unknown as Parameters<FakeSession['say']>[0]

	it('shows its code and ends with code 0 after the batches asked for', async () => {
		const { pipe, session, exit } = make(undefined, { firstInput: 'a\nb', batches: 3, hasEditor: false })
		await settled()
		session.say(events('batchStarted', 'batchCompleted', 'batchSkipped'))
		session.say(events('batchCompleted'))
		expect(await exit).toBe(0)
		expect(pipe.out).toBe('rivulet> a\n     ... b\n=> a\nb\n')
	})

	it('leaves a usable prompt at a terminal', async () => {
		const { terminal, press } = seated({ firstInput: 'a' })
		await press('b\r')
		expect(terminal.seen).toEqual(['Rivulet', 'rivulet> a', '=> a', 'rivulet> b', '=> b', 'rivulet>'])
	})
})

describe('a session of its own', () => {
	it('is prepared before the first input, and again when it was replaced', async () => {
		const { session } = await piped(['die', 'a'], { setUp: 'set up' })
		expect(session.log.slice(0, 4)).toEqual(['set up', 'die', 'set up', 'a'])
	})
})
