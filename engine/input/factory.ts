/** The methods of a StreamingContext that make input streams, and streams of several streams. */

import { StreamError } from '../base/errors.js'
import type { Time } from '../base/time.js'
import type { AnyDStream, DStream } from '../dstream/dstream.js'
import { transformed } from '../dstream/elements.js'
import type { InputDStream } from '../dstream/input.js'
import type { Registry } from '../dstream/registry.js'
import { unionStreams } from '../dstream/union.js'
import type { RDD } from '../rdd/rdd.js'
import type { Shape } from '../rdd/shape.js'
import type { SocketConverter } from '../receiver/convertsocket.js'
import { Receiver } from '../receiver/receiver.js'
import { StorageLevel } from '../storage/level.js'
import { bytesFormat, type FileFormat, recordsFormat, sequenceFormat, textFormat, wholeFormat } from './fileformats.js'
import { type FileFilter, FileInputDStream } from './files.js'
import { Queue, QueueInputDStream, type QueueLike } from './queue.js'
import { RateInputDStream } from './rate.js'
import { PluggableInputDStream, type ReceiverInputDStream } from './received.js'
import { type SampleName, sampleStream } from './sample.js'
import { ScriptInputDStream } from './script.js'
import { RawInputDStream, SocketInputDStream } from './socket.js'

/** What `ssc.transform` gives to its function. */
// biome-ignore lint/suspicious/noExplicitAny: RDDs of any record types, as in Spark's Seq[RDD[_]]
export type RDDs = RDD<any>[]

export abstract class InputFactory {
	/**
	 * Text lines from a TCP server: UTF-8, ended by `\n`, `\r` or `\r\n`. A server that cannot be reached is tried again
	 * every 2 s while batches go on empty.
	 * @throws argument/illegal for a port that is none
	 */
	socketTextStream(
		hostname: string,
		port: number,
		storageLevel: StorageLevel = StorageLevel.MEMORY_AND_DISK_SER_2,
	): ReceiverInputDStream<string> {
		const address = { host: hostname, port, level: storageLevel }
		return new SocketInputDStream<string>(asRegistry(this), 'socketTextStream', address)
	}

	/**
	 * Records that `converter` makes of what a TCP server sends: it is given the chunks of a connection and yields records
	 * (`async function* (chunks) { for await (const chunk of chunks) yield … }`). It runs anew for each connection.
	 * @throws argument/illegal for an address or a converter that is none
	 */
	socketStream<T extends Shape>(
		hostname: string,
		port: number,
		converter: SocketConverter<T>,
		storageLevel: StorageLevel = StorageLevel.MEMORY_AND_DISK_SER_2,
	): ReceiverInputDStream<T> {
		if (typeof converter !== 'function') {
			throw new StreamError('argument/illegal', `${String(converter)} is no converter`, {
				where: 'socketStream',
				remedy: 'give a function: async function* (chunks) { … }',
			})
		}
		const address = { host: hostname, port, level: storageLevel }
		return new SocketInputDStream<T>(asRegistry(this), 'socketStream', address, converter)
	}

	/**
	 * Blocks that a TCP server sends ready-made: four bytes of length, big-endian, then `v8.serialize([…records])`. How many
	 * records come is not known before they are read, so facts of batches say 0.
	 * @throws argument/illegal for an address that is none
	 */
	rawSocketStream<T>(
		hostname: string,
		port: number,
		storageLevel: StorageLevel = StorageLevel.MEMORY_AND_DISK_SER_2,
	): ReceiverInputDStream<T> {
		return new RawInputDStream<T>(asRegistry(this), 'rawSocketStream', { host: hostname, port, level: storageLevel })
	}

	/**
	 * The lines of files that appear in a directory (or in the directories that a pattern names): each file once, in the
	 * batch in which it appears. Move files in whole; names that begin with a dot do not count.
	 * @throws input/path for a scheme without a file system
	 */
	textFileStream(directory: string): DStream<string> {
		const files = new FileInputDStream(asRegistry(this), directory, {
			operator: 'textFileStream',
			format: textFormat,
			formatFrom: 'text',
		})
		const lines = files.map(([, line]) => line)
		// Titles and names say what the program called.
		lines.operator = 'textFileStream'
		return lines
	}

	/**
	 * Records of files that appear in a directory. By default pairs of the position of a line in its file and the line;
	 * `format: 'sequence'` gives the pairs of sequence files, `'binary'` pairs of path and bytes, a function any records
	 * of the bytes of a file.
	 * @param options or Spark's filter (given the path, `file:/data/x.txt`) and `newFilesOnly` (default true)
	 */
	fileStream(
		directory: string,
		filter?: (path: string) => boolean,
		newFilesOnly?: boolean,
	): InputDStream<[number, string]>
	fileStream(directory: string, options: FileFilter & { readonly format?: 'text' }): InputDStream<[number, string]>
	fileStream(directory: string, options: FileFilter & { readonly format: 'binary' }): InputDStream<[string, Uint8Array]>
	fileStream(directory: string, options: FileFilter & { readonly format: 'sequence' }): InputDStream<[unknown, unknown]>
	fileStream<U extends Shape>(
		directory: string,
		options: FileFilter & { readonly format: (bytes: Uint8Array, path: string) => Iterable<U> },
	): InputDStream<U>
	fileStream(directory: string, second?: unknown, newFilesOnly?: boolean): InputDStream<unknown> {
		const options: FileFilter & { format?: unknown } =
			typeof second === 'object' && second !== null ? second : { filter: second as FileFilter['filter'], newFilesOnly }
		return new FileInputDStream<unknown>(asRegistry(this), directory, {
			operator: 'fileStream',
			format: formatOf(options.format),
			formatFrom: options.format ?? 'text',
			filter: options.filter,
			newFilesOnly: options.newFilesOnly,
		})
	}

	/**
	 * Records of `recordLength` bytes each, of files that appear in a directory. A file that is no whole number of them
	 * fails its task. @throws argument/illegal for a length that is no positive whole number
	 */
	binaryRecordsStream(directory: string, recordLength: number): InputDStream<Uint8Array> {
		if (!Number.isSafeInteger(recordLength) || recordLength < 1) {
			throw new StreamError('argument/illegal', `${String(recordLength)} is no record length`, {
				where: 'binaryRecordsStream',
				remedy: 'give a positive whole number of bytes',
			})
		}
		return new FileInputDStream(asRegistry(this), directory, {
			operator: 'binaryRecordsStream',
			format: recordsFormat(recordLength),
			formatFrom: recordLength,
		})
	}

	/** Records that a receiver of the program stores. @throws argument/illegal for what is no receiver */
	receiverStream<T>(receiver: Receiver<T>): ReceiverInputDStream<T> {
		if (!(receiver instanceof Receiver)) {
			throw new StreamError('argument/illegal', `${String(receiver)} is no receiver`, {
				where: 'receiverStream',
				remedy: 'give an instance of a class that extends Receiver',
			})
		}
		return new PluggableInputDStream(asRegistry(this), receiver)
	}

	/** An empty queue for `queueStream`. */
	queue<T>(): Queue<T> {
		return new Queue<T>()
	}

	/**
	 * Batches from a queue; what is pushed later is seen. One element a batch, or all that is there.
	 * @param defaultRDD for an empty queue (default: one empty partition); null: no partitions
	 */
	queueStream<T extends Shape>(queue: QueueLike<T>, oneAtATime = true, defaultRDD?: RDD<T> | null): InputDStream<T> {
		return new QueueInputDStream(asRegistry(this), queue, oneAtATime, defaultRDD)
	}

	/** Numbered records at a steady rate, made by `f` from 0, 1, 2 …; the same on every run with a ManualClock. */
	rateStream(perSecond: number): InputDStream<number>
	rateStream<U extends Shape>(perSecond: number, f: (i: number) => U): InputDStream<U>
	rateStream(perSecond: number, f: (i: number) => unknown = (i) => i): InputDStream<unknown> {
		return new RateInputDStream(asRegistry(this), perSecond, f)
	}

	/** Lines of a shipped text, again from its start when it ends (default 10 lines a second). */
	sampleStream(name: SampleName, options: { readonly perSecond?: number } = {}): InputDStream<string> {
		return sampleStream(asRegistry(this), name, options.perSecond ?? 10)
	}

	/** One list a batch, afterwards empty batches. */
	script<T extends Shape>(batches: readonly (readonly T[])[]): InputDStream<T> {
		return new ScriptInputDStream(asRegistry(this), batches)
	}

	/** All records of all streams. @throws argument/illegal when contexts or slide durations differ */
	union<T>(streams: readonly DStream<T>[]): DStream<T> {
		requireStreams(streams, 'union')
		if (streams.length === 0) throw new StreamError('argument/missing', 'next on empty iterator', { where: 'union' })
		return unionStreams(streams)
	}

	/** A function of the RDDs of several streams at the same time; it runs once a batch, when jobs are generated. */
	transform<U extends Shape>(streams: readonly AnyDStream[], f: (rdds: RDDs, time: Time) => RDD<U>): DStream<U> {
		requireStreams(streams, 'transform')
		if (streams.length === 0) throw new StreamError('argument/missing', 'head of empty list', { where: 'transform' })
		return transformed(streams, 'transform', f)
	}
}

/** Only the StreamingContext extends this class. */
function asRegistry(self: InputFactory): Registry {
	return self as unknown as Registry
}

/** @throws argument/illegal unless it is an array */
function requireStreams(streams: unknown, where: string): void {
	if (Array.isArray(streams)) return
	const remedy = `give the streams in an array: ssc.${where}([a, b]…)`
	throw new StreamError('argument/illegal', `${String(streams)} is no array of streams`, { where, remedy })
}

/** @throws argument/illegal for a format that is none */
function formatOf(format: unknown): FileFormat<unknown> {
	if (format === undefined || format === 'text') return textFormat
	if (format === 'sequence') return sequenceFormat
	if (format === 'binary') return wholeFormat
	if (typeof format === 'function') return bytesFormat(format as (bytes: Uint8Array, path: string) => Iterable<unknown>)
	throw new StreamError('argument/illegal', `${String(format)} is no file format`, {
		where: 'fileStream',
		remedy: "use 'text', 'sequence', 'binary' or a function of the bytes",
	})
}
