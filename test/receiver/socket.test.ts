import { once } from 'node:events'
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { ManualClock, Seconds, SparkConf, SparkContext, StreamingContext, setHost } from '../../engine/index.js'
import { stopAll } from '../support/timeline.js'

let server: Server | undefined
afterEach(async () => {
	await stopAll()
	server?.close()
	server = undefined
	setHost({})
})

async function listening(): Promise<{ port: number; connected: () => Promise<Socket> }> {
	server = createServer().listen(0, '127.0.0.1')
	await once(server, 'listening')
	const { port } = server.address() as AddressInfo
	return { port, connected: async () => (await once(server as Server, 'connection'))[0] as Socket }
}

/** A context that reads lines from `port`; `until(n)` runs batches until n lines have been seen. */
function reading(port: number) {
	const conf = new SparkConf().setMaster('local').setAppName('test').set('spark.streaming.receiverRestartDelay', 1)
	const ssc = new StreamingContext(new SparkContext(conf), Seconds(1), { clock: new ManualClock() })
	const lines: string[] = []
	ssc.socketTextStream('127.0.0.1', port).foreachRDD(async (rdd) => void lines.push(...(await rdd.collect())))
	const until = async (n: number): Promise<string[]> => {
		while (lines.length < n) {
			await new Promise((resolve) => setImmediate(resolve))
			await ssc.step()
		}
		return lines
	}
	return { ssc, until }
}

describe('a socket stream', () => {
	it.each([
		['ends of lines of all kinds', ['a\nb\r\nc\rd\n'], ['a', 'b', 'c', 'd']],
		['a line in pieces', ['he', 'll', 'o\n'], ['hello']],
		['a character cut in two', [Buffer.from([0xc3]), Buffer.from([0xa4, 0x0a])], ['ä']],
		['an end of line cut in two', ['a\r', '\nb\n'], ['a', 'b']],
		['empty lines', ['\n\na\n'], ['', '', 'a']],
	])('reads %s', async (_, chunks, expected) => {
		const { port, connected } = await listening()
		const { ssc, until } = reading(port)
		const arrival = connected()
		ssc.start()
		const socket = await arrival
		socket.setNoDelay(true)
		for (const chunk of chunks) {
			await new Promise<void>((resolve) => socket.write(chunk, () => setImmediate(resolve)))
		}
		expect(await until(expected.length)).toEqual(expected)
	})

	it('delivers a last line without an end, and connects again when the server closes', async () => {
		const { port, connected } = await listening()
		const { ssc, until } = reading(port)
		let arrival = connected()
		ssc.start()
		;(await arrival).end('first\nlast')
		arrival = connected()
		;(await arrival).write('again\n')
		expect(await until(3)).toEqual(['first', 'last', 'again'])
	})

	it('says once that nobody answers, and its batches go on empty', async () => {
		const { port } = await listening()
		server?.close()
		const notices: string[] = []
		setHost({ notice: ({ text }) => void notices.push(text) })
		const { ssc } = reading(port)
		ssc.start()
		while (notices.length === 0) await new Promise((resolve) => setImmediate(resolve))
		const infos = await ssc.step(3)
		expect(infos.map((info) => info.numRecords)).toEqual([0, 0, 0])
		expect(notices).toHaveLength(1)
		expect(notices[0]).toContain(`Error connecting to 127.0.0.1:${port}`)
	})

	it.each([[0], [70_000], [1.5], ['9999' as unknown as number]])('refuses the port %j', (port) => {
		const { ssc } = reading(1)
		expect(() => ssc.socketTextStream('localhost', port)).toThrow(
			expect.objectContaining({ code: 'argument/illegal', remedy: expect.stringContaining('1 to 65535') }),
		)
	})
})
