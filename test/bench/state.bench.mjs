// Keyed state, 1,000,000 keys and 10,000 updates a batch, beside the loop one would write by hand, in the same run.
//
// `npm run build` once, then `npm run bench -- state [--batches 20] [--write]`.

import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs'
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

/** Bytes of all files whose names hold `part`, largest first. */
function sizesOf(directory, part) {
	const names = readdirSync(directory, { recursive: true }).filter((name) => name.includes(part))
	return names.map((name) => statSync(join(directory, name)).size).sort((a, b) => b - a)
}

const cpuMs = () => {
	const { user, system } = process.cpuUsage()
	return (user + system) / 1_000
}

/**
 * The longest time for which the event loop did not turn, in milliseconds, until the function that it gives is called:
 * by the clock or by the processor, whichever is less, so that other programs do not count.
 */
function watchStops() {
	let last = performance.now()
	let lastCpu = cpuMs()
	let longest = 0
	let isOn = true
	const look = () => {
		const now = performance.now()
		const cpu = cpuMs()
		longest = Math.max(longest, Math.min(now - last, cpu - lastCpu))
		last = now
		lastCpu = cpu
		if (isOn) setImmediate(look)
	}
	look()
	return () => {
		isOn = false
		return longest
	}
}

/** mapWithState whose states are written every `interval` batches, while batches go on; then the same after a crash. */
async function checkpoints(directory, interval, numBatches) {
	let seen = 0
	const clock = new ManualClock()
	const create = () => {
		const conf = new SparkConf().setMaster('local').setAppName('state bench')
		const ssc = new StreamingContext(new SparkContext(conf), Seconds(1), { clock })
		ssc.checkpoint(directory)
		const key = (i) => Math.floor((((Math.imul(i, 1664525) + 1013904223) >>> 0) * numKeys) / 2 ** 32)
		const initialState = ssc.sparkContext.range(0, numKeys).map((i) => [`user-${i}`, 1])
		const mapped = ssc
			.rateStream(updatesABatch, (i) => [`user-${key(i)}`, 1])
			.mapWithState(mapping, { initialState, numPartitions: 1 })
		mapped.checkpoint(Seconds(interval))
		mapped.foreachRDD(async (rdd) => {
			seen += await rdd.count()
		})
		return ssc
	}
	const ssc = StreamingContext.getOrCreate(directory, create)
	// The first checkpoint is a snapshot.
	const stops = { none: 0, snapshot: 0, delta: 0 }
	const run = async (kind, n) => {
		const stopped = watchStops()
		for (let i = 0; i < n; i += 1) {
			const batch = ssc.nextBatch()
			clock.advance(1_000)
			await batch
		}
		stops[kind] = stopped()
	}
	ssc.start()
	await ssc.step(interval - 5)
	await run('none', 4)
	await run('snapshot', interval)
	await ssc.step(1)
	await run('delta', numBatches)
	await ssc.step(1)
	const [snapshot] = [sizesOf(directory, '-snapshot').reduce((a, b) => a + b, 0)]
	const [delta] = sizesOf(directory, '-delta')
	await ssc.stop(true)
	const since = performance.now()
	seen = 0
	const again = StreamingContext.getOrCreate(directory, create)
	await again.step(1)
	const recoveryMs = performance.now() - since
	if (seen === 0) throw new Error('nothing came after the recovery')
	await again.stop(true)
	return { stops, snapshot, delta, recoveryMs }
}

/** Runs the bench and prints its tables. */
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
		rows.push([
			name === 'W3' ? 'updateStateByKey' : 'mapWithState',
			`≥ ${aim}`,
			(byHand.steadyMs / ours.steadyMs).toFixed(2),
			show(byHand),
			show(ours),
		])
	}
	const texts = [
		table(['state', 'aim', 'times the hand-written loop', 'by hand, ms a batch', 'Rivulet, ms a batch'], rows),
	]
	if (only === undefined || only === 'checkpoints') {
		const directory = folder()
		const { stops, snapshot, delta, recoveryMs } = await checkpoints(directory, 10, 20)
		rmSync(directory, { recursive: true, force: true })
		texts.push(
			'',
			table(
				['checkpoints of mapWithState, every 10 batches', 'found'],
				[
					['a snapshot of all states, written once', `${megabytes(snapshot)} MB`],
					['a checkpoint of what 10 batches changed', `${megabytes(delta)} MB`],
					['longest stop of the event loop in batches without a checkpoint', `${stops.none.toFixed(0)} ms`],
					['the same while a snapshot is written', `${stops.snapshot.toFixed(0)} ms`],
					['the same in batches with deltas', `${stops.delta.toFixed(0)} ms`],
					['from a crash to the first batch that runs again', `${(recoveryMs / 1_000).toFixed(1)} s`],
				],
			),
		)
	}
	texts.push(
		'',
		`${numKeys} keys, ${updatesABatch} updates a batch; median (and spread) of the last ${numBatches >> 1} of ${numBatches} batches. ${machineNote()}.`,
	)
	const text = texts.join('\n')
	console.log(text)
	if (args.includes('--write')) writeFigures('state', text)
}

const megabytes = (bytes) => (bytes / 1e6).toFixed(1)
const show = (seen) => `${seen.steadyMs.toFixed(1)} (${seen.spread})`
