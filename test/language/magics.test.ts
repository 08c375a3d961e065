import { describe, expect, it } from 'vitest'
import { StreamError } from '../../engine/index.js'
import { completeMagic, magicAt, magicHelp } from '../../kernel/language/magichelp.js'
import { codeOf, type Step, stepsOf } from '../../kernel/language/magics.js'

/** A step in short: `front types off`, `code[step 3] time: text`, `shown text/html: text`. */
function shortOf(step: Step): string {
	if (step.kind === 'front') return `front ${step.call.name} ${step.call.argument}`.trimEnd()
	if (step.kind === 'shown') return `shown ${step.mime}: ${step.text}`
	const calls = step.calls.map(({ name, argument, line }) => `${line} ${name} ${argument}`.trimEnd()).join('; ')
	return `${step.isJavaScript ? 'js' : 'code'}[${calls}] ${step.manner}: ${step.code.trim()}`.trimEnd()
}

/** What is wrong with a cell. */
function refusalOf(cell: string): string {
	try {
		stepsOf(cell)
	} catch (thrown) {
		if (thrown instanceof StreamError) return `${thrown.message} – ${thrown.remedy}`
		throw thrown
	}
	return 'nothing'
}

describe('a cell with magics', () => {
	it.each([
		['1 + 1', ['code[] run: 1 + 1']],
		['', ['code[] run:']],
		['%step 3', ['code[0 step 3] run:']],
		['%clock manual\n%step\nconst a = 1', ['code[0 clock manual; 1 step] run: const a = 1']],
		['\n// first\n%start\n\na', ['code[2 start] run: a']],
		['%types off\n%step\na', ['front types off', 'code[1 step] run: a']],
		['%step\n%types off', ['code[0 step] run:', 'front types off', 'code[] run:']],
		['%time a()', ['code[] time: a()']],
		['%time a()\nb()', ['code[] time: a()', 'code[] run: b()']],
		['%time\na()\nb()', ['code[] time: a()\nb()']],
		['%time %step 5', ['code[0 step 5] time:']],
		['%timeit a(1)', ['code[] timeit: a(1)']],
		['%%time\na()', ['code[] time: a()']],
		['%%timeit a()', ['code[] timeit: a()']],
		['%%html\n<b>x</b>\n', ['shown text/html: <b>x</b>\n', 'code[] run:']],
		['%%markdown\n%step', ['shown text/markdown: %step', 'code[] run:']],
		['%%js\nlet x', ['js[] run: let x']],
		['a\n  % b', ['code[] run: a\n  % b']],
		['f(`\n%step`)', ['code[] run: f(`\n%step`)']],
	])('%j is the steps %j', (cell, steps) => expect(stepsOf(cell).map(shortOf)).toEqual(steps))

	it.each(['%clock manual\n%time\n  a()\n', '%time f(x)\ng(y)', '%%js\nlet x', 'plain(%)'])(
		'keeps every character of the code of %j where it is',
		(cell) => {
			const code = codeOf(cell)
			expect(code.length).toBe(cell.length)
			for (const [i, character] of [...code].entries()) if (character !== ' ') expect(character).toBe(cell[i])
		},
	)

	it.each([
		['%stp', 'there is no magic %stp – did you mean %stop [stream | #output …] or %step [n]; all of them: %lsmagic'],
		[
			'%%step\n',
			'%%step takes no body – use %step [n]: Moves a manual clock on by n batches (1) and says what they did.',
		],
		['%html', '%html needs two signs – use %%html: Shows the cell as HTML.'],
		['%%html x\n', "%%html takes no arguments, but got 'x' – use %%html: Shows the cell as HTML."],
		[
			'a\n%step',
			'%step stands below code – magics stand above the code of a cell: put it there, or in a cell of its own',
		],
		[
			'%start\n%%js',
			'%%js does not begin the cell – a magic with two signs takes the whole cell: put it on the first line',
		],
	])('%j is refused: %s', (cell, refusal) => expect(refusalOf(cell)).toBe(refusal))
})

describe('completion of magics', () => {
	it.each([
		['%st', ['%streams', '%start', '%stop', '%step']],
		['%%', ['%%time', '%%timeit', '%%js', '%%html', '%%markdown']],
		['%m', ['%metrics', '%master', '%%markdown']],
		['%clock ', ['manual', 'system']],
		['%types w', ['warn']],
		['%npm i', ['install']],
		['%start\n%ste', ['%step']],
	])('%j offers %j', (cell, texts) =>
		expect(completeMagic(cell, cell.length)?.items.map(({ text }) => text)).toEqual(texts),
	)

	it.each(['a\n%st', 'const x = 5 %st', '%time a', 'st'])('leaves %j to the language', (cell) =>
		expect(completeMagic(cell, cell.length)).toBeUndefined(),
	)
})

describe('help about magics', () => {
	it('is the row', () => expect(magicHelp('%step')).toMatch(/^%step \[n\]\n\nMoves a manual clock/))
	it('is found at the name, and at arguments that are no code', () => {
		expect(magicAt('%step 3', 7)?.name).toBe('step')
		expect(magicAt('%time a', 3)?.name).toBe('time')
		expect(magicAt('%time a', 7)).toBeUndefined()
		expect(magicAt('x\n% step', 5)).toBeUndefined()
	})
})
