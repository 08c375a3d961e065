import { describe, expect, it } from 'vitest'
import { formOf, lookOfOperator, mergedSpec, refined, type SpecParts, specOf } from '../../kernel/display/spec.js'

const parts: SpecParts = { title: 'counts', measure: 'count', slideMs: 1_000, isManual: true, width: 600, height: 340 }

describe('the default form', () => {
	it.each([
		['reduceByKey', 'bars'],
		['countByValueAndWindow', 'bars'],
		['updateStateByKey', 'bars'],
		['count', 'line'],
		['countByWindow', 'line'],
		['socketTextStream', 'text'],
		['map', undefined],
	])('of %s is %s', (operator, look) => expect(lookOfOperator(operator)).toBe(look))

	it.each([
		['bars', 'empty', 0, 'bars'],
		['table', 'pairs', 3, 'bars'],
		['bars', 'tuples', 3, 'table'],
		['table', 'numbers', 1, 'line'],
		['table', 'numbers', 3, 'table'],
		['line', 'strings', 1, 'text'],
		['text', 'objects', 1, 'table'],
	] as const)('of %s is corrected by the first records: %s, %i -> %s', (assumed, shape, count, look) =>
		expect(refined(assumed, shape, count)).toBe(look),
	)
})

describe('a specification', () => {
	it.each(['bars', 'line', 'lines', 'stat'] as const)('of %s has a fixed size and no data', (look) => {
		const spec = specOf(look, parts)
		expect(spec).toMatchObject({ width: 600, height: 340, autosize: { type: 'fit', contains: 'padding' } })
		expect(spec).not.toHaveProperty('data')
	})
	it('is none for tables and text', () =>
		expect([specOf('table', parts), specOf('text', parts), formOf('table'), formOf('bars')]).toEqual([
			undefined,
			undefined,
			'table',
			'chart',
		]))

	it('of the user is laid over the defaults', () => {
		const spec = mergedSpec({ mark: 'arc', title: 'mine', encoding: { theta: { field: 'value' } } }, 'table', parts)
		expect(spec).toMatchObject({ mark: 'arc', title: 'mine', width: 600, encoding: { theta: { field: 'value' } } })
	})
	it('that says only its mark is given the fields of the rows', () =>
		expect(mergedSpec({ mark: 'point' }, 'bars', parts)).toMatchObject({
			encoding: { x: { field: 'key' }, y: { field: 'value' } },
		}))
	it('with facets keeps its own size', () =>
		expect(mergedSpec({ facet: { field: 'key' }, spec: { mark: 'bar' } }, 'bars', parts)).not.toHaveProperty('width'))
	it.each([
		[{ mark: 'bar', data: { values: [] } }, 'the specification of a chart has data of its own'],
		[{ encoding: {} }, 'a specification with encoding draws nothing'],
	])('that cannot be bound to rows is refused: %o', (spec, message) =>
		expect(() => mergedSpec(spec, 'bars', parts)).toThrow(expect.objectContaining({ code: 'display/spec', message })),
	)
})
