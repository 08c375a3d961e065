// Keyed state of 1,000,000 keys, 10,000 updates a batch: against the loops by hand (W3, W3M), its checkpoints, a recovery.
//
// `npm run build` once, then `npm run bench -- state [--runs 3] [--write]`.

import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import { ManualClock, Seconds, SparkConf, SparkContext, StreamingContext } from '../../dist/engine/index.js'
import { machineNote, table, writeFigures } from './figures.mjs'
import { compared, head } from './speed.bench.mjs'
import { mapping } from './workloads/state.mjs'

const numKeys = 1_000_000
const updatesABatch = 10_000

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
			// Batches on a clock that is set by hand follow on each other without a turn of the event loop.
			await new Promise((resolve) => setImmediate(resolve))
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
	const runs = args.includes('--runs') ? Number(args[args.indexOf('--runs') + 1]) : 3
	const rows = ['W3', 'W3M'].map((name) => {
		const { row, wrong } = compared(name, runs)
		for (const line of wrong) console.error(line)
		return row
	})
	const directory = mkdtempSync(join(tmpdir(), 'bench-'))
	const { stops, snapshot, delta, recoveryMs } = await checkpoints(directory, 10, 20)
	rmSync(directory, { recursive: true, force: true })
	const text = [
		table(head, rows),
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
		'',
		`Ratios compare the time of a processor, median of ${runs} runs, lowest and highest in brackets; ${machineNote()}.`,
	].join('\n')
	console.log(text)
	if (args.includes('--write')) writeFigures('state', text)
}

const megabytes = (bytes) => (bytes / 1e6).toFixed(1)
