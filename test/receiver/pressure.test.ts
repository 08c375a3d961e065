/** Real sockets whose servers send faster than batches read: nothing is lost, memory stays bounded. */

import { once } from 'node:events'
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { waitOn } from '../../engine/base/clock.js'
import { ManualClock, SparkConf, SparkContext, StreamingContext, setHost, systemClock } from '../../engine/index.js'
import { stopAll } from '../support/timeline.js'
import { virtualTime } from '../support/virtualtime.js'

const megabyte = 1024 * 1024
/** How much the large test sends; 1024 for a gigabyte. */
const megabytes = Number(process.env.RIVULET_TEST_SOCKET_MB ?? 64)

let server: Server | undefined
let realTime: (() => Promise<void>) | undefined
afterEach(async () => {
	await stopAll()
	await realTime?.()
	realTime = undefined
	server?.close()
	server = undefined
	setHost({})
})

/** Serves each connection with `serve`. */
async function serving(serve: (socket: Socket) => void): Promise<number> {
	server = createServer((socket) => {
		socket.on('error', () => undefined)
		serve(socket)
	}).listen(0, '127.0.0.1')
	await once(server, 'listening')
	return (server.address() as AddressInfo).port
}

/** Sends numbered lines of 64 bytes until `lines` are sent or the connection ends, as fast as the other side reads. */
function flood(socket: Socket, lines: number, sent: { lines: number }): void {
	const perChunk = 1_024
	const send = (): void => {
		while (sent.lines < lines && !socket.destroyed) {
			const n = Math.min(perChunk, lines - sent.lines)
			const first = sent.lines
			const text = Array.from({ length: n }, (_, i) => `${String(first + i).padStart(63, '.')}\n`).join('')
			sent.lines += n
			if (!socket.write(text)) {
				socket.once('drain', send)
				return
			}
		}
		if (!socket.destroyed) socket.end()
	}
	send()
}

function context(settings: Record<string, string>, clock?: ManualClock, batch: '100 ms' | '1 s' = '1 s') {
	const conf = new SparkConf()
		.setMaster('local')
		.setAppName('test')
		.set('spark.streaming.receiverRestartDelay', 600_000)
	for (const [key, value] of Object.entries(settings)) conf.set(key, value)
	return new StreamingContext(new SparkContext(conf), batch, clock === undefined ? {} : { clock })
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

describe('a server that sends too fast', () => {
	it(`is held back by a memory bound: ${megabytes} MB arrive, each line once`, { timeout: 600_000 }, async () => {
		setHost({ notice: () => undefined })
		const total = (megabytes * megabyte) / 64
		const sent = { lines: 0 }
		const port = await serving((socket) => flood(socket, total, sent))
		const clock = new ManualClock()
		const ssc = context({ 'rivulet.receiver.maxUnprocessed': '8m' }, clock)
		let received = 0
		let sum = 0
		let mostBatch = 0
		ssc.socketTextStream('127.0.0.1', port).foreachRDD(async (rdd) => {
			const [n, s] = await rdd.aggregate(
				[0, 0] as [number, number],
				([count, all], line) => [count + 1, all + Number(line.replace(/^\.+/, ''))],
				([a, b], [c, d]) => [a + c, b + d],
			)
			mostBatch = Math.max(mostBatch, n)
			received += n
			sum += s
		})
		const before = process.memoryUsage()
		let most = 0
		let mostRss = 0
		ssc.start()
		while (received < total) {
			await turn()
			await ssc.step()
			const { heapUsed, external, rss } = process.memoryUsage()
			most = Math.max(most, heapUsed + external - before.heapUsed - before.external)
			mostRss = Math.max(mostRss, rss - before.rss)
		}
		expect([received, sum]).toEqual([total, (total * (total - 1)) / 2])
		// A bound of 8 MB, one block of at most 32 MB, and its strings while a batch reads them.
		expect([mostBatch * 64 <= 48 * megabyte, most < 300 * megabyte, mostRss < 600 * megabyte]).toEqual([
			true,
			true,
			true,
		])
		if (process.env.RIVULET_TEST_SOCKET_MB !== undefined) {
			process.stdout.write(`most ${most / megabyte} MB, rss ${mostRss / megabyte} MB, batch ${mostBatch}\n`)
		}
	})

	it('waits while no batch comes, and goes on with the next', async () => {
		const total = (96 * megabyte) / 64
		const sent = { lines: 0 }
		const port = await serving((socket) => flood(socket, total, sent))
		const ssc = context({ 'rivulet.receiver.maxUnprocessed': '4m' }, new ManualClock())
		setHost({ notice: () => undefined })
		const stream = ssc.socketTextStream('127.0.0.1', port)
		let received = 0
		stream.foreachRDD(async (rdd) => {
			received += await rdd.count()
		})
		ssc.start()
		while (stream.receiver?.isHeld !== true) await turn()
		let last = -1
		while (last !== sent.lines) {
			last = sent.lines
			for (let i = 0; i < 50; i += 1) await turn()
		}
		expect(sent.lines).toBeLessThan(total)
		while (received < total) {
			await ssc.step()
			await turn()
		}
		expect(received).toBe(total)
	})

	it('comes at the rate limit, line by line', async () => {
		const total = 50_000
		const sent = { lines: 0 }
		const port = await serving((socket) => flood(socket, total, sent))
		setHost({ notice: () => undefined })
		const ssc = context({ 'spark.streaming.receiver.maxRate': '1000' }, new ManualClock())
		const counts: number[] = []
		const stream = ssc.socketTextStream('127.0.0.1', port)
		stream.foreachRDD(async (rdd) => {
			counts.push(await rdd.count())
		})
		ssc.start()
		while (stream.receiver?.isHeld !== true) await turn()
		for (let i = 0; i < 10; i += 1) {
			await ssc.step()
			await turn()
		}
		const steady = counts.slice(2)
		expect(steady.map((n) => Math.abs(n - 1_000) <= 200)).toEqual(steady.map(() => true))
		await ssc.stop(true, true)
		expect(counts.reduce((a, b) => a + b)).toBeLessThan(total)
	})

	it('settles at the rate of slow batches with back-pressure, and nothing is lost', async () => {
		setHost({ notice: () => undefined })
		realTime = virtualTime()
		const sent = { lines: 0 }
		// Batches do some 2,000 lines a second; all lines are there to be read at once, and three times as many at first.
		const total = 8_000
		const port = await serving((socket) => flood(socket, total, sent))
		const ssc = context(
			{
				'spark.streaming.backpressure.enabled': 'true',
				'spark.streaming.backpressure.initialRate': '6000',
				'spark.streaming.blockInterval': '20ms',
				'spark.streaming.gracefulStopTimeout': '60s',
			},
			undefined,
			'100 ms',
		)
		const seen = new Set<string>()
		let received = 0
		const delays: number[] = []
		const rates: number[] = []
		ssc.on('batchCompleted', ({ batchInfo }) => void delays.push(batchInfo.totalDelay ?? 0))
		ssc.on('rateUpdated', ({ ratePerSecond }) => void rates.push(ratePerSecond))
		const stream = ssc.socketTextStream('127.0.0.1', port)
		stream.foreachRDD(async (rdd) => {
			const lines = await rdd.collect()
			await waitOn(systemClock, lines.length / 2)
			for (const line of lines) seen.add(line)
			received += lines.length
		})
		ssc.start()
		while (received < total * 0.9) await ssc.nextBatch()
		const limit = stream.receiver?.rateLimit
		await ssc.stop(true, true)
		expect([received, seen.size]).toEqual([total, total])
		expect(limit).toBeLessThan(3_000)
		expect(rates.length).toBeGreaterThan(5)
		if (process.env.RIVULET_TEST_SOCKET_MB !== undefined) process.stdout.write(`${rates}\n${delays}\n`)
		// The first batches were far too large; at the end they are over within a few intervals.
		expect(delays.slice(-5, -2).map((delay) => delay < 1_000)).toEqual([true, true, true])
	})
})

describe('a server', () => {
	it('that accepts and says nothing leaves batches empty and does not keep the context from stopping', async () => {
		const port = await serving(() => undefined)
		const ssc = context({}, new ManualClock())
		const counts: number[] = []
		ssc.socketTextStream('127.0.0.1', port).foreachRDD(async (rdd) => {
			counts.push(await rdd.count())
		})
		ssc.start()
		await once(server as Server, 'connection')
		await ssc.step(2)
		await ssc.stop(true, true)
		expect(counts).toEqual([0, 0])
	})

	it('that breaks off within a line loses that piece only, and is connected to again', async () => {
		setHost({ notice: () => undefined })
		let connections = 0
		const port = await serving((socket) => {
			connections += 1
			if (connections > 1) {
				socket.end('whole\n')
				return
			}
			socket.write('first\nhalf')
			socket.resume()
			setImmediate(() => setImmediate(() => socket.resetAndDestroy()))
		})
		const ssc = context({ 'spark.streaming.receiverRestartDelay': '1' }, new ManualClock())
		const stopped: string[] = []
		ssc.on('receiverStopped', ({ receiverInfo }) => void stopped.push(receiverInfo.lastErrorMessage))
		const lines: string[] = []
		ssc.socketTextStream('127.0.0.1', port).foreachRDD(async (rdd) => {
			lines.push(...(await rdd.collect()))
		})
		ssc.start()
		while (!lines.includes('whole')) {
			await turn()
			await ssc.step()
		}
		expect(lines.filter((line) => line.includes('half'))).toEqual([])
		expect(stopped[0]).toBe('Restarting receiver with delay 1ms: Error receiving data')
	})

	it('that sends a line of 100 MB and bytes that are no UTF-8 is read to its end, and the bytes are counted', async () => {
		const notices: string[] = []
		setHost({ notice: ({ text }) => void notices.push(text) })
		const part = Buffer.alloc(megabyte, 120)
		const port = await serving((socket) => {
			for (let i = 0; i < 100; i += 1) socket.write(part)
			socket.end(Buffer.from([0x0a, 0xff, 0xed, 0xa0, 0x80, 0x0a]))
		})
		const ssc = context({}, new ManualClock())
		const lengths: number[] = []
		const stream = ssc.socketTextStream('127.0.0.1', port)
		stream.foreachRDD(async (rdd) => {
			lengths.push(...(await rdd.map((line) => line.length).collect()))
		})
		ssc.start()
		while (lengths.length < 2) {
			await turn()
			await ssc.step()
		}
		expect([lengths, stream.receiver?.malformed]).toEqual([[100 * megabyte, 2], 2])
		expect(notices).toContain('Socket stream [0]: 2 sequences of bytes are no UTF-8, replaced by U+FFFD')
	})

	it('that sends a line beyond the longest is told of, and the lines around it arrive', async () => {
		const notices: string[] = []
		setHost({ notice: ({ text }) => void notices.push(text) })
		const port = await serving((socket) => socket.end(`a\n${'x'.repeat(300_000)}\nb\n`))
		const ssc = context({ 'rivulet.receiver.maxLine': '100k' }, new ManualClock())
		const lines: string[] = []
		ssc.socketTextStream('127.0.0.1', port).foreachRDD(async (rdd) => {
			lines.push(...(await rdd.collect()))
		})
		ssc.start()
		while (lines.length < 2) {
			await turn()
			await ssc.step()
		}
		expect([lines, notices[0]]).toEqual([['a', 'b'], 'Socket stream [0]: A line of more than 102400 bytes was skipped'])
	})
})
