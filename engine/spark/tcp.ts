/** TCP between this driver, its JVM and its workers: on this machine only, without delay, and no reason to stay alive. */

import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'

export type { Server, Socket }

/** Where all of them listen. */
export const loopback = '127.0.0.1'

/** A connection that is being made. */
export function connectTo(port: number): Socket {
	const socket = connect({ port, host: loopback })
	socket.setNoDelay(true)
	return socket
}

/** A server on a free port that gives each connection to `accept`, paused when `isPaused`. */
export async function listen(
	accept: (socket: Socket) => void,
	{ isPaused = false } = {},
): Promise<{ readonly server: Server; readonly port: number }> {
	const server = createServer({ pauseOnConnect: isPaused, noDelay: true }, accept)
	await new Promise<void>((resolve, reject) => {
		server.once('error', reject)
		server.listen(0, loopback, resolve)
	})
	return { server, port: (server.address() as AddressInfo).port }
}
