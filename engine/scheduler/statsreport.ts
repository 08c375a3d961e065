/**
 * Reports the distribution of delays of the last batches after each batch. Source: Spark's streaming and core
 * `StatsReportListener`, `Distribution`.
 *
 *   Total delay: (count: 10, mean: 12.300000, stdev: 2.100000, max: 17.000000, min: 9.000000)
 *   	0%	5%	10%	25%	50%	75%	90%	95%	100%
 *   	9.0 ms	9.0 ms	10.0 ms	11.0 ms	12.0 ms	14.0 ms	17.0 ms	17.0 ms	17.0 ms
 */

import type { BatchInfo, EventOf } from '../base/events.js'
import { host } from '../base/host.js'
import { StreamingListener } from '../base/listener.js'
import { StatCounter } from '../rdd/statcounter.js'

const percentiles = [0, 5, 10, 25, 50, 75, 90, 95, 100]
const header = `\t${percentiles.join('%\t')}%`

export class StatsReportListener extends StreamingListener {
	readonly #most: number
	readonly #infos: BatchInfo[] = []

	/** @param numBatchInfos how many of the last batches are looked at */
	constructor(numBatchInfos = 10) {
		super()
		this.#most = numBatchInfos
	}

	override onBatchCompleted({ batchInfo }: EventOf<'batchCompleted'>): void {
		this.#infos.push(batchInfo)
		if (this.#infos.length > this.#most) this.#infos.shift()
		this.#report('Total delay: ', ({ totalDelay }) => totalDelay)
		this.#report('Processing time: ', ({ processingDelay }) => processingDelay)
	}

	#report(heading: string, of: (info: BatchInfo) => number | undefined): void {
		const values = this.#infos.map(of).filter((value) => value !== undefined)
		if (values.length === 0) return
		const sorted = values.toSorted((a, b) => a - b)
		const quantiles = percentiles.map((percent) => {
			const index = Math.min(Math.trunc((percent / 100) * sorted.length), sorted.length - 1)
			return millisText(sorted[index] as number)
		})
		const lines = [`${heading}${new StatCounter(values)}`, header, `\t${quantiles.join('\t')}`]
		host().notice({ level: 'info', text: lines.join('\n'), group: undefined })
	}
}

/** As Spark's reports write a length of time: `1.5 min`. */
export function millisText(ms: number): string {
	if (ms > 3_600_000) return `${(ms / 3_600_000).toFixed(1)} hours`
	if (ms > 60_000) return `${(ms / 60_000).toFixed(1)} min`
	return ms > 1_000 ? `${(ms / 1_000).toFixed(1)} s` : `${ms.toFixed(1)} ms`
}
