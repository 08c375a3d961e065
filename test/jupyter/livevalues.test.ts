import { describe, expect, it } from 'vitest'
import { ManualClock } from '../../engine/index.js'
import { LiveValues } from '../../kernel/jupyter/livevalues.js'
import { complete, inspect } from '../../kernel/jupyter/replies.js'
import type { Language } from '../../kernel/language/contract.js'

/** A checker that knows no types. */
const untyped = {
	complete: () => Promise.resolve({ items: [], start: 0, end: 0 }),
	inspect: () => Promise.resolve(undefined),
} as unknown as Language

/** A session in which `row` and `row.cells[0]` have two members; it hears what is asked. */
function session(): { readonly values: LiveValues; readonly asked: string[] } {
	const asked: string[] = []
	const values: LiveValues = new LiveValues(({ id, expression }) => {
		asked.push(expression)
		const isKnown = ['row', 'row.cells[0]'].includes(expression)
		values.answered({
			kind: 'properties',
			id,
			names: isKnown ? ['total', 'text'] : [],
			...(isKnown && { value: '{ … }' }),
		})
	}, new ManualClock())
	return { values, asked }
}

describe('completion of a value without a type', () => {
	it.each([
		['row.', 4, ['total', 'text']],
		['row.te', 4, ['text']],
		['f(row.cells[0].t', 15, ['total', 'text']],
		['1 + other.', 10, []],
	])('%s gives the names that it has', async (code, start, matches) => {
		const reply = await complete(untyped, session().values)({ code, cursor_pos: code.length })
		expect(reply).toMatchObject({
			matches,
			...(matches.length > 0 && { cursor_start: start, cursor_end: code.length }),
		})
	})

	it.each([
		['of a call, whose code would run', 'row.run().'],
		['inside a text', "'row."],
		['inside a comment', '1 // row.'],
		['of no name', 'ro'],
	])('asks for nothing %s', async (_, code) => {
		const { values, asked } = session()
		await complete(untyped, values)({ code, cursor_pos: code.length })
		expect(asked).toEqual([])
	})

	it('is nothing when the session does not answer in time', async () => {
		const clock = new ManualClock()
		const found = new LiveValues(() => undefined, clock).at('row')
		clock.advance(40)
		expect(await found).toBeUndefined()
	})
})

it('help for a value without a type tells the value', async () => {
	const reply = await inspect(untyped, session().values)({ code: 'row + 1', cursor_pos: 1 })
	expect(reply).toMatchObject({ found: true, data: { 'text/plain': 'value: { … }' } })
})
