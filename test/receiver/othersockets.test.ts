/** Socket streams with a converter of the program, and of ready-made blocks. Real sockets. */

import { once } from 'node:events'
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import { serialize } from 'node:v8'
import { afterEach, describe, expect, test } from 'vitest'
import { type DStream, ManualClock, SparkConf, StreamingContext, setHost } from '../../engine/index.js'
import { blocksIn } from '../../engine/receiver/rawsocket.js'
import { stopAll } from '../support/timeline.js'

const servers: Server[] = []
const told: string[] = []
afterEach(async () => {
	await stopAll()
	for (const server of servers.splice(0)) server.close()
	setHost({})
})

/** A server that gives each connection to `serve`. */
async function serving(serve: (socket: Socket, n: number) => void): Promise<number> {
	let connections = 0
	const server = createServer((socket) => {
		socket.on('error', () => undefined)
		serve(socket, connections++)
	}).listen(0, '127.0.0.1')
	servers.push(server)
	await once(server, 'listening')
	return (server.address() as AddressInfo).port
}

function context(): StreamingContext {
	told.length = 0
	setHost({ notice: ({ text }) => void told.push(text) })
	const conf = new SparkConf().setMaster('local').setAppName('t').set('spark.streaming.receiverRestartDelay', 1)
	return new StreamingContext(conf, '1s', { clock: new ManualClock() })
}

/** Runs batches until the stream has had `n` records. */
async function first<T>(ssc: StreamingContext, stream: DStream<T>, n: number): Promise<T[]> {
	const rows: T[] = []
	stream.foreachRDD(async (rdd) => void rows.push(...(await rdd.collect())))
	while (rows.length < n) {
		await new Promise((resolve) => setImmediate(resolve))
		await ssc.step()
	}
	return rows
}

/** Records of two bytes each, as numbers; cut anywhere. */
async function* numbers(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<number> {
	let rest = Buffer.alloc(0)
	for await (const chunk of chunks) {
		rest = Buffer.concat([rest, chunk])
		for (; rest.length >= 2; rest = rest.subarray(2)) yield rest.readUInt16BE()
	}
}

const framed = (records: readonly unknown[]): Buffer => {
	const bytes = serialize(records)
	const head = Buffer.alloc(4)
	head.writeInt32BE(bytes.length)
	return Buffer.concat([head, bytes])
}

describe('socketStream', () => {
	test('says what a converter gave that is nothing to iterate over', async () => {
		const port = await serving((socket) => socket.write('x'))
		const ssc = context()
		ssc.socketStream('127.0.0.1', port, (() => 5) as never).foreachRDD(() => undefined)
		await ssc.step()
		while (told.length === 0) await new Promise((resolve) => setImmediate(resolve))
		expect(told[0]).toContain('the converter gave 5, nothing to iterate over')
	})
	test('makes records of chunks that are cut anywhere', async () => {
		const port = await serving((socket) => {
			socket.write(Buffer.from([0, 1, 0]))
			setImmediate(() => socket.write(Buffer.from([2, 1, 0])))
		})
		const ssc = context()
		expect(await first(ssc, ssc.socketStream('127.0.0.1', port, numbers), 3)).toEqual([1, 2, 256])
	})

	test('connects again when the server closes', async () => {
		const port = await serving((socket, n) => socket.end(Buffer.from([0, n])))
		const ssc = context()
		expect(await first(ssc, ssc.socketStream('127.0.0.1', port, numbers), 3)).toEqual([0, 1, 2])
		expect(told[0]).toContain('Socket stream [0]: Socket data stream had no more data')
	})

	test('says what the converter threw, and connects again', async () => {
		const port = await serving((socket, n) => socket.write(Buffer.from([0, n])))
		const ssc = context()
		const stream = ssc.socketStream('127.0.0.1', port, async function* (chunks): AsyncGenerator<number> {
			for await (const n of numbers(chunks)) {
				if (n === 0) throw new RangeError('zero')
				yield n
			}
		})
		expect(await first(ssc, stream, 1)).toEqual([1])
		expect(told[0]).toContain('Error receiving data (zero)')
	})

	test('holds back the server while the receiver is held back, and loses nothing', async () => {
		const total = 4_000
		const port = await serving((socket) => {
			const bytes = Buffer.alloc(2 * total)
			for (let i = 0; i < total; i += 1) bytes.writeUInt16BE(i, 2 * i)
			socket.write(bytes)
		})
		const ssc = context()
		ssc.conf.set('spark.streaming.receiver.maxRate', '1000')
		const rows = await first(ssc, ssc.socketStream('127.0.0.1', port, numbers), total)
		expect(rows).toEqual(Array.from({ length: total }, (_, i) => i))
	})

	test.each([
		['a port that is none', () => context().socketStream('localhost', 0, numbers), '"localhost":0 is no address'],
		['no converter', () => context().socketStream('localhost', 1, undefined as never), 'undefined is no converter'],
	])('refuses %s', (_, make, text) => expect(make).toThrow(text))
})

describe('rawSocketStream', () => {
	test('takes each frame as a block, without a number of records', async () => {
		const port = await serving((socket) => {
			const all = Buffer.concat([framed(['a', { b: 1 }]), framed([]), framed([[1, 2]])])
			for (const byte of all) socket.write(Buffer.from([byte]))
		})
		const ssc = context()
		const stream = ssc.rawSocketStream<unknown>('127.0.0.1', port)
		expect(await first(ssc, stream, 3)).toEqual(['a', { b: 1 }, [1, 2]])
		const counted = ssc.progress.completedBatches.reduce((sum, { numRecords }) => sum + numRecords, 0)
		expect([counted, ssc.inputs[0]?.displayName]).toEqual([0, 'Raw stream [0]'])
	})

	test('says the end of the channel, and connects again', async () => {
		const port = await serving((socket, n) => socket.end(framed([n])))
		const ssc = context()
		expect(await first(ssc, ssc.rawSocketStream<number>('127.0.0.1', port), 2)).toEqual([0, 1])
		expect(told[0]).toContain('Raw stream [0]: Error receiving data (End of channel)')
	})

	test.each([
		['a length that is none', [0x80, 0, 0, 0], '-2147483648 is no length of a block'],
		['an end inside a length', [0, 0], 'End of channel'],
		['an end inside a block', [0, 0, 0, 2, 1], 'End of channel'],
	])('refuses %s', async (_, bytes, text) => {
		async function* chunks(): AsyncGenerator<Uint8Array> {
			yield Uint8Array.from(bytes)
		}
		const read = async (): Promise<void> => {
			for await (const _block of blocksIn(chunks()));
		}
		await expect(read()).rejects.toThrow(text)
	})
})
