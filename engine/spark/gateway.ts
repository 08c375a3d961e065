/**
 * Spark's driver process: stock `spark-submit` with a Py4J gateway and nothing else in it.
 *
 *   Node ──stdin, kept open──▶ sh ──▶ spark-submit … pyspark-shell = JVM with the gateway
 *
 * The JVM ends when its stdin closes, so it ends with this process in whatever way this process ends; the shell around it
 * then removes the scratch folder. A driver that runs in the cluster was itself started by such a JVM, and is told where
 * it listens. Source: PySpark's `java_gateway.py`.
 */

import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, existsSync, fstatSync, mkdtempSync, openSync, readFileSync, readSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { systemClock } from '../base/clock.js'
import { StreamError } from '../base/errors.js'
import type { InstalledSpark } from './findspark.js'
import type { GatewayAddress } from './jvm.js'
import type { Socket } from './tcp.js'

export interface GatewayOptions {
	readonly master: string
	readonly appName: string
	/** Given on as `--conf`. */
	readonly settings: readonly (readonly [string, string])[]
}

/** How often the gateway is looked for while it starts. */
const lookEveryMs = 50
/** How long it may take to start. */
const startLimitMs = 180_000
/** How long it may take to end by itself. */
const endLimitMs = 20_000

const sleep = (ms: number): Promise<void> =>
	new Promise((resolve) => void systemClock.at(systemClock.now() + ms, resolve))

export class Gateway {
	/** A private folder that is gone when Spark is. */
	readonly scratch: string
	readonly address: GatewayAddress
	/** None for a JVM that has started this process. */
	readonly #own: { readonly child: ChildProcess; readonly log: number } | undefined

	private constructor(scratch: string, address: GatewayAddress, child?: ChildProcess, log = 0) {
		this.scratch = scratch
		this.address = address
		// The log stays open: the shell removes the file as soon as Spark has ended.
		this.#own = child === undefined ? undefined : { child, log }
	}

	/** The gateway of the JVM that has started this process as its driver in the cluster; undefined without one. */
	static given(env: Readonly<Record<string, string | undefined>> = process.env): Gateway | undefined {
		const { PYSPARK_GATEWAY_PORT: port, PYSPARK_GATEWAY_SECRET: secret } = env
		if (port === undefined || secret === undefined) return undefined
		return new Gateway(mkdtempSync(join(tmpdir(), 'rivulet-spark-')), { port: Number(port), secret })
	}

	/** Starts Spark's driver and waits for its gateway. @throws cluster/gateway with the end of its log */
	static async start(spark: InstalledSpark, options: GatewayOptions): Promise<Gateway> {
		const scratch = mkdtempSync(join(tmpdir(), 'rivulet-spark-'))
		const log = openSync(join(scratch, 'log'), 'a+', 0o600)
		const child = launch(spark, options, scratch, log)
		const found = join(scratch, 'gateway')
		const limit = systemClock.now() + startLimitMs
		let problem: Error | undefined
		child.once('error', (error) => {
			problem = error
		})
		while (!existsSync(found)) {
			if (problem !== undefined || child.exitCode !== null || child.signalCode !== null || systemClock.now() > limit) {
				const error = cannotStart(spark, options, tailOf(log), problem)
				killGroup(child)
				closeSync(log)
				rmSync(scratch, { recursive: true, force: true })
				throw error
			}
			await sleep(lookEveryMs)
		}
		const bytes = readFileSync(found)
		const port = bytes.readInt32BE(0)
		const secret = bytes.toString('utf8', 8, 8 + bytes.readInt32BE(4))
		rmSync(found)
		child.unref()
		return new Gateway(scratch, { port, secret }, child, log)
	}

	/** The last 200 lines that Spark's driver has written. */
	logTail(): string {
		return this.#own === undefined ? 'see the log of the driver in the cluster' : tailOf(this.#own.log, 200)
	}

	/** Lets Spark's driver end, by force after 20 seconds. */
	async stop(): Promise<void> {
		if (this.#own === undefined) {
			rmSync(this.scratch, { recursive: true, force: true })
			return
		}
		const { child, log } = this.#own
		child.ref()
		const ended = new Promise<void>((resolve) => {
			if (child.exitCode !== null || child.signalCode !== null) resolve()
			else child.once('exit', () => resolve())
		})
		const limit = systemClock.at(systemClock.now() + endLimitMs, () => killGroup(child))
		child.stdin?.end()
		await ended
		limit.dispose()
		closeSync(log)
		rmSync(this.scratch, { recursive: true, force: true })
	}
}

function launch(
	spark: InstalledSpark,
	{ master, appName, settings }: GatewayOptions,
	scratch: string,
	log: number,
): ChildProcess {
	const confs = settings.flatMap(([key, value]) => ['--conf', `${key}=${value}`])
	const script = '"$@"; code=$?; rm -rf -- "$RIVULET_SCRATCH"; exit $code'
	const submit = [join(spark.home, 'bin', 'spark-submit'), '--master', master, '--name', appName, ...confs]
	const child = spawn('/bin/sh', ['-c', script, 'rivulet', ...submit, 'pyspark-shell'], {
		detached: true,
		stdio: ['pipe', log, log],
		env: {
			...process.env,
			SPARK_HOME: spark.home,
			RIVULET_SCRATCH: scratch,
			_PYSPARK_DRIVER_CONN_INFO_PATH: join(scratch, 'gateway'),
			PYSPARK_PIN_THREAD: 'true',
			SPARK_CONNECT_MODE: '0',
		},
	})
	// Without a reader at the other end there is nothing to be told: the exit says it.
	child.stdin?.on('error', () => undefined)
	const stdin: unknown = child.stdin
	if (stdin !== null && typeof stdin === 'object' && 'unref' in stdin) (stdin as Socket).unref()
	return child
}

function killGroup({ pid }: ChildProcess): void {
	if (pid === undefined) return
	try {
		process.kill(-pid, 'SIGKILL')
	} catch (thrown) {
		if ((thrown as NodeJS.ErrnoException).code !== 'ESRCH') throw thrown
	}
}

/** The last lines of a file. */
function tailOf(file: number, numLines = 20): string {
	const most = 65_536
	const { size } = fstatSync(file)
	const bytes = Buffer.alloc(Math.min(size, most))
	readSync(file, bytes, 0, bytes.length, size - bytes.length)
	return bytes.toString().trimEnd().split('\n').slice(-numLines).join('\n')
}

function cannotStart(spark: InstalledSpark, { master }: GatewayOptions, log: string, cause: unknown): StreamError {
	const noJava = /JAVA_HOME is not set|Unable to locate a Java Runtime|java: (command )?not found/i.test(log)
	const wrongJava = /UnsupportedClassVersionError/.test(log)
	return new StreamError('cluster/gateway', `Spark ${spark.version} did not start:\n${log}`, {
		where: `${spark.home}, master ${master}`,
		remedy:
			noJava || wrongJava
				? 'install Java 17, or set JAVA_HOME to it'
				: 'run its bin/spark-shell by hand with the same master to see why',
		cause,
	})
}
