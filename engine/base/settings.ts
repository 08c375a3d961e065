/**
 * Every `spark.streaming.*` and `rivulet.*` setting: its type, default and meaning. What is not here does not exist.
 *
 * Source: Spark's `StreamingConf`, the connectors' conf objects, docs/configuration.md.
 */

export type SettingType = 'boolean' | 'int' | 'long' | 'double' | 'string' | 'time ms' | 'time s' | 'size'

export interface Setting {
	readonly key: string
	readonly type: SettingType
	/** As it is written in a SparkConf; undefined when there is none or it depends on other settings. */
	readonly default: string | undefined
	readonly meaning: string
}

type Row = readonly [key: string, type: SettingType, fallback: string | undefined, meaning: string]

const walRows = (side: string): Row[] => [
	[`${side}.writeAheadLog.class`, 'string', undefined, `class of the ${side}'s write-ahead log`],
	[`${side}.writeAheadLog.rollingIntervalSecs`, 'int', '60', `seconds that one log file of the ${side} spans`],
	[`${side}.writeAheadLog.maxFailures`, 'int', '3', `write attempts of the ${side}'s log`],
	[`${side}.writeAheadLog.closeFileAfterWrite`, 'boolean', 'false', 'close the file after each write (no append)'],
]

const streamingRows: readonly Row[] = [
	['backpressure.enabled', 'boolean', 'false', 'adapt the rate of receivers to the processing rate'],
	['backpressure.initialRate', 'long', undefined, 'first rate of each receiver, records per second'],
	['backpressure.rateEstimator', 'string', 'pid', 'estimator of the rate; only pid'],
	['backpressure.pid.proportional', 'double', '1.0', 'weight of the error, at least 0'],
	['backpressure.pid.integral', 'double', '0.2', 'weight of the accumulated error, at least 0'],
	['backpressure.pid.derived', 'double', '0.0', 'weight of the change of the error, at least 0'],
	['backpressure.pid.minRate', 'double', '100', 'lower bound of estimates, records per second'],
	['receiver.maxRate', 'long', '9223372036854775807', 'most records per second and receiver'],
	['blockInterval', 'time ms', '200ms', 'how long a receiver gathers one block'],
	['blockQueueSize', 'int', '10', 'blocks that may wait to be stored'],
	['receiver.writeAheadLog.enable', 'boolean', 'false', 'log received data before it is used'],
	...walRows('receiver'),
	...walRows('driver'),
	['driver.writeAheadLog.allowBatching', 'boolean', 'true', 'write several records at once'],
	['driver.writeAheadLog.batchingTimeout', 'long', '5000', 'longest wait for a grouped write, ms'],
	['receiver.blockStoreTimeout', 'int', '30', 'seconds to store one block'],
	['receiverRestartDelay', 'int', '2000', 'ms before a receiver starts again'],
	['unpersist', 'boolean', 'true', 'free forgotten RDDs and received blocks'],
	['concurrentJobs', 'int', '1', 'output operations that may run at once'],
	['stopGracefullyOnShutdown', 'boolean', 'false', 'process what was received before the process ends'],
	['stopSparkContextByDefault', 'boolean', 'true', 'default of the first argument of stop()'],
	['gracefulStopTimeout', 'time ms', undefined, 'limit of a graceful stop; 10 batch intervals'],
	['checkpoint.directory', 'string', undefined, 'checkpoint directory set at construction'],
	['clock', 'string', 'org.apache.spark.util.SystemClock', 'class of the clock'],
	['manualClock.jump', 'long', '0', 'ms added to a manual clock at recovery'],
	['fileStream.minRememberDuration', 'time s', '60s', 'how long a file stream remembers files'],
	['minRememberDuration', 'time s', '60s', 'old name of fileStream.minRememberDuration'],
	['sessionByKey.deltaChainThreshold', 'int', '20', 'length of a chain of state changes before it is compacted'],
	['ui.retainedBatches', 'int', '1000', 'completed batches that are kept for display'],
	['internal.batchTime', 'string', undefined, 'batch time of a job; set by the engine'],
	['internal.outputOpId', 'string', undefined, 'output operation of a job; set by the engine'],
	['dynamicAllocation.enabled', 'boolean', 'false', 'add and remove executors by load'],
	['dynamicAllocation.testing', 'boolean', 'false', 'allow dynamic allocation in local mode'],
	['dynamicAllocation.minExecutors', 'int', undefined, 'fewest executors; the number of receivers'],
	['dynamicAllocation.maxExecutors', 'int', '2147483647', 'most executors'],
	['dynamicAllocation.scalingInterval', 'time s', '60', 'seconds between two decisions'],
	['dynamicAllocation.scalingUpRatio', 'double', '0.9', 'load above which executors are added'],
	['dynamicAllocation.scalingDownRatio', 'double', '0.3', 'load below which executors are removed'],
	['kafka.maxRatePerPartition', 'long', '0', 'most records per second and partition; 0 is no limit'],
	['kafka.minRatePerPartition', 'long', '1', 'lower bound of an estimated rate'],
	['kafka.consumer.cache.enabled', 'boolean', 'true', 'keep consumers between batches'],
	['kafka.consumer.cache.initialCapacity', 'int', '16', 'consumers that the cache is made for'],
	['kafka.consumer.cache.maxCapacity', 'int', '64', 'consumers that the cache keeps'],
	['kafka.consumer.cache.loadFactor', 'double', '0.75', 'fill of the cache before it grows'],
	['kafka.consumer.poll.ms', 'long', '120000', 'longest wait of one poll'],
	['kafka.allowNonConsecutiveOffsets', 'boolean', 'false', 'accept gaps of compacted topics'],
	['kafka.maxRetries', 'int', '1', 'attempts to find the leaders (old connector)'],
	['kinesis.retry.waitTime', 'time ms', '100ms', 'first wait before a range is read again'],
	['kinesis.retry.maxAttempts', 'int', '3', 'attempts to read a range'],
]

const ownRows: readonly Row[] = [
	['liveGraph', 'boolean', undefined, 'streams may be added and removed while the context runs'],
	['backfill', 'int', '100', 'batches of input that a live graph remembers; 0 is none'],
	['backfill.maxBytes', 'size', '64m', 'most memory for remembered input'],
	[
		'receiver.maxUnprocessed',
		'size',
		undefined,
		'received, not processed before receivers wait; a quarter of memory.limit, 32m to 256m',
	],
	[
		'checkpoint.allowDropped',
		'string',
		undefined,
		'ids of operators, separated by commas, that a checkpoint may hold and the program has no more',
	],
	['receiver.maxLine', 'size', '128m', 'longest line of a socket; a longer one is skipped and reported'],
	[
		'threads',
		'string',
		'auto',
		'which stages run on the worker threads of local[N]: auto (those that are worth it), always (all that can), never',
	],
	[
		'cluster.anyVersion',
		'boolean',
		'false',
		'try a version of Spark that is not known, as if it were the newest known',
	],
	[
		'cluster.node',
		'string',
		'path',
		'the Node of executors: path (that on their PATH), send (the one that runs here), or an archive of it',
	],
	['cluster.executorWait', 'time ms', '60s', 'longest wait of the first job for an executor'],
	['cluster.check', 'boolean', 'false', 'compute here and try what would travel; set by rivulet check'],
	['cluster.archive', 'string', undefined, 'the archive for executors; made by rivulet submit'],
	['memory.limit', 'size', undefined, "most memory for persisted RDDs and received blocks; half of V8's heap limit"],
]

const named =
	(prefix: string) =>
	([key, type, fallback, meaning]: Row): Setting => ({ key: `${prefix}.${key}`, type, default: fallback, meaning })

/** All known settings of streaming and of Rivulet. */
export const settings: readonly Setting[] = [
	...streamingRows.map(named('spark.streaming')),
	...ownRows.map(named('rivulet')),
]
