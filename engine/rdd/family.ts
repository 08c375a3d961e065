/** How a family of methods reaches a class: rows of functions laid on its prototype, typed by the merged interface. */

/** The prototype of RDD or DStream. */
interface Extensible<C> {
	readonly prototype: C
}

/**
 * Adds the rows to the class. The class's interface (extended by `declare module` in the same file) types each row and
 * its `this`.
 */
export function family<C extends object, K extends keyof C>(
	target: Extensible<C>,
	rows: Pick<C, K> & ThisType<C>,
): void {
	for (const name of Reflect.ownKeys(rows)) {
		Object.defineProperty(target.prototype, name, {
			value: rows[name as K],
			writable: true,
			configurable: true,
			enumerable: false,
		})
	}
}
