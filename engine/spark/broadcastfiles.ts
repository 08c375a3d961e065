/** Broadcast values as Spark sends them: a file each, which outlives the value, and a Spark broadcast of that file. */

import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { shipFunction } from '../closure/ship.js'
import type { Broadcast } from '../rdd/broadcast.js'
import { Cargo } from './cargo.js'
import type { Jvm } from './jvm.js'
import type { JavaRef } from './py4j.js'

/** What is in the file of a broadcast value. */
export interface BroadcastContent {
	/** The program's number of it. */
	readonly id: number
	readonly value: unknown
}

interface Sent {
	readonly ref: JavaRef
	readonly path: string
}

/** Sends each value once, when a stage first refers to it. */
export class BroadcastFiles {
	readonly #jvm: Jvm
	readonly #java: JavaRef
	readonly #folder: string
	readonly #sent = new WeakMap<Broadcast<unknown>, Promise<Sent>>()
	/** Frees what Spark has of values that the program has let go. */
	readonly #gone = new FinalizationRegistry<Promise<Sent>>((sent) => void this.#drop(sent))
	#next = 0

	constructor(jvm: Jvm, java: JavaRef, folder: string) {
		this.#jvm = jvm
		this.#java = java
		this.#folder = folder
	}

	/** What Spark has of a value. @throws task/closure for one that cannot travel */
	send(broadcast: Broadcast<unknown>): Promise<Sent> {
		let sent = this.#sent.get(broadcast)
		if (sent === undefined) {
			sent = this.#send(broadcast)
			this.#sent.set(broadcast, sent)
			this.#gone.register(broadcast, sent)
		}
		return sent
	}

	async #send(broadcast: Broadcast<unknown>): Promise<Sent> {
		const operator = { name: `broadcast ${broadcast.id}`, site: undefined }
		const { bytes } = shipFunction({ id: broadcast.id, value: broadcast.value }, operator, new Cargo().carriers)
		const path = join(this.#folder, `broadcast-${this.#next++}`)
		writeFileSync(path, bytes, { mode: 0o600 })
		return this.#jvm.scope(async (brief) => {
			const { plan } = this.#jvm
			const file = brief(await plan.call<JavaRef>('org.apache.spark.api.python.PythonRDD', 'setupBroadcast', path))
			const ref = await plan.call<JavaRef>(this.#java, 'broadcast', file)
			return { ref, path }
		})
	}

	async #drop(sending: Promise<Sent>): Promise<void> {
		const sent = await sending.catch(() => undefined)
		if (sent === undefined) return
		this.#jvm.free(sent.ref)
		rmSync(sent.path, { force: true })
	}
}
