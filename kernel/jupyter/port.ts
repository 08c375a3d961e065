/**
 * The kernel's five sockets as one thing: requests come in, replies and published messages go out in order.
 *
 * Bytes that are no message of ours are logged to the kernel's own stderr and dropped; they never reach a cell.
 */

import { type Channel, type Connection, endpointOf } from './connection.js'
import { type Pulse, startPulse } from './pulse.js'
import { bindPublisher, bindRouter, type SocketListener, type Wired } from './socket.js'
import { type Content, type Header, type Incoming, type Outgoing, Wire } from './wire.js'

/** The channels that carry requests. */
export type RequestChannel = 'shell' | 'control' | 'stdin'

/** Takes a request. */
export type OnRequest = (channel: RequestChannel, message: Incoming) => void

/** Sends to everybody who listens on iopub. */
export type Publish = (type: string, content: Content, parent: Header | undefined, extras?: PublishExtras) => void

/** What few messages have beside their content. */
export type PublishExtras = Pick<Outgoing, 'metadata' | 'buffers'>

/** Where messages leave the kernel. */
export interface Port {
	/** Calls `onRequest` for each valid message, in the order of its channel; those that came before this was called first. */
	listen(onRequest: OnRequest): void
	readonly publish: Publish
	/** Answers, or asks (`input_request`), the client that sent `request`. */
	reply(channel: RequestChannel, request: Incoming, type: string, content: Content, metadata?: Content): void
	/** Resolves when everything is closed; what was sent before is still delivered. */
	close(): Promise<void>
}

/** Writes a line to the kernel's own stderr. */
export const logLine = (text: string): void => void process.stderr.write(`rivulet kernel: ${text}\n`)

/** Binds all sockets. Rejects when an address cannot be bound. */
export async function openPort(connection: Connection): Promise<Port> {
	const wire = new Wire(connection.key, connection.hash)
	const open: Wired[] = []
	const onFault = (channel: Channel) => (error: unknown) => logLine(`${channel}: ${String(error)}`)

	// Until the first cell every subscriber hears that the kernel is there and idle. JupyterLab, whose connection outlives
	// a restart, takes no status of its own kernel_info requests and would show an unknown one until then.
	let isFresh = true
	// Clients are heard from the first socket on, while others are still being bound.
	const early: Parameters<OnRequest>[] = []
	let onRequest: OnRequest = (...request) => void early.push(request)
	const listenOn = async (channel: RequestChannel): Promise<Wired> => {
		const socket = await bindRouter(endpointOf(connection, channel), {
			onFault: onFault(channel),
			onFrames(frames) {
				const message = wire.decode(frames)
				if (typeof message === 'string') logLine(`${channel}: dropped a message with ${message}`)
				else {
					if (message.header.msg_type === 'execute_request') isFresh = false
					onRequest(channel, message)
				}
			},
		})
		open.push(socket)
		return socket
	}

	const subscriptions: SocketListener = {
		onFault: onFault('iopub'),
		onFrames([frame]) {
			if (frame?.[0] === 1) welcome(frame.subarray(1).toString())
		},
	}
	const iopub = await bindPublisher(endpointOf(connection, 'iopub'), subscriptions)
	open.push(iopub)
	const publish = (topic: string, ...[type, content, parent, extras]: Parameters<Publish>): void =>
		iopub.post(wire.encode({ identities: [topic], type, parent, content, ...extras }))
	let hasStarted = false
	const welcome = (subscription: string): void => {
		publish(subscription === '' ? 'iopub_welcome' : subscription, 'iopub_welcome', { subscription }, undefined)
		const states = [...(hasStarted ? [] : ['starting']), ...(isFresh ? ['idle'] : [])]
		hasStarted = true
		for (const state of states) {
			publish(`kernel.${wire.session}.status`, 'status', { execution_state: state }, undefined)
		}
	}

	const stdin = await listenOn('stdin')
	const control = await listenOn('control')
	const pulse: Pulse = await startPulse(endpointOf(connection, 'hb'))
	const shell = await listenOn('shell')
	const routers = { shell, control, stdin }

	return {
		listen(take) {
			onRequest = take
			for (const request of early.splice(0)) take(...request)
		},
		publish: (type, ...rest) => publish(`kernel.${wire.session}.${type}`, type, ...rest),
		reply(channel, request, type, content, metadata = {}) {
			const { identities, header: parent } = request
			routers[channel].post(wire.encode({ identities, type, parent, content, metadata }))
		},
		async close() {
			await Promise.all(open.map((socket) => socket.drained()))
			for (const socket of open) socket.close()
			await pulse.stop()
		},
	}
}
