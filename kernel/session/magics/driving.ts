/** `%start`, `%step`, `%clock`: when batches happen. */

import { type BatchInfo, StreamError, StreamingContext } from '../../../engine/index.js'
import { inColumns } from './columns.js'
import { stateLine } from './streams.js'
import { lengthOf } from './timing.js'
import { refuseArguments, wrongUse } from './usage.js'
import type { SessionMagic } from './world.js'

/** `%start`. */
export const start: SessionMagic = (argument, { contexts }) => {
	refuseArguments('start', argument)
	const ssc = contexts.streamingContext
	if (ssc.isActive) {
		console.log(`already started: ${stateLine(ssc)}`)
		return
	}
	ssc.start()
	console.log(stateLine(ssc) + (ssc.clock.isManual ? ' · %step makes the next batch' : ''))
	if (ssc.outputs.length === 0) console.log('no outputs yet: end a stream with print(), or show it')
}

/** `%step [n]`. */
export const step: SessionMagic = async (argument, { contexts }) => {
	if (!/^(|[1-9]\d*)$/.test(argument)) {
		throw wrongUse('step', `%step takes a positive whole number of batches, but got '${argument}'`)
	}
	const ssc = contexts.streamingContext
	if (!ssc.clock.isManual) {
		throw new StreamError('time/manual', 'the clock is the system clock: batches come by themselves', {
			where: '%step',
			remedy: 'use %clock manual first, or wait for a batch with await ssc.nextBatch()',
		})
	}
	const infos = await ssc.step(argument === '' ? 1 : Number(argument))
	for (const line of inColumns(infos.map(batchRow))) console.log(line)
}

function batchRow({ batchTime, numRecords, outputOperationInfos, processingDelay }: BatchInfo): string[] {
	const outputs = Object.values(outputOperationInfos)
	const failed = outputs.filter(({ failureReason }) => failureReason !== undefined).length
	const did = outputs.length === 0 ? 'no output was due' : `${outputs.length} output${outputs.length === 1 ? '' : 's'}`
	return [
		`batch ${batchTime} ms`,
		`${numRecords.toLocaleString('en')} record${numRecords === 1 ? '' : 's'}`,
		did,
		failed === 0 ? '' : `${failed} failed`,
		processingDelay === undefined ? '' : lengthOf(processingDelay),
	]
}

/** `%clock [manual | system]`. */
export const clock: SessionMagic = async (argument, { contexts }) => {
	const ssc = contexts.streamingContext
	switch (argument) {
		case '':
			break
		case 'manual':
			if (ssc.isActive) await ssc.stop(false)
			ssc.useManualClock()
			break
		case 'system':
			if (!ssc.clock.isManual) break
			if (ssc.isActive) await ssc.stop(false)
			if (ssc.inputs.length > 0) console.log('a new ssc: run the cells again that made streams')
			new StreamingContext(contexts.sparkContext, ssc.batchDuration)
			break
		default:
			throw wrongUse('clock', `%clock takes manual or system, but got '${argument}'`)
	}
	console.log(stateLine(contexts.streamingContext))
}
