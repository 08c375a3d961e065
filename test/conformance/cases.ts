/**
 * Running recorded cases: their data, how answers are compared, and the list of those that do not pass yet.
 *
 * A case that is listed in `notyet.json` must fail, one that is not listed must pass; so the list can only shrink. Its
 * values name the work that will empty it.
 */

import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'

export interface Case {
	readonly id: string
	readonly ts: string | null
	readonly reference?: boolean
}

const here = new URL('.', import.meta.url)
const readJson = (name: string): unknown => JSON.parse(readFileSync(new URL(name, here), 'utf8'))

const notYet = readJson('notyet.json') as Readonly<Record<string, Readonly<Record<string, string>>>>

/** The cases of one recorded file. */
export const casesOf = <C extends object>(file: string): readonly C[] => readJson(`data/${file}.json`) as C[]

/** One test for every case of `file`; `run` throws when the answer is not Spark's. */
export function conform<C extends { readonly id: string }>(
	file: string,
	run: (recorded: C) => Promise<void>,
	all: readonly C[] = casesOf<C>(file),
): void {
	const listed = notYet[file] ?? {}
	const isTested = (recorded: Partial<Case>): boolean => recorded.ts !== null && recorded.reference !== true
	const cases = all.filter(isTested)
	describe(file, () => {
		for (const recorded of cases) {
			const work = listed[recorded.id]
			if (work === undefined) it(recorded.id, () => run(recorded))
			else {
				it(`${recorded.id} (not yet: ${work})`, async () => {
					const outcome = await run(recorded).then(
						() => 'passes',
						() => 'fails',
					)
					expect(outcome, 'this case passes now: take it off notyet.json').toBe('fails')
				})
			}
		}
		it('lists only cases that exist', () =>
			expect(Object.keys(listed).filter((id) => !cases.some((recorded) => recorded.id === id))).toEqual([]))
	})
}

const specials: Readonly<Record<string, number>> = {
	NaN: Number.NaN,
	Infinity: Number.POSITIVE_INFINITY,
	'-Infinity': Number.NEGATIVE_INFINITY,
}

/** A value as the recordings write it. */
export function normal(value: unknown): unknown {
	if (value === undefined || value === null) return null
	if (typeof value === 'bigint') return Number(value)
	if (Array.isArray(value)) return value.map(normal)
	if (value instanceof Map || value instanceof Set) return [...value].map(normal)
	if (ArrayBuffer.isView(value)) return [...(value as Uint8Array)]
	if (typeof value === 'object') {
		const special = specials[(value as { $?: string }).$ ?? '']
		if (special !== undefined) return special
		return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, normal(inner)]))
	}
	return value
}

const text = (value: unknown): string => JSON.stringify(value, (_, v) => (typeof v === 'number' ? roundly(v) : v))
const roundly = (n: number): number | string => (Number.isFinite(n) ? Number(n.toPrecision(9)) : String(n))
const sorted = (rows: unknown): unknown =>
	Array.isArray(rows) ? [...rows].sort((a, b) => (text(a) < text(b) ? -1 : 1)) : rows

export type Order = 'list' | 'set' | 'sets'

/** Expects `got` to be `wanted` under the recorded order, numbers within a relative 1e-9. */
export function expectSame(got: unknown, wanted: unknown, order: Order = 'list'): void {
	const arrange = (value: unknown): unknown => {
		const plain = normal(value)
		if (order === 'set') return sorted(plain)
		return order === 'sets' && Array.isArray(plain) ? plain.map(sorted) : plain
	}
	const a = arrange(got)
	const b = arrange(wanted)
	if (!close(a, b)) expect(a).toEqual(b)
}

function close(a: unknown, b: unknown): boolean {
	if (typeof a === 'number' && typeof b === 'number') {
		return Object.is(a, b) || a === b || Math.abs(a - b) <= 1e-9 * Math.max(Math.abs(a), Math.abs(b))
	}
	if (Array.isArray(a) && Array.isArray(b)) return a.length === b.length && a.every((x, i) => close(x, b[i]))
	if (typeof a === 'object' && typeof b === 'object' && a !== null && b !== null) {
		const keys = Object.keys(b)
		return (
			keys.length === Object.keys(a).length &&
			keys.every((key) => close((a as Record<string, unknown>)[key], (b as Record<string, unknown>)[key]))
		)
	}
	return a === b
}

export interface RecordedError {
	readonly $error: { readonly class: string; readonly message: string }
}

export const isError = (expected: unknown): expected is RecordedError =>
	typeof expected === 'object' && expected !== null && '$error' in expected

/** Expects `body` to fail with the recorded message; `$TMP` is `tmp`, as a path or as `file:`, `$SITE` and `$OBJECT` match any text. */
export async function expectFailure(body: () => unknown, expected: RecordedError, tmp: string): Promise<void> {
	let message: string | undefined
	try {
		await body()
	} catch (thrown) {
		message = thrown instanceof Error ? thrown.message : String(thrown)
	}
	const escaped = expected.$error.message.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
	const pattern = escaped.replaceAll('\\$TMP', () => `(?:file:)?${tmp}`).replace(/\\\$(SITE|OBJECT)/g, '[\\s\\S]*')
	expect(message, 'the body must fail').toBeDefined()
	if (!new RegExp(`^${pattern}$`).test(message as string)) expect(message).toBe(expected.$error.message)
}

const AsyncFunction = (async () => undefined).constructor as new (
	...args: string[]
) => (...args: unknown[]) => Promise<unknown>

/** Runs the body of a case with the names of `scope`. */
export function runBody(body: string, scope: Readonly<Record<string, unknown>>): Promise<unknown> {
	return new AsyncFunction(...Object.keys(scope), body)(...Object.values(scope))
}
