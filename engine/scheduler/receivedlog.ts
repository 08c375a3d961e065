/** The write-ahead log of receivers as the settings want it: where it is, how its files roll. */

import type { Clock } from '../base/clock.js'
import type { SparkConf } from '../base/config.js'
import { BlockLog } from '../receiver/blocklog.js'
import { WriteAheadLog } from '../storage/log/log.js'

export interface ReceivedLogParts {
	readonly clock: Clock
	readonly conf: SparkConf
	/** The directory of the context's checkpoints; undefined for none. */
	readonly directory: string | undefined
	/** How a checkpoint knows an input stream. */
	readonly keyOf: (streamId: number) => string
}

/** True when received blocks are to be logged. */
export const wantsLog = (conf: SparkConf): boolean =>
	conf.getBoolean('spark.streaming.receiver.writeAheadLog.enable', false)

/** The log of one life, opened when its time grid is known; undefined when there is none. */
export function receivedLog({ clock, conf, directory, keyOf }: ReceivedLogParts): BlockLog | undefined {
	if (directory === undefined || !wantsLog(conf)) return undefined
	const open = (side: string, folder: string): WriteAheadLog => {
		const prefix = `spark.streaming.${side}.writeAheadLog`
		return new WriteAheadLog({
			directory: `${directory}/${folder}`,
			clock,
			rollingMs: 1_000 * conf.getInt(`${prefix}.rollingIntervalSecs`, 60),
			maxFailures: conf.getInt(`${prefix}.maxFailures`, 3),
			closeAfterWrite: conf.getBoolean(`${prefix}.closeFileAfterWrite`, false),
		})
	}
	return new BlockLog({
		data: open('receiver', 'receivedData'),
		batches: open('driver', 'receivedBlockMetadata'),
		keyOf,
		timeoutMs: 1_000 * conf.getInt('spark.streaming.receiver.blockStoreTimeout', 30),
	})
}
