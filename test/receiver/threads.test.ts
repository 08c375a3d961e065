/** Received text on worker threads: the bytes travel, and are the same lines there. */

import { once } from 'node:events'
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import {
	type DStream,
	ManualClock,
	Seconds,
	SparkConf,
	SparkContext,
	StorageLevel,
	StreamingContext,
	setHost,
} from '../../engine/index.js'
import { stopAll } from '../support/timeline.js'

let server: Server | undefined
afterEach(async () => {
	await stopAll()
	server?.close()
	server = undefined
	setHost({})
})

/** The code is made there, so that nothing of it is captured. */
const here = (): number => new Function('return process.getBuiltinModule("worker_threads").threadId')()
const mainThread = here()

/** What batches of `operator` over received lines give, each with the thread it was made on, until `n` are there. */
async function received(
	text: string | Uint8Array,
	n: number,
	settings: Readonly<Record<string, string>> = {},
	operator = (lines: DStream<string>): DStream<string> => lines,
): Promise<{ readonly lines: readonly string[]; readonly threads: ReadonlySet<boolean> }> {
	server = createServer().listen(0, '127.0.0.1')
	await once(server, 'listening')
	const conf = new SparkConf().setMaster('local[2]').setAppName('test').set('rivulet.threads', 'always')
	conf.setAll(Object.entries(settings))
	const ssc = new StreamingContext(new SparkContext(conf), Seconds(1), { clock: new ManualClock() })
	const found: (readonly [string, number])[] = []
	const input = ssc.socketTextStream('127.0.0.1', (server.address() as AddressInfo).port)
	operator(input)
		.map((line): [string, number] => [line, here()])
		.foreachRDD(async (rdd) => void found.push(...(await rdd.collect())))
	ssc.start()
	const [socket] = (await once(server, 'connection')) as [Socket]
	socket.write(text)
	while (found.length < n) {
		await new Promise((resolve) => setImmediate(resolve))
		await ssc.step()
	}
	return {
		lines: found.map(([line]) => line),
		threads: new Set(found.map(([, thread]) => thread !== mainThread)),
	}
}

const many = Array.from({ length: 5_000 }, (_, i) => `line ${i} ä€𝄞`)

describe('lines that were received run on worker threads', () => {
	it('with ends of lines of all kinds, empty lines and malformed bytes', async () => {
		const bytes = Buffer.concat([
			Buffer.from('a\nb\r\n\nc\rd'),
			Buffer.from([0xff, 0xed, 0xa0, 0x80]),
			Buffer.from('\n'),
		])
		const { lines, threads } = await received(bytes, 5)
		expect(lines).toEqual(['a', 'b', '', 'c', 'd��'])
		expect(threads).toEqual(new Set([true]))
	})

	it('when their blocks are on the disk', async () => {
		const { lines, threads } = await received(`${many.join('\n')}\n`, many.length, { 'rivulet.memory.limit': '1k' })
		expect(lines).toEqual(many)
		expect(threads).toEqual(new Set([true]))
	})

	it('when they are kept, and in windows', async () => {
		const { lines } = await received('a\nb\n', 6, {}, (stream) =>
			stream.persist(StorageLevel.MEMORY_ONLY).window(Seconds(3)),
		)
		expect(lines).toEqual(['a', 'b', 'a', 'b', 'a', 'b'])
	})
})
