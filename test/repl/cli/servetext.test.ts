import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { Rivulet } from './process.js'

const folder = mkdtempSync(join(tmpdir(), 'rivulet-serve-'))
writeFileSync(join(folder, 'two.txt'), 'one\ntwo\n')
afterAll(() => rmSync(folder, { recursive: true }))

/** Connects to the port that the server has named, and reads until `count` lines are there or the server ends. */
async function read(server: Rivulet, count: number): Promise<string[]> {
	const [, port] = await server.saw(/on localhost:(\d+)/)
	const socket = connect(Number(port), 'localhost').setEncoding('utf8')
	let text = ''
	for await (const part of socket) {
		text += part
		if (text.split('\n').length > count) break
	}
	return text.split('\n').slice(0, count)
}

describe('rivulet serve-text', () => {
	it('sends the lines of a file again and again', async () => {
		const server = new Rivulet(['serve-text', '0', '--file', 'two.txt', '--per-second', '1000'], folder)
		expect(await read(server, 5)).toEqual(['one', 'two', 'one', 'two', 'one'])
		server.process.kill('SIGTERM')
		expect(await server.ended()).toBe(0)
	})

	it('sends the text once and leaves with --once', async () => {
		const server = new Rivulet(['serve-text', '0', '--file', 'two.txt', '--once', '--per-second', '1000'], folder)
		expect(await read(server, 9)).toEqual(['one', 'two', ''])
		expect(await server.ended()).toBe(0)
	})

	it('sends the shipped text when no file is named', async () => {
		const server = new Rivulet(['serve-text', '0', '--per-second', '1000'], folder)
		expect(await read(server, 2)).toEqual(["ALICE'S ADVENTURES IN WONDERLAND", 'Lewis Carroll'])
		server.process.kill('SIGTERM')
		await server.ended()
	})

	it('sends what is typed to every client as well', async () => {
		const server = new Rivulet(['serve-text', '0', '--file', 'two.txt', '--per-second', '1'], folder)
		const [, port] = await server.saw(/on localhost:(\d+)/)
		const clients = [1, 2].map(() => connect(Number(port), 'localhost').setEncoding('utf8'))
		// The first line tells that the server has accepted the client.
		await Promise.all(clients.map((client) => once(client, 'data')))
		server.process.stdin.write('typed\n')
		const heard = await Promise.all(clients.map((client) => line(client, 'typed')))
		for (const client of clients) client.destroy()
		server.process.kill('SIGTERM')
		expect([heard, await server.ended()]).toEqual([[true, true], 0])
	})

	it('sends only what is typed at 0 lines a second, and says so', async () => {
		const server = new Rivulet(['serve-text', '0', '--per-second', '0'], folder)
		await server.saw(/^serving what is typed here on localhost:\d+$/m)
		server.process.kill('SIGTERM')
		expect(await server.ended()).toBe(0)
	})
})

/** Whether `wanted` comes as a line before the end. */
async function line(client: Socket, wanted: string): Promise<boolean> {
	let text = ''
	for await (const part of client) {
		text += part
		if (text.split('\n').slice(0, -1).includes(wanted)) return true
	}
	return false
}
