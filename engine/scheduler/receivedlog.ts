/** The write-ahead log of receivers as the settings want it: where it is, how its files roll. */

import type { Clock } from '../base/clock.js'
import type { SparkConf } from '../base/config.js'
import { asError, StreamError } from '../base/errors.js'
import { host } from '../base/host.js'
import { BlockLog } from '../receiver/blocklog.js'
import { locate } from '../storage/filesystem.js'
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

/**
 * Which blocks a batch has is written before its jobs are made, and nothing waits for that.
 * @throws output/path for a file system whose writes end later
 */
export function requireLoggable(conf: SparkConf, directory: string | undefined): void {
	if (directory === undefined || !wantsLog(conf)) return
	const { files, path } = locate(directory)
	if (files.append !== undefined) return
	const file = `${path}/_tried`
	const written = files.write(file, new Uint8Array())
	if (!(written instanceof Promise)) {
		files.remove(file)
		return
	}
	written
		.then(() => files.remove(file))
		.catch((thrown) => {
			const text = `${files.shown(file)}: ${asError(thrown).message}`
			host().notice({ level: 'warning', text, group: undefined })
		})
	throw new StreamError(
		'output/path',
		`${files.shown(path)}: a write-ahead log needs files that can be written at once`,
		{
			where: 'spark.streaming.receiver.writeAheadLog.enable',
			remedy: 'keep checkpoints on a local or mounted disk, or let append() of that file system be there',
		},
	)
}
