/** How the streams of a session are: memory, and each stream with the keys it remembers. Plain data for a dashboard. */

import { InputDStream, type StreamingContext } from '../../engine/index.js'
import { survey } from './magics/survey.js'
import type { MagicWorld } from './magics/world.js'

/** One stream of the graph. */
export interface StreamVitals {
	readonly id: number
	readonly title: string
	readonly operator: string
	/** The cell that made it: `[3]`. */
	readonly label: string
	readonly slideMs: number
	/** Set for inputs: their id in the facts of batches. */
	readonly inputId?: number
	/** Keys that an operator with state remembers. */
	readonly keys?: number
}

/** What a dashboard shows beside the facts of batches. */
export interface Vitals {
	/** Memory of the session's process. */
	readonly processBytes: number
	/** Kept records and received blocks, estimated, and the limit for them. */
	readonly keptBytes: number
	readonly keptLimitBytes: number
	readonly diskBytes: number
	/** The batch interval. */
	readonly intervalMs: number
	/** Parents before children. */
	readonly streams: readonly StreamVitals[]
}

/** Takes the vitals of the newest context; what was counted before stands for what cannot be counted now. */
export async function vitalsOf(world: MagicWorld, before: Vitals | undefined): Promise<Vitals | undefined> {
	const ssc = world.contexts.newest
	if (ssc === undefined) return undefined
	const { limitBytes, usedBytes, diskBytes } = ssc.sparkContext.memoryStatus()
	const { streams, used } = survey(ssc, world)
	const known = new Map(before?.streams.map(({ id, keys }) => [id, keys]))
	const rows = streams
		.filter((stream) => used.has(stream))
		.map(async (stream): Promise<StreamVitals> => {
			const { streamId: id, title, operator, slideDuration } = stream
			// Counting is a job: it never runs beside a batch.
			const keys = isBusy(ssc) ? known.get(id) : await stream.countKeys()
			return {
				...{ id, title, operator, label: world.labelOf(stream.group), slideMs: slideDuration.milliseconds },
				...(stream instanceof InputDStream ? { inputId: stream.id } : {}),
				...(keys === undefined ? {} : { keys }),
			}
		})
	return {
		...{ processBytes: process.memoryUsage.rss(), keptBytes: usedBytes, keptLimitBytes: limitBytes, diskBytes },
		...{ intervalMs: ssc.batchDuration.milliseconds, streams: await Promise.all(rows) },
	}
}

const isBusy = ({ progress }: StreamingContext): boolean =>
	progress.waitingBatches.length + progress.runningBatches.length > 0
