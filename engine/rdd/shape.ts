/** The types that let a program's shapes flow without annotation. */

/**
 * A bound that makes TypeScript infer tuples: with `U extends Shape`, `w => [w, 1]` is `[string, number]` and not
 * `(string | number)[]`. Every value fits it.
 */
// biome-ignore lint/complexity/noBannedTypes: `{}` is every value that is not null or undefined, as meant here
export type Shape = [] | {} | null | undefined

/** The key of a pair. */
export type KeyOf<T> = T extends readonly [infer K, unknown] ? K : never

/** The value of a pair. */
export type ValueOf<T> = T extends readonly [unknown, infer V] ? V : never

/** A pair, where inference alone would see an array. */
export const pair = <K, V>(a: K, b: V): [K, V] => [a, b]
