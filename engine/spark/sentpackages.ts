/**
 * The packages that functions refer to, on their way to executors on other machines: each is packed and added to the
 * application before the first job that may need it. A package that a cell imports long after the start travels as well.
 *
 * Packages that a submission has packed already are not sent again.
 */

import { namedFiles } from '../closure/references.js'
import { laterPackages } from '../closure/relocated.js'
import { packagesArchive } from './archive.js'
import type { Jvm } from './jvm.js'
import type { JavaRef } from './py4j.js'

export class SentPackages {
	readonly #jvm: Jvm
	readonly #scala: JavaRef
	readonly #isNeeded: boolean
	/** By the file that was referred to, and by the archive. */
	readonly #known = new Set<string>()
	#sending: Promise<void> = Promise.resolve()

	/** @param isNeeded false when executors have the files by other ways */
	constructor(jvm: Jvm, scala: JavaRef, isNeeded: boolean) {
		this.#jvm = jvm
		this.#scala = scala
		this.#isNeeded = isNeeded
	}

	/** Sends what is referred to now and was not sent before. @throws task/closure for a package that cannot be packed */
	send(): Promise<void> {
		if (!this.#isNeeded) return this.#sending
		const added = [...namedFiles()].filter((file) => !this.#known.has(file))
		if (added.length === 0) return this.#sending
		for (const file of added) this.#known.add(file)
		const sending = this.#sending.then(() => this.#send(added))
		// The job that needs it hears of it; the next one tries again.
		this.#sending = sending.catch(() => {
			for (const file of added) this.#known.delete(file)
		})
		return sending
	}

	async #send(files: readonly string[]): Promise<void> {
		const { path, hash } = await packagesArchive(files)
		if (this.#known.has(path)) return
		await this.#jvm.plan.call(this.#scala, 'addArchive', `${path}#${laterPackages}${hash}`)
		this.#known.add(path)
	}
}
