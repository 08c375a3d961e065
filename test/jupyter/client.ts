/** A scripted Jupyter client for tests: starts the real kernel on sockets in a temporary folder and talks to it. */

import { type ChildProcess, spawn } from 'node:child_process'
import { createHmac } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { packageFile } from '../../engine/index.js'
import { endpointOf, readConnection } from '../../kernel/jupyter/connection.js'
import { connectDealer, connectRequest, connectSubscriber, type Wired } from '../../kernel/jupyter/socket.js'

/** A message as a test looks at it. */
export interface Seen {
	readonly channel: string
	readonly type: string
	/** The id of the request it belongs to. */
	readonly parent: string | undefined
	readonly content: Fields
	readonly buffers: readonly Buffer[]
}

/** Fields of JSON, each test knowing which there are. */
// biome-ignore lint/suspicious/noExplicitAny: a test reads replies of many shapes and fails where one is missing.
type Fields = Record<string, any>

/** The frames behind the delimiter, as a test looks at them. */
export function seenIn(channel: string, frames: readonly Buffer[]): Seen {
	const at = frames.findIndex((frame) => frame.toString() === '<IDS|MSG>')
	const [header, parent, , content] = frames.slice(at + 2, at + 6).map((frame) => JSON.parse(frame.toString()))
	return { channel, type: header.msg_type, parent: parent.msg_id, content, buffers: frames.slice(at + 6) }
}

export interface ClientOptions {
	readonly env?: NodeJS.ProcessEnv
	/** Messages are signed with it. */
	readonly key?: string
	/** `process` is a program that starts the kernel and names itself its parent, as Jupyter does. */
	readonly hasParent?: boolean
}

export class Client {
	readonly seen: Seen[] = []
	readonly process: ChildProcess
	stderr = ''
	/** Of each message that came, whether it was signed as it should be. */
	readonly signatures: boolean[] = []
	/** Subscribes to iopub once more; messages are heard in `seen` too. */
	readonly subscribe: () => Wired
	readonly #sockets: Record<string, Wired>
	readonly #folder: string
	readonly #waiting = new Set<() => void>()
	readonly #key: string
	#ids = 0

	/** A kernel that has run its first cell. */
	static async ready(first: string): Promise<Client> {
		const client = await Client.start()
		await client.run(first)
		return client
	}

	static async start(options: ClientOptions = {}): Promise<Client> {
		const client = new Client(options)
		await client.until(({ type }) => type === 'iopub_welcome')
		return client
	}

	private constructor({ env = {}, key = '', hasParent = false }: ClientOptions) {
		this.#key = key
		this.#folder = mkdtempSync(join(tmpdir(), 'rv-'))
		const file = join(this.#folder, 'c.json')
		const ports = { shell_port: 1, control_port: 2, stdin_port: 3, iopub_port: 4, hb_port: 5 }
		const ip = join(this.#folder, 'k')
		writeFileSync(file, JSON.stringify({ transport: 'ipc', ip, key, signature_scheme: 'hmac-sha256', ...ports }))
		const connection = readConnection(file)
		const argv = [packageFile('dist', 'repl', 'cli', 'main.js'), 'kernel', file]
		this.process = spawn(process.execPath, hasParent ? ['-e', launcher, ...argv] : argv, {
			cwd: this.#folder,
			env: { ...process.env, RIVULET_HISTORY: '', ...env },
			stdio: ['ignore', 'ignore', 'pipe'],
		})
		this.process.stderr?.on('data', (bytes) => {
			this.stderr += String(bytes)
		})
		const listener = (channel: string) => ({
			onFault: () => undefined,
			onFrames: (frames: Buffer[]) => {
				if (channel !== 'hb') this.signatures.push(this.#isSigned(frames))
				this.seen.push(channel === 'hb' ? { ...bare, channel } : seenIn(channel, frames))
				for (const look of [...this.#waiting]) look()
			},
		})
		const dealer = (channel: 'shell' | 'control' | 'stdin') =>
			connectDealer(endpointOf(connection, channel), 'client', listener(channel))
		this.subscribe = () => connectSubscriber(endpointOf(connection, 'iopub'), listener('iopub'))
		this.#sockets = {
			shell: dealer('shell'),
			control: dealer('control'),
			stdin: dealer('stdin'),
			iopub: this.subscribe(),
			hb: connectRequest(endpointOf(connection, 'hb'), listener('hb')),
		}
	}

	/** Sends a request and gives its id. */
	send(channel: string, type: string, content: object, metadata: object = {}, buffers: readonly Buffer[] = []): string {
		const id = `request-${++this.#ids}`
		const header = { msg_id: id, msg_type: type, session: 'test', username: 'test', date: '', version: '5.4' }
		const json = [header, {}, metadata, content].map((part) => JSON.stringify(part))
		this.post(channel, ['<IDS|MSG>', this.sign(json), ...json, ...buffers])
		return id
	}

	/** The signature of the four JSON frames. */
	sign(json: readonly string[]): string {
		if (this.#key === '') return ''
		const hmac = createHmac('sha256', this.#key)
		for (const part of json) hmac.update(part)
		return hmac.digest('hex')
	}

	#isSigned(frames: readonly Buffer[]): boolean {
		const [signature, ...json] = frames.slice(frames.findIndex((frame) => frame.toString() === '<IDS|MSG>') + 1)
		return String(signature) === this.sign(json.slice(0, 4).map(String))
	}

	post(channel: string, frames: readonly (string | Buffer)[]): void {
		this.#sockets[channel]?.post(frames.map((frame) => Buffer.from(frame as string)))
	}

	/** Sends a cell without waiting for it. */
	execute(code: string, options: object = {}, cellId?: string): string {
		const content = { code, silent: false, store_history: true, user_expressions: {}, allow_stdin: true, ...options }
		return this.send('shell', 'execute_request', content, cellId === undefined ? {} : { cellId })
	}

	/** Runs a cell; resolves to what was published for it, status messages left out, when it is idle. */
	async run(code: string, options: object = {}, cellId?: string): Promise<Seen[]> {
		const id = this.execute(code, options, cellId)
		await this.idle(id)
		return this.published(id)
	}

	async idle(id: string): Promise<void> {
		await this.until(
			({ type, parent, content }) => type === 'status' && parent === id && content.execution_state === 'idle',
		)
	}

	async reply(id: string): Promise<Fields> {
		return (await this.until(({ channel, parent }) => (channel === 'shell' || channel === 'control') && parent === id))
			.content
	}

	/** What was published for a request so far, without status and input. */
	published(id: string): Seen[] {
		return this.seen.filter(
			({ channel, parent, type }) =>
				channel === 'iopub' && parent === id && type !== 'status' && type !== 'execute_input',
		)
	}

	/** Resolves to the first message that fits, of those seen or to come. */
	until(fits: (message: Seen) => boolean): Promise<Seen> {
		return new Promise((resolve) => {
			const look = (): void => {
				const found = this.seen.find(fits)
				if (found === undefined) return
				this.#waiting.delete(look)
				resolve(found)
			}
			this.#waiting.add(look)
			look()
		})
	}

	/** Shuts the kernel down; resolves to its exit code. */
	async stop(): Promise<number | null> {
		const ended =
			this.process.exitCode === null && this.process.signalCode === null ? once(this.process, 'exit') : undefined
		this.send('control', 'shutdown_request', { restart: false })
		await ended
		for (const socket of Object.values(this.#sockets)) socket.close()
		rmSync(this.#folder, { recursive: true })
		return this.process.exitCode
	}
}

/** Starts what its arguments name and stays. */
const launcher = `
const { spawn } = require('node:child_process')
const env = { ...process.env, JPY_PARENT_PID: String(process.pid) }
spawn(process.execPath, process.argv.slice(1), { stdio: ['ignore', 'ignore', 'inherit'], env }).on('exit', process.exit)
`
const bare: Seen = { channel: 'hb', type: 'echo', parent: undefined, content: {}, buffers: [] }
