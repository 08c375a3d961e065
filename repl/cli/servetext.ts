/**
 * `rivulet serve-text`: a TCP server that sends lines, for those who have no `nc`.
 *
 * Each client hears the text from its first line, at the same pace, again and again; lines typed on stdin go to all
 * clients at once. A client that reads too slowly gets fewer lines, never a longer queue here.
 */

import { readFileSync, statSync } from 'node:fs'
import { createServer, type Server, type Socket } from 'node:net'
import { createInterface } from 'node:readline'
import { type Disposable, packageFile, systemClock } from '../../engine/index.js'
import { type Given, usage, wholeNumber } from './arguments.js'

/** What is served, and how. */
interface Offer {
	readonly lines: readonly string[]
	/** Lines a second to each client; 0 sends only what is typed. */
	readonly perSecond: number
	/** End the connection after the last line instead of starting again. */
	readonly once: boolean
}

/** Lines are due this often: short against a batch, long against the work of sending. */
const paceMs = 50
/** A client that has this much unread gets nothing new: 1 MiB. */
const mostUnreadBytes = 1_048_576

/**
 * Serves until a signal ends it (or, with --once, until the first client has had the whole text).
 * @throws cli/usage for a port, host or file that cannot be used
 */
export async function serveText(given: Given): Promise<number> {
	const port = wholeNumber('the port', given.positionals[0] ?? '', 0, 65_535)
	const host = given.text('host') ?? 'localhost'
	if (!/^[\w.:-]+$/.test(host)) throw usage(`'${host}' is no host name or address`)
	const offer: Offer = {
		lines: linesOf(given.text('file')),
		perSecond: given.count('per-second', 0) ?? 10,
		once: given.has('once'),
	}
	const clients = new Set<Socket>()
	const server = createServer((socket) => {
		clients.add(socket)
		const feed = offer.perSecond === 0 ? undefined : startFeed(socket, offer, () => server.close())
		// A client that goes away is no fault of the server; `close` follows.
		socket.on('error', () => undefined)
		socket.on('close', () => {
			feed?.dispose()
			clients.delete(socket)
		})
		socket.resume()
	})
	await listening(server, port, host)
	// From the first word on stdout a signal ends the server properly.
	const end = ended(server, clients)
	const address = server.address()
	const actual = typeof address === 'object' && address !== null ? address.port : port
	process.stdout.write(`${greeting(offer, given.text('file'))} on ${host}:${actual}\n`)
	const typed = createInterface({ input: process.stdin, terminal: false })
	typed.on('line', (line) => {
		for (const client of clients) client.write(`${line}\n`)
	})
	await end
	typed.close()
	process.stdin.destroy()
	return 0
}

function greeting(offer: Offer, file: string | undefined): string {
	if (offer.perSecond === 0) return 'serving what is typed here'
	return `serving ${file ?? 'the shipped text'}, ${offer.perSecond} lines a second, and what is typed here,`
}

function linesOf(file: string | undefined): readonly string[] {
	const path = file ?? packageFile('notebooks', 'data', 'alice.txt')
	if (statSync(path, { throwIfNoEntry: false })?.isFile() !== true) throw usage(`no such file: ${path}`)
	const lines = readFileSync(path, 'utf8').split(/\r?\n/)
	if (lines.at(-1) === '') lines.pop()
	if (lines.length === 0) throw usage(`${path} is empty`)
	return lines
}

function listening(server: Server, port: number, host: string): Promise<void> {
	return new Promise((resolve, reject) => {
		server.once('error', (error: NodeJS.ErrnoException) => reject(refused(error, port, host)))
		server.listen(port, host, resolve)
	})
}

function refused(error: NodeJS.ErrnoException, port: number, host: string): Error {
	switch (error.code) {
		case 'EADDRINUSE':
			return usage(`port ${port} of ${host} is in use`, 'choose another port, or 0 for any free one')
		case 'EACCES':
			return usage(`port ${port} is not allowed for this user`, 'choose a port from 1024 on')
		case 'ENOTFOUND':
		case 'EAI_AGAIN':
		case 'EADDRNOTAVAIL':
			return usage(`'${host}' is no address of this machine`)
		default:
			return usage(`cannot listen on ${host}:${port}: ${error.message}`)
	}
}

/** Sends the lines that are due, by the clock and not by counting wakes, so the pace holds under load. */
function startFeed(socket: Socket, offer: Offer, onDone: () => void): Disposable {
	const startMs = systemClock.now()
	let sent = 0
	let wake: Disposable | undefined
	const send = (): void => {
		const due = Math.floor(((systemClock.now() - startMs) * offer.perSecond) / 1_000) + 1
		const end = offer.once ? Math.min(due, offer.lines.length) : due
		const isSlow = socket.writableLength > mostUnreadBytes
		let text = ''
		if (!isSlow) for (let index = sent; index < end; index++) text += `${offer.lines[index % offer.lines.length]}\n`
		if (text !== '') socket.write(text)
		// A slow client of --once gets its lines later, any other one never.
		if (!isSlow || !offer.once) sent = Math.max(sent, end)
		if (offer.once && sent === offer.lines.length) {
			socket.end()
			onDone()
			return
		}
		wake = systemClock.at(systemClock.now() + paceMs, send)
	}
	send()
	return { dispose: () => wake?.dispose() }
}

/** Resolves when the server has closed: by itself, or because a signal asked for it. */
function ended(server: Server, clients: ReadonlySet<Socket>): Promise<void> {
	return new Promise((resolve) => {
		server.once('close', resolve)
		const leave = (): void => {
			server.close()
			for (const client of clients) client.destroy()
		}
		process.once('SIGINT', leave)
		process.once('SIGTERM', leave)
	})
}
