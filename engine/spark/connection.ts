/**
 * One connection to the Py4J gateway: commands go one after another, each when the one before is answered.
 *
 * Two small commands at once cost 40 ms on the JVM's side (Nagle's algorithm there waits for our acknowledgement). Only a
 * connection for frees, whose answers nobody waits for, sends ahead. A JVM thread belongs to each connection, and with it
 * the local properties of Spark. The connection keeps the process alive while it waits, and only then.
 */

import { StreamError } from '../base/errors.js'
import { command, decodeAnswer, type JavaRef, type JavaValue } from './py4j.js'
import { connectTo, type Socket } from './tcp.js'

interface Waiting {
	readonly resolve: (line: string) => void
	readonly reject: (error: StreamError) => void
}

/** One command at a time. */
export class PyConnection {
	readonly #socket: Socket
	readonly #waiting: Waiting[] = []
	#rest = ''
	#last: Promise<unknown> = Promise.resolve()
	#lost: StreamError | undefined

	private constructor(port: number) {
		this.#socket = connectTo(port)
		this.#socket.setEncoding('utf8')
		this.#socket.on('data', (text: string) => this.#take(text))
		this.#socket.on('error', (error) => this.#fail(error))
		this.#socket.on('close', () => this.#fail(undefined))
	}

	/** A connection that is let in. @throws cluster/gateway */
	static async open(port: number, secret: string): Promise<PyConnection> {
		const connection = new PyConnection(port)
		const answer = decodeAnswer(await connection.#exchange(command.login(secret)))
		if (answer.kind !== 'value') {
			connection.close()
			throw new StreamError('cluster/gateway', 'the gateway of Spark does not let this driver in', {
				remedy: 'start the session again',
			})
		}
		return connection
	}

	/** Why it ended; undefined while it is open. */
	get lost(): StreamError | undefined {
		return this.#lost
	}

	/** Sends a command when those before are answered. @throws cluster/java for an exception; cluster/gateway */
	ask(text: string): Promise<JavaValue> {
		const turn = this.#last.then(() => this.#answered(text))
		this.#last = turn.catch(() => undefined)
		return turn
	}

	/** Frees an object; nobody waits for the answer, and none is needed once the gateway is gone. */
	free(ref: JavaRef): void {
		if (this.#lost !== undefined) return
		this.#waiting.push({ resolve: () => undefined, reject: () => undefined })
		this.#socket.write(command.free(ref))
	}

	close(): void {
		this.#socket.destroy()
	}

	async #answered(text: string): Promise<JavaValue> {
		const answer = decodeAnswer(await this.#exchange(text))
		if (answer.kind === 'value') return answer.value
		if (answer.kind === 'complaint') throw complaint(answer.text, text)
		const trace = decodeAnswer(await this.#exchange(command.trace(answer.ref)))
		await this.#exchange(command.free(answer.ref))
		throw javaError(trace.kind === 'value' ? String(trace.value) : 'an exception without a trace')
	}

	#exchange(text: string): Promise<string> {
		if (this.#lost !== undefined) return Promise.reject(this.#lost)
		return new Promise((resolve, reject) => {
			this.#waiting.push({ resolve, reject })
			this.#socket.ref()
			this.#socket.write(text)
		})
	}

	#take(text: string): void {
		const lines = (this.#rest + text).split('\n')
		this.#rest = lines.pop() as string
		for (const line of lines) this.#waiting.shift()?.resolve(line)
		if (this.#waiting.length === 0) this.#socket.unref()
	}

	#fail(cause: Error | undefined): void {
		this.#lost ??= new StreamError('cluster/gateway', 'the connection to Spark is lost: its driver process has ended', {
			remedy: 'make a new SparkContext; in a session %master, or .master in the shell, with this or another master',
			cause,
		})
		for (const { reject } of this.#waiting.splice(0)) reject(this.#lost)
	}
}

/** An exception of the JVM: its first line as message, the whole trace as cause. */
function javaError(trace: string): StreamError {
	return new StreamError('cluster/java', trace.split(/\n\s*at /, 1)[0] as string, { cause: trace })
}

const complaint = (text: string, sent: string): StreamError =>
	new StreamError('cluster/java', `Spark refused a call: ${text.split('\n', 1)[0]}`, {
		where: sent.split('\n', 3).join(' '),
		remedy: 'use a Spark from 3.4 to 4.3',
		cause: text,
	})
