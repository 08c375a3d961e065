/**
 * Shows the remembered past to outputs and views that have just joined, one batch after another, before their first
 * batch. What they see is fixed when they join: later batches forget.
 *
 *   joins ──prepare each past batch──▶ shown one after another ──▶ its first batch
 */

import { asError } from '../base/errors.js'
import type { Time } from '../base/time.js'
import type { AppliedEdits, Failure } from '../dstream/edits.js'
import { Observer } from '../dstream/observer.js'
import type { Output, OutputRun } from '../dstream/output.js'
import type { JobProperties } from './jobproperties.js'

type AppliedMember = AppliedEdits['joined'][number]

export class Backfilling {
	readonly #properties: JobProperties
	readonly #failed: (time: Time, failure: Failure) => void
	/** Members that see the past before their first batch. */
	readonly #members = new Map<AppliedMember, Promise<void>>()

	constructor(properties: JobProperties, failed: (time: Time, failure: Failure) => void) {
		this.#properties = properties
		this.#failed = failed
	}

	/** True when nobody is being shown the past. */
	get isIdle(): boolean {
		return this.#members.size === 0
	}

	/** Begins to show the batches at `past` to a member. */
	show(member: AppliedMember, past: readonly Time[]): void {
		const shows: (() => Promise<void>)[] = []
		const attempt = async (time: Time, body: () => Promise<void> | undefined): Promise<void> => {
			try {
				await body()
			} catch (thrown) {
				this.#failed(time, { error: asError(thrown), group: member.group })
			}
		}
		for (const time of past) {
			void attempt(time, () => {
				const show = member instanceof Observer ? member.lookAt(time) : runOf(member, time, this.#properties)
				if (show !== undefined) shows.push(() => attempt(time, show))
				return undefined
			})
		}
		const over = (async () => {
			for (const show of shows) await show()
			this.#members.delete(member)
		})()
		this.#members.set(member, over)
	}

	/**
	 * Resolves when the looks of a batch are over, and the past of members that have joined. Nothing is forgotten before:
	 * they read what streams remember, and its checkpoint files.
	 */
	async shown(looks: readonly (() => Promise<void>)[]): Promise<void> {
		await Promise.all([...looks.map((look) => look()), ...this.#members.values()])
	}
	/** The look of an observer at a batch, after its past. */
	look(observer: Observer, time: Time): (() => Promise<void>) | undefined {
		const look = observer.prepare(time)
		const past = this.#members.get(observer)
		return look === undefined || past === undefined ? look : () => past.then(look)
	}
	/** The run of an output, after its past. */
	afterPast(run: OutputRun): OutputRun {
		const past = this.#members.get(run.output)
		return past === undefined
			? run
			: { ...run, run: (index, properties) => past.then(() => run.run(index, properties)) }
	}
}

function runOf(output: Output, time: Time, properties: JobProperties): (() => Promise<void>) | undefined {
	const run = output.runAt(time)
	return run === undefined ? undefined : () => run.run(0, properties.ofJob(time, 0))
}
