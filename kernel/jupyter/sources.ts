/** The code of the cells that have run, in the order in which each ran first. */

/** A cell that ran well. */
export interface Source {
	readonly owner: string
	/** The number of its last run. */
	readonly count: number
	/** What it ran; magics are blank. */
	readonly code: string
}

/** The cells of one session. */
export class Sources {
	readonly #byOwner = new Map<string, Source>()
	readonly #deleted = new Set<string>()

	/** A cell ran; what it ran before is nobody's any more. */
	ran(source: Source): void {
		this.#byOwner.set(source.owner, source)
		this.#deleted.delete(source.owner)
	}

	/** These cells are gone. Their names may still be used by others. */
	deleted(owners: readonly string[]): void {
		for (const owner of owners) this.#deleted.add(owner)
	}

	/** A fresh session knows none of them. */
	clear(): void {
		this.#byOwner.clear()
		this.#deleted.clear()
	}

	get all(): readonly Source[] {
		return [...this.#byOwner.values()]
	}

	isDeleted(owner: string): boolean {
		return this.#deleted.has(owner)
	}
}
