/**
 * The frames that a job of Spark serves on a socket: our secret, its `ok`, then each frame with its length.
 *
 * Source: Spark's `SocketAuthHelper`, PySpark's `_load_from_socket`.
 */

import { StreamError } from '../base/errors.js'
import { connectTo } from './tcp.js'

/** All frames. @throws cluster/java when the job ended in the middle of one */
export async function servedFrames(port: number, secret: string): Promise<Buffer[]> {
	const socket = connectTo(port)
	const greeting = Buffer.from(secret)
	const length = Buffer.alloc(4)
	length.writeInt32BE(greeting.length)
	socket.write(Buffer.concat([length, greeting]))
	const chunks: Buffer[] = []
	for await (const chunk of socket) chunks.push(chunk as Buffer)
	const [answer, ...frames] = framesIn(Buffer.concat(chunks))
	if (answer?.toString() !== 'ok') throw broken("it does not answer 'ok'")
	return frames
}

function framesIn(bytes: Buffer): Buffer[] {
	const frames: Buffer[] = []
	for (let at = 0; at < bytes.length; ) {
		const length = at + 4 <= bytes.length ? bytes.readInt32BE(at) : Number.POSITIVE_INFINITY
		if (length < 0) break
		if (at + 4 + length > bytes.length) throw broken('it ends in the middle')
		frames.push(bytes.subarray(at + 4, at + 4 + length))
		at += 4 + length
	}
	return frames
}

const broken = (why: string): StreamError =>
	new StreamError('cluster/java', `Spark did not serve the results of a job: ${why}`, {
		remedy: 'run the job again',
	})
