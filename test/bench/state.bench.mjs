// Keyed state, 1,000,000 keys and 10,000 updates a batch, beside the loop one would write by hand, in the same run.
//
// `npm run build` once, then `npm run bench -- state [--batches 20] [--write]`.

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import { ManualClock, Seconds, SparkConf, SparkContext, StreamingContext } from '../../dist/engine/index.js'
import { machineNote, table, writeFigures } from './figures.mjs'

const numKeys = 1_000_000
const updatesABatch = 10_000
/** Of 20 batches: `count:sum:sum of squares` of all values that come out. */
const checksums = { W3: '20000000:22100000:26586578', W3M: '200000:420015:902725' }

/** The batches of updates, each key a text of its own. */
function updates(numBatches) {
	let x = 11
	const next = () => {
		x = (Math.imul(x, 1664525) + 1013904223) >>> 0
		return Math.floor((x * numKeys) / 2 ** 32)
	}
	return Array.from({ length: numBatches }, () => Array.from({ length: updatesABatch }, () => [`user-${next()}`, 1]))
}
const initial = () => Array.from({ length: numKeys }, (_, i) => [`user-${i}`, 1])

const update = (values, state) => {
	let sum = state ?? 0
	for (const value of values) sum += value
	return sum
}
const mapping = (key, value, state) => {
	const sum = (state.getOption() ?? 0) + value
	state.update(sum)
	return [key, sum]
}

/** Adds up what comes out, and how long each batch took. */
class Measured {
	count = 0
	sum = 0
	squares = 0
	batchMs = []
	add(value) {
		this.count += 1
		this.sum += value
		this.squares += value * value
	}
	get checksum() {
		return `${this.count}:${this.sum}:${this.squares}`
	}
	/** Median of the second half. */
	get steadyMs() {
		const steady = this.batchMs.slice(this.batchMs.length >> 1).sort((a, b) => a - b)
		return steady[steady.length >> 1]
	}
	get spread() {
		const steady = this.batchMs.slice(this.batchMs.length >> 1).sort((a, b) => a - b)
		return `${steady[0].toFixed(1)} to ${steady.at(-1).toFixed(1)}`
	}
}

/** By hand: a Map, the function called for every key in every batch. */
function handW3(batches) {
	const seen = new Measured()
	const states = new Map(initial())
	for (const batch of batches) {
		const since = performance.now()
		const values = new Map()
		for (const [key, value] of batch) {
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
		for (const state of states.values()) seen.add(state)
		seen.batchMs.push(performance.now() - since)
	}
	return seen
}

/** By hand: a Map, changed keys only. */
function handW3M(batches) {
	const seen = new Measured()
	const states = new Map(initial())
	for (const batch of batches) {
		const since = performance.now()
		const mapped = []
		for (const [key, value] of batch) {
			const sum = (states.get(key) ?? 0) + value
			states.set(key, sum)
			mapped.push([key, sum])
		}
		for (const [, sum] of mapped) seen.add(sum)
		seen.batchMs.push(performance.now() - since)
	}
	return seen
}

function context(directory) {
	const conf = new SparkConf().setMaster('local').setAppName('state bench')
	const ssc = new StreamingContext(new SparkContext(conf), Seconds(1), { clock: new ManualClock() })
	ssc.checkpoint(directory)
	return ssc
}

/** The same with the engine; `interval` is how often the states are written, in batches. */
async function engine(name, batches, directory, interval) {
	const seen = new Measured()
	const ssc = context(directory)
	const queue = batches.map((batch) => ssc.sparkContext.parallelize(batch, 1))
	const pairs = ssc.queueStream(queue, true)
	const start = ssc.sparkContext.parallelize(initial(), 1)
	if (name === 'W3') {
		const states = pairs.updateStateByKey(update, 1, start)
		states.checkpoint(Seconds(interval))
		states.foreachRDD((rdd) =>
			rdd.foreachPartition((records) => {
				for (const [, state] of records) seen.add(state)
			}),
		)
	} else {
		const mapped = pairs.mapWithState(mapping, { initialState: start, numPartitions: 1 })
		mapped.checkpoint(Seconds(interval))
		mapped.foreachRDD((rdd) =>
			rdd.foreachPartition((records) => {
				for (const [, sum] of records) seen.add(sum)
			}),
		)
	}
	for (const _ of batches) {
		const since = performance.now()
		await ssc.step()
		seen.batchMs.push(performance.now() - since)
	}
	await ssc.stop(true)
	return seen
}

const folder = () => mkdtempSync(join(tmpdir(), 'rivulet-bench-'))

/** Runs the bench and prints its table. */
export async function run(args) {
	const numBatches = args.includes('--batches') ? Number(args[args.indexOf('--batches') + 1]) : 20
	const only = args.includes('--only') ? args[args.indexOf('--only') + 1] : undefined
	const batches = updates(numBatches)
	const rows = []
	for (const [name, hand, aim] of [
		['W3', handW3, 3],
		['W3M', handW3M, 1],
	]) {
		if (only !== undefined && only !== name) continue
		const byHand = hand(batches)
		const directory = folder()
		const ours = await engine(name, batches, directory, 1_000)
		rmSync(directory, { recursive: true, force: true })
		for (const { checksum } of [byHand, ours]) {
			if (numBatches === 20 && checksum !== checksums[name]) throw new Error(`${name} gives ${checksum}`)
		}
		if (args.includes('--all'))
			console.log(name, byHand.batchMs.map(Math.round).join(' '), '|', ours.batchMs.map(Math.round).join(' '))
		rows.push([name, `≥ ${aim}`, (byHand.steadyMs / ours.steadyMs).toFixed(2), show(byHand), show(ours)])
	}
	const text = [
		table(['workload', 'aim', 'times the hand-written loop', 'by hand, ms a batch', 'Rivulet, ms a batch'], rows),
		'',
		`${numKeys} keys, ${updatesABatch} updates a batch; median (and spread) of the last ${numBatches >> 1} of ${numBatches} batches. ${machineNote()}.`,
	].join('\n')
	console.log(text)
	if (args.includes('--write')) writeFigures('state', text)
}

const show = (seen) => `${seen.steadyMs.toFixed(1)} (${seen.spread})`
