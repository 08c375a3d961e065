// W3 and W3M: states of 1,000,000 keys, 10,000 updates a batch. Keys are texts of their own, as a program reads them. Every
// tenth batch is a checkpoint; the loops by hand keep nothing.

import { queued } from './queued.mjs'
import { Checksum, lcg, many } from './sources.mjs'

const numKeys = 1_000_000
const updatesPerBatch = 10_000

const initial = () => many(numKeys, (_, i) => [`user-${i}`, 1])
const input = () => {
	const below = lcg(11)
	return () => many(updatesPerBatch, () => [`user-${below(numKeys)}`, 1])
}
const common = { numBatches: 20, recordsPerBatch: updatesPerBatch, input }

const update = (values, state) => {
	let sum = state ?? 0
	for (const value of values) sum += value
	return sum
}
export const mapping = (key, value, state) => {
	const sum = (state.getOption() ?? 0) + value
	state.update(sum)
	return [key, sum]
}
const adding = (found) => (records) => {
	for (const [, value] of records) found.add(value)
}

/** updateStateByKey: the function is called for every key in every batch. */
export const updateState = {
	...common,
	hand() {
		const found = new Checksum()
		const states = new Map(initial())
		return {
			found,
			batch(pairs) {
				const values = new Map()
				for (const [key, value] of pairs) {
					const there = values.get(key)
					if (there === undefined) values.set(key, [value])
					else there.push(value)
				}
				for (const key of values.keys()) if (!states.has(key)) states.set(key, undefined)
				for (const [key, state] of states) {
					const next = update(values.get(key) ?? [], state)
					if (next === undefined) states.delete(key)
					else if (next !== state) states.set(key, next)
				}
				for (const state of states.values()) found.add(state)
			},
		}
	},
	ours: (rivulet) =>
		queued(rivulet, { isDurable: true }, ([pairs], found, ssc) => {
			const states = pairs.updateStateByKey(update, 1, ssc.sparkContext.parallelize(initial(), 1))
			states.foreachRDD((rdd) => rdd.foreachPartition(adding(found)))
		}),
}

/** mapWithState: only keys with records are looked at. */
export const mapState = {
	...common,
	hand() {
		const found = new Checksum()
		const states = new Map(initial())
		return {
			found,
			batch(pairs) {
				const mapped = []
				for (const [key, value] of pairs) {
					const sum = (states.get(key) ?? 0) + value
					states.set(key, sum)
					mapped.push([key, sum])
				}
				for (const [, sum] of mapped) found.add(sum)
			},
		}
	},
	ours: (rivulet) =>
		queued(rivulet, { isDurable: true }, ([pairs], found, ssc) => {
			const initialState = ssc.sparkContext.parallelize(initial(), 1)
			const mapped = pairs.mapWithState(mapping, { initialState, numPartitions: 1 })
			mapped.foreachRDD((rdd) => rdd.foreachPartition(adding(found)))
		}),
}
