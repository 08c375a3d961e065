/** The public names of the engine, and the only engine file that kernel/ and repl/ import. */

export { type Clock, type Disposable, ManualClock, SystemClock, stopwatch, systemClock } from './base/clock.js'
export { SparkConf } from './base/config.js'
export { type ErrorCode, type ErrorParts, StreamError } from './base/errors.js'
export type {
	BatchInfo,
	EngineEvent,
	EventKind,
	EventOf,
	OutputOperationInfo,
	ReceiverInfo,
	StreamInputInfo,
} from './base/events.js'
export { type Host, host, type Notice, type PrintedBatch, type Printing, setHost } from './base/host.js'
export { interruptTasks } from './base/interrupts.js'
export { StreamingListener } from './base/listener.js'
export type { LogLevel } from './base/log.js'
export { nearestNames } from './base/nearest.js'
export { packageFile, packageVersion } from './base/package.js'
export { type PerProcess, type PerProcessOptions, perProcess } from './base/perprocess.js'
export {
	Duration,
	type DurationLike,
	Durations,
	Interval,
	Milliseconds,
	Minutes,
	Seconds,
	Time,
} from './base/time.js'
export { closure } from './closure/explicit.js'
export { Check, type CheckedBatch, check } from './context/check.js'
export type { LiveGraph, StreamingContextState } from './context/members.js'
export { StreamingContext, type StreamingContextOptions } from './context.js'
export type { GraphDescription, StreamDescription } from './dstream/describe.js'
export { DStream } from './dstream/dstream.js'
export { InputDStream } from './dstream/input.js'

import './dstream/elements.js'
import './dstream/pairs.js'
import './dstream/pairwindows.js'
import './dstream/looking.js'

export { type ObservedBatch, type ObserveOptions, Observer } from './dstream/observer.js'
export { Output, type OutputOptions } from './dstream/output.js'

import './dstream/outputs.js'

export { MapWithStateDStream } from './dstream/mapwithstate.js'
export type { Replacement, Succession } from './dstream/replacement.js'
export { State, StateSpec } from './dstream/state.js'
export {
	type TransactionalDatabase,
	type TransactionalOptions,
	type TransactionUnit,
	transactional,
} from './dstream/transactional.js'
export { windowOf } from './dstream/windowof.js'

import './dstream/countkeys.js'
import './dstream/reset.js'
import './dstream/states.js'
import './dstream/windows.js'

export type { SeenBatch } from './dstream/looking.js'
export { Trace } from './dstream/trace.js'
export { ConstantInputDStream } from './input/constant.js'
export { Queue, type QueueLike } from './input/queue.js'
export { ReceiverInputDStream } from './input/received.js'
export { AccumulatorV2, CollectionAccumulator, DoubleAccumulator, LongAccumulator } from './rdd/accumulator.js'
export type { Action } from './rdd/action.js'
export { PartialResult } from './rdd/approximate.js'
export { FutureAction } from './rdd/async.js'
export { BarrierTaskContext, RDDBarrier } from './rdd/barrier.js'
export { Broadcast } from './rdd/broadcast.js'
export { type ApproximateEvaluator, BoundedDouble } from './rdd/evaluators.js'
export { RangePartitioner } from './rdd/ordered.js'
export { HashPartitioner, Partitioner } from './rdd/partitioner.js'
export type { SocketConverter } from './receiver/convertsocket.js'

import './rdd/element.js'
import './rdd/sets.js'
import './rdd/pair.js'
import './rdd/numeric.js'
import './rdd/actions.js'
import './rdd/checkpoint.js'
import './rdd/debugstring.js'
import './rdd/objectfiles.js'
import './rdd/savehadoop.js'
import './rdd/sequencefiles.js'
import './rdd/textfiles.js'
import './rdd/pipe.js'
import './rdd/distinctcount.js'
import './rdd/samplebykey.js'

export type { HadoopConf } from './rdd/hadoopconf.js'
export type { MemoryStatus } from './rdd/persistent.js'
export { RDD } from './rdd/rdd.js'
export type { Fractions } from './rdd/samplebykey.js'
export { type KeyOf, pair, type Shape, type ValueOf } from './rdd/shape.js'
export { StatCounter } from './rdd/statcounter.js'
export { TaskContext } from './rdd/taskcontext.js'
export { textOf } from './rdd/text.js'
export type { BlockGenerator, BlockGeneratorListener } from './receiver/blockgenerator.js'
export { Receiver, type ReceiverSupport } from './receiver/receiver.js'
export type { ReceiverFacts } from './receiver/tracker.js'
export type { FindIntervalOptions } from './scheduler/findinterval.js'
export type { FoundInterval, IntervalStep } from './scheduler/foundinterval.js'
export type { RateOfBatch, StreamingProgress } from './scheduler/progress.js'
export { StatsReportListener } from './scheduler/statsreport.js'
export type { Verdict } from './scheduler/verdict.js'
export { SparkContext, type SparkContextOptions } from './sparkcontext.js'
export {
	type Appender,
	type FileStatus,
	type FileSystem,
	type FileSystemOpener,
	type Located,
	registerFileSystem,
} from './storage/filesystem.js'
export { StorageLevel } from './storage/level.js'
export { SparkFiles } from './storage/sparkfiles.js'
