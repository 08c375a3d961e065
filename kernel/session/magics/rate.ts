/** `%rate`: how many records an input brings, and how many it may bring. */

import { InputDStream, ReceiverInputDStream, type StreamingContext } from '../../../engine/index.js'
import { inColumns } from './columns.js'
import { findStream, noStream, recordsOf } from './streams.js'
import { handleOf } from './survey.js'
import { wrongUse } from './usage.js'
import type { SessionMagic } from './world.js'

type AnyInput = InputDStream<unknown>

/** An input that makes its records at a rate of its own. */
const hasRate = (input: AnyInput): input is AnyInput & { perSecond: number } =>
	'perSecond' in input && typeof input.perSecond === 'number'

/** `%rate [stream [perSecond]]`. */
export const rate: SessionMagic = (argument, world) => {
	const ssc = world.contexts.streamingContext
	const [word, asked, ...rest] = argument.split(/\s+/).filter((each) => each !== '')
	if (rest.length > 0) throw wrongUse('rate', `too many arguments: ${rest.join(' ')}`)
	if (word === undefined) {
		if (ssc.inputs.length === 0) console.log('no inputs yet')
		for (const line of inColumns(ssc.inputs.map((input) => rateRow(input, ssc)))) console.log(line)
		return
	}
	const input = findStream(word, ssc, world)
	if (input === undefined) throw noStream('rate', word, ssc, world)
	if (!(input instanceof InputDStream)) {
		throw wrongUse('rate', `${word} is no input but a stream of ${input.operator}: its inputs have rates`)
	}
	if (asked !== undefined) setRate(input, asked)
	for (const line of inColumns([rateRow(input, ssc)])) console.log(line)
}

function rateRow(input: AnyInput, ssc: StreamingContext): string[] {
	const brought = recordsOf(input, ssc)
	return [
		handleOf(input),
		input.operator,
		brought === '' ? 'no batch yet' : `${brought} in the last batch`,
		hasRate(input) ? `makes ${input.perSecond} a second` : limitOf(input),
	]
}

function limitOf({ receiver }: AnyInput): string {
	if (receiver === undefined) return 'no limit to set'
	return receiver.rateLimit === undefined ? 'no limit' : `at most ${receiver.rateLimit} a second`
}

function setRate(input: AnyInput, asked: string): void {
	const name = handleOf(input)
	const perSecond = Number(asked)
	if (!(perSecond > 0 && Number.isFinite(perSecond))) {
		throw wrongUse('rate', `a rate is a positive number of records a second, but got '${asked}'`)
	}
	if (hasRate(input)) {
		input.perSecond = perSecond
		return
	}
	if (!(input instanceof ReceiverInputDStream)) {
		throw wrongUse('rate', `${name} is a ${input.operator}, whose batches come as they are: it has no rate`)
	}
	if (input.receiver === undefined) {
		throw wrongUse('rate', `the receiver of ${name} does not run yet: %start first`)
	}
	const limit = input.limitRate(perSecond) ?? perSecond
	if (limit < perSecond) console.log(`spark.streaming.receiver.maxRate allows ${limit} a second`)
}
