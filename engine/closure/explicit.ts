/** Functions that say themselves what they take along. */

type Environment = Readonly<Record<string, unknown>>
type Any = (...values: never[]) => unknown

/** What an explicit closure was made of. */
export interface ExplicitParts {
	readonly env: Environment
	readonly fn: Any
}

const made = new WeakMap<Any, ExplicitParts>()

/**
 * A function that gets `env` behind its own arguments, and travels with it: nothing else has to be captured, so it works
 * everywhere. `env` is taken as it is now.
 *
 * @example
 * const prices = { apple: 3, pear: 2 }
 * await sc.parallelize(['apple', 'pear']).map(closure({ prices }, (name, { prices }) => prices[name as 'apple'])).sum()
 */
export function closure<E extends Environment, A, R>(env: E, fn: (a: A, env: E) => R): (a: A) => R
export function closure<E extends Environment, A, B, R>(env: E, fn: (a: A, b: B, env: E) => R): (a: A, b: B) => R
export function closure(env: Environment, fn: Any): Any {
	const kept = { ...env }
	const call = fn as (...values: unknown[]) => unknown
	const closed =
		fn.length === 3
			? (a: unknown, b: unknown): unknown => call(a, b, kept)
			: fn.length === 2
				? (a: unknown): unknown => call(a, kept)
				: (...values: unknown[]): unknown => call(...values, kept)
	made.set(closed as Any, { env: kept, fn: fn as Any })
	return closed
}

/** What `closure` was given for this function; undefined for any other. */
export const explicitParts = (fn: object): ExplicitParts | undefined => made.get(fn as Any)
