/** The engine's own objects in one line: what a cell shows of an RDD, a stream or a context. */

import { inspect } from 'node:util'
import {
	type BatchInfo,
	Check,
	DStream,
	Duration,
	ManualClock,
	Output,
	Queue,
	RDD,
	SparkContext,
	StreamError,
	StreamingContext,
	Time,
	Trace,
} from '../../engine/index.js'
import { isBatch } from './batches.js'

const times = (n: number, what: string): string => `${n} ${what}${n === 1 ? '' : 's'}`

/** `500 ms`, `1 s`, `1.5 s`, `2 min`. */
export function lengthText({ milliseconds }: Duration): string {
	if (milliseconds !== 0 && milliseconds % 60_000 === 0) return `${milliseconds / 60_000} min`
	return Math.abs(milliseconds) < 1_000 ? `${milliseconds} ms` : `${milliseconds / 1_000} s`
}

/** `reduceByKey of map of lines`: up to the first named stream on each way. */
function pipeline(stream: DStream<unknown>): string {
	const parents = stream.sources.map((parent: DStream<unknown>) => parent.name ?? pipeline(parent))
	if (parents.length === 0) return stream.operator
	return `${stream.operator} of ${parents.length === 1 ? parents[0] : `(${parents.join(', ')})`}`
}

function rddText(rdd: RDD<unknown>): string {
	const parents = rdd.dependencies.map((parent) => parent.name ?? `${parent.kind}[${parent.id}]`)
	const name = rdd.name === undefined ? '' : ` ${rdd.name}:`
	const from = parents.length === 0 ? '' : ` of ${parents.join(', ')}`
	return `RDD${name} ${rdd.kind}[${rdd.id}]${from}, ${times(rdd.getNumPartitions(), 'partition')}`
}

/** The summary of a value of the engine, undefined for all others. */
export function summaryOf(value: unknown): string | undefined {
	if (value instanceof DStream) {
		const name = value.name === undefined ? '' : ` ${value.name}:`
		return `DStream${name} ${pipeline(value)}, every ${lengthText(value.slideDuration)}`
	}
	if (value instanceof RDD) return rddText(value)
	if (value instanceof StreamingContext) {
		const parts = `${times(value.inputs.length, 'input')}, ${times(value.outputs.length, 'output')}`
		return `StreamingContext ${value.getState()}, batches of ${lengthText(value.batchDuration)}: ${parts}`
	}
	if (value instanceof SparkContext) return `SparkContext ${value.appName} on ${value.master}`
	if (value instanceof ManualClock) return `ManualClock at ${value.now()} ms: ssc.step() moves it on by a batch`
	if (value instanceof Queue) return `Queue, ${times(value.length, 'batch').replace('batchs', 'batches')} waiting`
	if (value instanceof Output) return `Output ${value.id}: ${value.name}, every ${lengthText(value.slideDuration)}`
	if (value instanceof Trace || value instanceof Check) return value.toString()
	if (value instanceof Duration || value instanceof Time) return value.toString()
	if (value instanceof StreamError && !(inspect.custom in value))
		return [value.toString(), ...framesOf(value)].join('\n')
	if (isBatch(value)) return batchText(value)
	if (Array.isArray(value) && value.length > 0 && value.every(isBatch)) return value.map(batchText).join('\n')
	return undefined
}

/** What a batch was, in one line: its fields are there for programs. */
function batchText(batch: BatchInfo): string {
	const outputs = Object.values(batch.outputOperationInfos)
	const failed = outputs.filter((output) => output.failureReason !== undefined).length
	const parts = [
		`batch ${batch.batchTime} ms`,
		times(batch.numRecords, 'record'),
		`${times(outputs.length, 'output')}${failed === 0 ? '' : `, ${failed} failed`}`,
	]
	if (batch.processingDelay !== undefined) parts.push(`processing ${batch.processingDelay} ms`)
	if (batch.totalDelay !== undefined) parts.push(`total delay ${batch.totalDelay} ms`)
	return parts.join(' · ')
}

function framesOf(error: Error): string[] {
	const lines = error.stack?.split('\n') ?? []
	return lines.slice(lines.findIndex((line) => /^\s+at /.test(line))).filter((line) => /^\s+at /.test(line))
}
