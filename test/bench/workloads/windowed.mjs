// W2, W2L, W2F: sums of 60 batches of 10,000 pairs each, kept up to date with an inverse function or summed again.

import { queued } from './queued.mjs'
import { Checksum, lcg, many } from './sources.mjs'

const windowBatches = 60
const pairsPerBatch = 10_000

/** The workload over `numKeys` keys, with an inverse function or without. */
export function windowed(numKeys, hasInverse = true) {
	const input = () => {
		const below = lcg(7)
		const keys = many(numKeys, (_, i) => `key${i}`)
		return () => many(pairsPerBatch, () => [keys[below(numKeys)], 1 + below(9)])
	}
	return { numBatches: 120, recordsPerBatch: pairsPerBatch, input, ...(hasInverse ? inverse : again) }
}

/** The sum of each key of a batch. */
function sumsOf(pairs) {
	const sums = new Map()
	for (const [key, value] of pairs) sums.set(key, (sums.get(key) ?? 0) + value)
	return sums
}

const add = (a, b) => a + b
const subtract = (a, b) => a - b
const isThere = ([, sum]) => sum !== 0

const inverse = {
	hand() {
		const found = new Checksum()
		const sums = new Map()
		const past = []
		return {
			found,
			batch(pairs) {
				const entering = sumsOf(pairs)
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
	},
	ours: (rivulet) =>
		queued(rivulet, { isDurable: true }, ([stream], found) => {
			const { Seconds } = rivulet
			stream
				.reduceByKeyAndWindow(add, subtract, Seconds(windowBatches), Seconds(1), undefined, isThere)
				.foreachRDD(summing(found))
		}),
}

const again = {
	hand() {
		const found = new Checksum()
		const past = []
		return {
			found,
			batch(pairs) {
				past.push(sumsOf(pairs))
				if (past.length > windowBatches) past.shift()
				const sums = new Map()
				for (const batch of past) {
					for (const [key, value] of batch) sums.set(key, (sums.get(key) ?? 0) + value)
				}
				for (const [, sum] of [...sums]) found.add(sum)
			},
		}
	},
	ours: (rivulet) =>
		queued(rivulet, {}, ([stream], found) => {
			const { Seconds } = rivulet
			stream.reduceByKeyAndWindow(add, Seconds(windowBatches), Seconds(1)).foreachRDD(summing(found))
		}),
}

const summing = (found) => async (rdd) => {
	for (const [, sum] of await rdd.collect()) found.add(sum)
}
