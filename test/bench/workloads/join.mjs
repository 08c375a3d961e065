// W6: join of two streams, 100,000 pairs a side and batch.

import { queued } from './queued.mjs'
import { Checksum, lcg, many } from './sources.mjs'

const numKeys = 100_000

export const join = {
	title: 'join of two streams, 100,000 pairs a side',
	aim: 1,
	floor: 0.9,
	numBatches: 10,
	numInputs: 2,
	recordsPerBatch: 2 * numKeys,
	checksum: '998501:9986566:24970574',
	input() {
		const below = lcg(13)
		const pair = () => [`k${below(numKeys)}`, 1 + below(9)]
		return () => [many(numKeys, pair), many(numKeys, pair)]
	},
	hand() {
		const found = new Checksum()
		return {
			found,
			batch(left, right) {
				const byKey = new Map()
				for (const [key, value] of left) {
					const values = byKey.get(key)
					if (values === undefined) byKey.set(key, [value])
					else values.push(value)
				}
				const rows = []
				for (const [key, w] of right) {
					for (const v of byKey.get(key) ?? []) rows.push([key, [v, w]])
				}
				for (const [, [v, w]] of rows) found.addPair(v, w)
			},
		}
	},
	ours: (rivulet) =>
		queued(rivulet, { numInputs: 2 }, ([left, right], found) =>
			left.join(right).foreachRDD(async (rdd) => {
				for (const [, [v, w]] of await rdd.collect()) found.addPair(v, w)
			}),
		),
}
