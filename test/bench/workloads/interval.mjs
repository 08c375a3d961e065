// W5: what a batch costs that has little to do, and how short an interval holds, for a pipeline of ten operators.

const numOperators = 10

/** Ten operators, one of them a reduceByKey, and one output. */
function pipeline(stream, output) {
	stream
		.map((x) => x + 1)
		.filter((x) => x > 0)
		.map((x) => x * 2)
		.flatMap((x) => [x])
		.map((x) => [x % 3, x])
		.filter(([, x]) => x > 0)
		.reduceByKey((a, b) => a + b)
		.mapValues((x) => x + 1)
		.filter(([, x]) => x > 0)
		.map(([key, x]) => key + x)
		.foreachRDD(output)
}

const records = Array.from({ length: 10 }, (_, i) => i)

/** Processor time of a batch, in milliseconds, on a clock that is set by hand. */
async function work(rivulet, batch) {
	const { ManualClock, Seconds, SparkConf, StreamingContext } = rivulet
	const conf = new SparkConf().setMaster('local').setAppName('bench')
	const ssc = new StreamingContext(conf, Seconds(1), { clock: new ManualClock() })
	const queue = ssc.queue()
	pipeline(ssc.queueStream(queue), async (rdd) => {
		await rdd.collect()
	})
	ssc.start()
	const run = async (n) => {
		for (let i = 0; i < n; i++) {
			if (batch.length > 0) queue.push(batch)
			await ssc.step()
		}
	}
	await run(2_000)
	const before = process.cpuUsage()
	const began = performance.now()
	await run(5_000)
	const seconds = (performance.now() - began) / 1_000
	const { user, system } = process.cpuUsage(before)
	await ssc.stop()
	return { cpuMs: (user + system) / 5_000_000, perSecond: 5_000 / seconds }
}

/** How late outputs begin after their batch time at an interval of 5 ms, in milliseconds, and the share of time at work. */
async function lateness(rivulet) {
	const { Milliseconds, SparkConf, StreamingContext } = rivulet
	const conf = new SparkConf().setMaster('local').setAppName('bench')
	const ssc = new StreamingContext(conf, Milliseconds(5))
	const queue = ssc.queue()
	const late = []
	pipeline(ssc.queueStream(queue), async (rdd, time) => {
		late.push(performance.timeOrigin + performance.now() - time.milliseconds)
		queue.push(records)
		await rdd.collect()
	})
	ssc.start()
	await ssc.awaitTerminationOrTimeout(1_000)
	const before = process.cpuUsage()
	late.length = 0
	await ssc.awaitTerminationOrTimeout(5_000)
	const { user, system } = process.cpuUsage(before)
	await ssc.stop()
	late.sort((a, b) => a - b)
	const at = (share) => late[Math.floor(share * late.length)] ?? Number.NaN
	return { batches: late.length, p50: at(0.5), p99: at(0.99), busy: (user + system) / 5_000_000 }
}

export const interval = {
	title: `an empty or tiny batch of ${numOperators} operators`,
	async alone() {
		const rivulet = await import('../../../dist/engine/index.js')
		const empty = await work(rivulet, [])
		const tiny = await work(rivulet, records)
		const held = await lateness(rivulet)
		return [
			{ what: 'work of an empty batch', aim: '≤ 0.1 ms', limit: 0.15, found: empty.cpuMs, unit: 'ms' },
			{ what: 'work of a batch of 10 records', aim: '≤ 0.1 ms', limit: 0.2, found: tiny.cpuMs, unit: 'ms' },
			{
				what: 'empty batches a second, clock set by hand',
				aim: '≥ 10,000',
				isLeast: true,
				limit: 6_000,
				found: empty.perSecond,
				unit: '',
			},
			{ what: 'batches in 5 s at 5 ms', aim: '1,000', isLeast: true, limit: 990, found: held.batches, unit: '' },
			{ what: 'lateness at 5 ms, median', aim: '', limit: 2, found: held.p50, unit: 'ms' },
			{ what: 'lateness at 5 ms, p99', aim: '< 2 ms', limit: 4, found: held.p99, unit: 'ms' },
			{ what: 'processor in use at 5 ms', aim: '', limit: 50, found: 100 * held.busy, unit: '%' },
		]
	},
}
