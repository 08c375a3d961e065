/** A standalone cluster of Spark on this machine whose processes find neither node nor python. */

import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { closeSync, mkdirSync, openSync, readFileSync, symlinkSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { vi } from 'vitest'
import { findSpark } from '../../engine/spark/findspark.js'

/** What Spark's own scripts call, and what unpacks archives. */
const programs =
	`bash sh gzip tar java dirname basename uname ls cat rm mkdir sed grep tail head tr cut ps id hostname env
nice nohup expr chmod readlink`.split(/\s+/)

const where = (program: string): string =>
	execFileSync('/bin/sh', ['-c', `readlink -f "$(command -v ${program})"`], { encoding: 'utf8' }).trim()

export class StandaloneCluster {
	readonly home: string
	#master = ''
	readonly #folder: string
	readonly #processes: ChildProcess[] = []
	readonly #environment: Record<string, string>

	private constructor(folder: string) {
		this.#folder = folder
		this.home = findSpark(undefined).home
		this.#environment = {
			PATH: join(folder, 'bin'),
			JAVA_HOME: dirname(dirname(where('java'))),
			SPARK_HOME: this.home,
			SPARK_LOCAL_IP: '127.0.0.1',
			SPARK_NO_DAEMONIZE: '1',
			SPARK_DAEMON_MEMORY: '256m',
		}
	}

	/** A Master and workers of one core each; their files go to `folder`. */
	static async start(folder: string, numWorkers: number): Promise<StandaloneCluster> {
		mkdirSync(join(folder, 'bin'))
		for (const program of programs) symlinkSync(where(program), join(folder, 'bin', program))
		const cluster = new StandaloneCluster(folder)
		const common = ['--host', '127.0.0.1', '--webui-port', '0']
		cluster.#run('master', ['master.Master', ...common, '--port', '0'])
		cluster.#master = await vi.waitFor(
			() => {
				const [url] = /spark:\/\/127\.0\.0\.1:\d+/.exec(cluster.log('master')) ?? []
				if (url === undefined) throw new Error(`no master yet: ${cluster.log('master')}`)
				return url
			},
			{ timeout: 200_000, interval: 200 },
		)
		for (let i = 0; i < numWorkers; i++) {
			const work = join(folder, `work-${i}`)
			const resources = ['-c', '1', '-m', '1200m', '-d', work]
			cluster.#run(`worker-${i}`, ['worker.Worker', ...common, ...resources, cluster.#master])
		}
		return cluster
	}

	get master(): string {
		return this.#master
	}

	#run(name: string, [what = '', ...args]: readonly string[]): void {
		const log = openSync(join(this.#folder, `${name}.log`), 'w')
		const command = [join(this.home, 'bin', 'spark-class'), `org.apache.spark.deploy.${what}`, ...args]
		this.#processes.push(
			spawn('/bin/bash', command, { env: this.#environment, stdio: ['ignore', log, log], cwd: this.#folder }),
		)
		closeSync(log)
	}

	/** What the Master or a worker has written. */
	log(name: string): string {
		return readFileSync(join(this.#folder, `${name}.log`), 'utf8')
	}

	/** Ends all of it. */
	async stop(): Promise<void> {
		await Promise.all(
			this.#processes.map(
				(process) =>
					new Promise<void>((resolve) => {
						if (process.exitCode !== null || process.signalCode !== null) resolve()
						process.once('exit', () => resolve())
						process.kill('SIGKILL')
					}),
			),
		)
	}
}
