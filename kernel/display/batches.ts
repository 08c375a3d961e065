/** The facts of batches as a table: what `ssc.step(n)` and `awaitBatches(n)` give. */

import type { BatchInfo } from '../../engine/index.js'
import type { Table } from './tables.js'

/** True for a list of facts of batches that is not empty. */
export const isBatches = (value: unknown): value is readonly BatchInfo[] =>
	Array.isArray(value) && value.length > 1 && value.every(isBatch)

/** True for the facts of one batch. */
export const isBatch = (value: unknown): value is BatchInfo =>
	typeof value === 'object' && value !== null && 'batchTime' in value && 'outputOperationInfos' in value

/** A row for each batch; times in milliseconds. */
export function batchTable(batches: readonly BatchInfo[]): Table {
	const names = [
		'batch time (ms)',
		'records',
		'outputs',
		'failed',
		'scheduling delay',
		'processing time',
		'total delay',
	]
	const rows = batches.map((batch) => {
		const outputs = Object.values(batch.outputOperationInfos)
		const failed = outputs.filter(({ failureReason }) => failureReason !== undefined).length
		return [
			batch.batchTime,
			batch.numRecords,
			outputs.length,
			failed,
			batch.schedulingDelay,
			batch.processingDelay,
			batch.totalDelay,
		]
	})
	const columns = names.map((name) => ({ name, type: 'number' }))
	return { kind: 'Batches', columns, rows: rows.slice(0, 1_000), total: rows.length, hiddenColumns: 0 }
}
