/** A value that changes and those who watch it: what components read instead of props from above. */

/** Anything that React's `useSyncExternalStore` can follow. */
export interface Watched<T> {
	readonly value: T
	subscribe(listener: () => void): () => void
}

/** A watched value with its owner's end. */
export class Store<T> implements Watched<T> {
	#value: T
	readonly #listeners = new Set<() => void>()

	constructor(value: T) {
		this.#value = value
	}

	get value(): T {
		return this.#value
	}

	/** Puts a value in; watchers hear of it unless it is the same. */
	set(value: T): void {
		if (Object.is(value, this.#value)) return
		this.#value = value
		for (const listener of [...this.#listeners]) listener()
	}

	subscribe(listener: () => void): () => void {
		this.#listeners.add(listener)
		return () => this.#listeners.delete(listener)
	}
}
