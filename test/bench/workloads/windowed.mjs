// W2 and W2L: sums of 60 batches of 10,000 pairs each, kept up to date with an inverse function.

import { queued } from './queued.mjs'
import { Checksum, lcg, many } from './sources.mjs'

const windowBatches = 60
const pairsPerBatch = 10_000

/** The workload over `numKeys` keys. */
export function windowed(numKeys) {
	const input = () => {
		const below = lcg(7)
		const keys = many(numKeys, (_, i) => `key${i}`)
		return () => many(pairsPerBatch, () => [keys[below(numKeys)], 1 + below(9)])
	}
	const hand = () => {
		const found = new Checksum()
		const sums = new Map()
		const past = []
		return {
			found,
			batch(pairs) {
				const entering = new Map()
				for (const [key, value] of pairs) entering.set(key, (entering.get(key) ?? 0) + value)
				for (const [key, value] of entering) sums.set(key, (sums.get(key) ?? 0) + value)
				past.push(entering)
				if (past.length > windowBatches) {
					for (const [key, value] of past.shift()) {
						const rest = sums.get(key) - value
						if (rest === 0) sums.delete(key)
						else sums.set(key, rest)
					}
				}
				for (const [, sum] of [...sums]) found.add(sum)
			},
		}
	}
	const ours = (rivulet) =>
		queued(rivulet, { isDurable: true }, ([stream], found) => {
			const add = (a, b) => a + b
			const subtract = (a, b) => a - b
			const isThere = ([, sum]) => sum !== 0
			const { Seconds } = rivulet
			const sums = stream.reduceByKeyAndWindow(add, subtract, Seconds(windowBatches), Seconds(1), undefined, isThere)
			sums.foreachRDD(async (rdd) => {
				for (const [, sum] of await rdd.collect()) found.add(sum)
			})
		})
	return { numBatches: 120, recordsPerBatch: pairsPerBatch, input, hand, ours }
}
