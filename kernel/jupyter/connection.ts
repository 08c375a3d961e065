/**
 * The connection file: where the five sockets are bound, and the key that signs messages.
 *
 * Source: Jupyter's client documentation, "Connection files".
 */

import { readFileSync } from 'node:fs'
import { StreamError } from '../../engine/index.js'

/** The five channels of a kernel. */
export type Channel = 'shell' | 'control' | 'stdin' | 'iopub' | 'hb'

/** What a connection file says. */
export interface Connection {
	readonly transport: 'tcp' | 'ipc'
	/** An address for tcp, the start of a path for ipc. */
	readonly ip: string
	readonly ports: Readonly<Record<Channel, number>>
	/** Empty: messages are not signed. */
	readonly key: string
	/** The hash of the signatures, e.g. `sha256`. */
	readonly hash: string
}

const channels: readonly Channel[] = ['shell', 'control', 'stdin', 'iopub', 'hb']

/**
 * Reads a connection file.
 * @throws jupyter/connection when the file is missing, is no JSON, or lacks a field
 */
export function readConnection(file: string): Connection {
	let text: string
	try {
		text = readFileSync(file, 'utf8')
	} catch (cause) {
		throw fault(file, 'cannot be read', cause)
	}
	let fields: Record<string, unknown>
	try {
		fields = JSON.parse(text)
	} catch (cause) {
		throw fault(file, 'is no JSON', cause)
	}
	if (typeof fields !== 'object' || fields === null) throw fault(file, 'holds no object')
	const { transport = 'tcp', ip, key = '', signature_scheme: scheme = 'hmac-sha256' } = fields
	if (transport !== 'tcp' && transport !== 'ipc') throw fault(file, `has the unknown transport ${quoted(transport)}`)
	if (typeof ip !== 'string' || ip === '') throw fault(file, 'has no ip')
	if (typeof key !== 'string') throw fault(file, 'has a key that is no text')
	const hash = typeof scheme === 'string' ? /^hmac-(\w+)$/.exec(scheme)?.[1] : undefined
	if (hash === undefined) throw fault(file, `has the unknown signature scheme ${quoted(scheme)}`)
	return { transport, ip, key, hash, ports: portsOf(file, fields) }
}

function portsOf(file: string, fields: Record<string, unknown>): Record<Channel, number> {
	const ports: Record<Channel, number> = { shell: 0, control: 0, stdin: 0, iopub: 0, hb: 0 }
	for (const channel of channels) {
		const port = fields[`${channel}_port`]
		if (typeof port !== 'number' || !Number.isInteger(port) || port <= 0 || port > 65_535) {
			throw fault(file, `has no usable ${channel}_port: ${quoted(port)}`)
		}
		ports[channel] = port
	}
	return ports
}

/** The address of a channel: `tcp://127.0.0.1:5555`, `ipc:///tmp/kernel-1`. */
export function endpointOf(connection: Connection, channel: Channel): string {
	const port = connection.ports[channel]
	return connection.transport === 'ipc' ? `ipc://${connection.ip}-${port}` : `tcp://${connection.ip}:${port}`
}

const quoted = (value: unknown): string => JSON.stringify(value) ?? String(value)

const fault = (file: string, what: string, cause?: unknown): StreamError =>
	new StreamError('jupyter/connection', `the connection file ${what}`, {
		where: file,
		remedy: 'a connection file is written by Jupyter: start the kernel from there',
		cause,
	})
