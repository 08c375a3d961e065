import { readFileSync } from 'node:fs'
import { afterEach, describe, expect, it } from 'vitest'
import { Jvm } from '../../engine/spark/jvm.js'
import { command, decodeAnswer, encodeArgument, JavaLong, JavaRef } from '../../engine/spark/py4j.js'
import { listen, type Server } from '../../engine/spark/tcp.js'

const transcript = readFileSync(new URL('data/py4j-transcript.txt', import.meta.url), 'utf8')
const python = 'org.apache.spark.api.python'
const ref = (n: number): JavaRef => new JavaRef(`o${n}`)

/** What a real session sent, and the calls that it meant. */
const sent = transcript
	.split('\n')
	.filter((line) => line.startsWith('> '))
	.map((line) => JSON.parse(line.slice(2)) as string)

const functionBytes = Buffer.from(
	/Function\nj(\S+)\n/.exec(sent.find((text) => text.includes('Function\nj')) as string)?.[1] ?? '',
	'base64',
)

const calls = [
	command.make('org.apache.spark.api.java.JavaSparkContext', [ref(0)]),
	command.call(ref(1), 'sc', []),
	command.call(ref(1), 'version', []),
	command.call(ref(2), 'applicationId', []),
	command.make('java.util.HashMap', []),
	command.call(ref(3), 'put', ['X', '/x']),
	command.make('java.util.ArrayList', []),
	command.make('java.util.ArrayList', []),
	command.call(`${python}.PythonRDD`, 'readRDDFromFile', [ref(1), '/tmp/app/part-0.frames', 1]),
	command.make(`${python}.SimplePythonFunction`, [
		functionBytes,
		ref(3),
		ref(4),
		'./jsrt/launch',
		'ts1;3.5.9',
		ref(5),
		null,
	]),
	command.call(ref(6), 'rdd', []),
	command.make(`${python}.PythonRDD`, [ref(8), ref(7), false, false]),
	command.call(ref(9), 'asJavaRDD', []),
	command.free(ref(7)),
	command.free(ref(8)),
	command.free(ref(9)),
	command.call(ref(10), 'rdd', []),
	command.call(`${python}.PythonRDD`, 'collectAndServe', [ref(11)]),
	command.item(ref(12), 0),
	command.item(ref(12), 1),
	command.item(ref(12), 2),
	command.free(ref(12)),
	command.free(ref(13)),
	command.free(ref(11)),
]

describe('the language of the gateway', () => {
	it('is written byte for byte as in a recorded session', () => expect(calls).toEqual(sent))

	it.each([
		['!yro1', { kind: 'value', value: ref(1) }],
		['!ylo4', { kind: 'value', value: new JavaRef('o4') }],
		['!yto12', { kind: 'value', value: ref(12) }],
		['!yn', { kind: 'value', value: null }],
		['!yv', { kind: 'value', value: undefined }],
		['!yi45871', { kind: 'value', value: 45_871 }],
		['!yL5', { kind: 'value', value: 5 }],
		['!yL9223372036854775807', { kind: 'value', value: 9_223_372_036_854_775_807n }],
		['!yd1.5', { kind: 'value', value: 1.5 }],
		['!ybtrue', { kind: 'value', value: true }],
		['!ybFalse', { kind: 'value', value: false }],
		['!ys3.5.9', { kind: 'value', value: '3.5.9' }],
		['!ysa\\nb\\\\n\\r', { kind: 'value', value: 'a\nb\\n\r' }],
		['!yjAQI=', { kind: 'value', value: Buffer.from([1, 2]) }],
		['!xro7', { kind: 'exception', ref: ref(7) }],
		['!xsno method\\nat', { kind: 'complaint', text: 'no method\nat' }],
	])('reads the answer %s', (line, answer) => expect(decodeAnswer(line)).toEqual(answer))

	it.each([
		['', /answered with ''/],
		['HTTP/1.1 400', /answered with 'HTTP/],
		['!y?', /answered with/],
	])('refuses %j, which no gateway says', (line, message) => expect(() => decodeAnswer(line)).toThrow(message))

	it.each([
		[null, 'n'],
		[true, 'btrue'],
		[5, 'i5'],
		[-(2 ** 31), 'i-2147483648'],
		[2 ** 31, 'L2147483648'],
		[1.5, 'd1.5'],
		[7n, 'L7'],
		[new JavaLong(3), 'L3'],
		['a\\b\r\n', 'sa\\\\b\\r\\n'],
		[new Uint8Array([1, 2]), 'jAQI='],
		[ref(3), 'ro3'],
	])('writes the argument %s as %s', (value, text) => expect(encodeArgument(value)).toBe(text))
})

/** A gateway that answers each command from a table and remembers what it was asked. */
async function gateway(answers: Readonly<Record<string, string>>) {
	const asked: string[] = []
	const made = await listen((socket) => {
		let rest = ''
		socket.setEncoding('utf8').on('data', (text: string) => {
			rest += text
			for (;;) {
				const end = rest.startsWith('A\n') ? rest.indexOf('\n', 2) + 1 : rest.indexOf('\ne\n') + 3
				if (end <= 2 || rest === '') return
				const one = rest.slice(0, end)
				rest = rest.slice(end)
				asked.push(one)
				if (answers[one] === 'close') socket.destroy()
				else socket.write(`${answers[one] ?? '!yv'}\n`)
			}
		})
	})
	server = made.server
	return { asked, port: made.port }
}

let server: Server | undefined
afterEach(() => server?.close())

describe('a connection to the gateway', () => {
	it('lets a command wait until the one before is answered', async () => {
		const { asked, port } = await gateway({
			[command.call(ref(1), 'a', [])]: '!yi1',
			[command.call(ref(1), 'b', [])]: '!yi2',
		})
		const jvm = await Jvm.connect({ port, secret: 's' })
		expect(await Promise.all([jvm.plan.call(ref(1), 'a'), jvm.plan.call(ref(1), 'b')])).toEqual([1, 2])
		expect(asked.slice(0, 3)).toEqual(Array(3).fill('A\ns\n'))
		jvm.close()
	})
	it('makes an error of an exception: its first line, and the trace as cause; the exception is freed', async () => {
		const { asked, port } = await gateway({
			[command.call(ref(1), 'a', [])]: '!xro9',
			[command.trace(ref(9))]: '!ysjava.io.IOException: no disk\\n\tat x.y(Z.java:1)',
		})
		const jvm = await Jvm.connect({ port, secret: 's' })
		await expect(jvm.plan.call(ref(1), 'a')).rejects.toMatchObject({
			code: 'cluster/java',
			message: 'java.io.IOException: no disk',
			cause: 'java.io.IOException: no disk\n\tat x.y(Z.java:1)',
		})
		expect(asked.at(-1)).toBe(command.free(ref(9)))
		jvm.close()
	})
	it('fails what waits when the JVM ends, and everything after', async () => {
		const { port } = await gateway({ [command.call(ref(1), 'a', [])]: 'close' })
		const jvm = await Jvm.connect({ port, secret: 's' })
		await expect(jvm.plan.call(ref(1), 'a')).rejects.toMatchObject({ code: 'cluster/gateway' })
		await expect(jvm.plan.call(ref(1), 'b')).rejects.toMatchObject({ code: 'cluster/gateway' })
		jvm.free(ref(2))
		jvm.close()
	})
	it('frees what a scope has marked, also when its body fails', async () => {
		const { asked, port } = await gateway({ [command.make('X', [])]: '!yro5' })
		const jvm = await Jvm.connect({ port, secret: 's' })
		const failed = jvm.scope(async (brief) => {
			brief(await jvm.plan.make('X'))
			throw new TypeError('no')
		})
		await expect(failed).rejects.toThrow('no')
		await expect.poll(() => asked.at(-1)).toBe(command.free(ref(5)))
		jvm.close()
	})
	it('says so when the gateway does not let it in', async () => {
		const { port } = await gateway({ 'A\nwrong\n': '!xsno' })
		await expect(Jvm.connect({ port, secret: 'wrong' })).rejects.toThrow('does not let this driver in')
	})
})
