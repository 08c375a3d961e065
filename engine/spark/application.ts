/**
 * A Spark application that runs for this driver: its gateway, its context, and the objects that all stages share.
 *
 * Workers are the same for a whole application (Spark pools them by command and environment), so both are made once.
 */

import { join } from 'node:path'
import { keysRefusedOnSpark, requireOnSpark } from '../base/checksettings.js'
import type { SparkConf } from '../base/config.js'
import { shipFunction } from '../closure/ship.js'
import { Broadcast } from '../rdd/broadcast.js'
import { Accumulations } from './accumulations.js'
import { BroadcastFiles } from './broadcastfiles.js'
import { Cargo } from './cargo.js'
import { deploymentOf } from './deployment.js'
import { executorWords, newestExecutor, numLost, numStarted } from './executorwords.js'
import { findSpark } from './findspark.js'
import { Gateway } from './gateway.js'
import { Jvm } from './jvm.js'
import { Metering } from './metering.js'
import type { CarriedProgram } from './program.js'
import type { JavaRef } from './py4j.js'
import { SentPackages } from './sentpackages.js'
import { requireKnown, versionTag } from './versions.js'

/** A captured stage that is larger does not travel with each task. */
const mostTaskBytes = 2 ** 20

/** Where Spark keeps what it has for Python. */
export const python = 'org.apache.spark.api.python'

/** Settings of Spark that suit a driver like this one; the program's own go before. */
const defaults: Readonly<Record<string, string>> = {
	'spark.ui.showConsoleProgress': 'false',
	'spark.ui.retainedJobs': '20',
	'spark.ui.retainedStages': '20',
	'spark.ui.retainedTasks': '200',
	'spark.locality.wait': '0',
	// A task that is not wanted any more gives its core back sooner.
	'spark.python.task.killTimeout': '500ms',
	// A driver whose own code computes for long fetches results late.
	'spark.python.authenticate.socketTimeout': '600s',
}

/** Settings that are this driver's business and not Spark's. */
const ours = /^(spark\.(master|app\.name|home)$|spark\.streaming\.|rivulet\.)/

function settingsOf(conf: SparkConf, master: string, archives: string | undefined): [string, string][] {
	const isHere = master.startsWith('local')
	const all = new Map(Object.entries(isHere ? { ...defaults, 'spark.driver.host': '127.0.0.1' } : defaults))
	for (const [key, value] of conf.getAll()) if (key.startsWith('spark.') && !ours.test(key)) all.set(key, value)
	if (archives !== undefined) all.set('spark.archives', archives)
	return [...all]
}

/** A stage as it is sent: with each task, or as a broadcast value. */
interface Carried {
	readonly program: Uint8Array
	readonly refs: readonly JavaRef[]
	readonly broadcast: Broadcast<Uint8Array> | undefined
}

export class Application {
	readonly jvm: Jvm
	/** Spark's `JavaSparkContext`, and its `SparkContext`. */
	readonly java: JavaRef
	readonly scala: JavaRef
	readonly accumulations: Accumulations
	readonly broadcasts: BroadcastFiles
	readonly packages: SentPackages
	readonly metering = new Metering()
	readonly #gateway: Gateway
	readonly #shared: readonly [environment: JavaRef, nothing: JavaRef]
	readonly #launcher: string
	/** Where executors of this machine write. */
	readonly #executors: string
	/** One executor each; no end where other machines are the workers. */
	readonly #numWorkers: number
	readonly #tag: string
	readonly #carriers = new WeakMap<JavaRef, Broadcast<Uint8Array>>()
	/** Numbers of broadcast programs, below those of the program's own values. */
	#nextProgram = -1

	private constructor(
		gateway: Gateway,
		jvm: Jvm,
		contexts: readonly [java: JavaRef, scala: JavaRef],
		rest: {
			readonly shared: readonly [JavaRef, JavaRef]
			readonly accumulations: Accumulations
			readonly sendsPackages: boolean
			readonly spark: string
			readonly launcher: string
			readonly executors: string
			readonly numWorkers: number
		},
	) {
		this.#gateway = gateway
		this.jvm = jvm
		this.java = contexts[0]
		this.scala = contexts[1]
		this.#shared = rest.shared
		this.#executors = rest.executors
		this.#numWorkers = rest.numWorkers
		this.accumulations = rest.accumulations
		this.broadcasts = new BroadcastFiles(jvm, this.java, gateway.scratch)
		this.packages = new SentPackages(jvm, this.scala, rest.sendsPackages)
		this.#tag = versionTag(rest.spark)
		this.#launcher = rest.launcher
	}

	/** Starts Spark for a conf with a cluster as its master. @throws cluster/spark, cluster/gateway, cluster/java */
	static async start(conf: SparkConf): Promise<Application> {
		const master = conf.get('spark.master')
		const given = Gateway.given()
		const { launcher, archives } = await deploymentOf(conf)
		const settings = settingsOf(conf, master, archives)
		const gateway = given ?? (await startGateway(conf, master, settings))
		let jvm: Jvm | undefined
		try {
			jvm = await Jvm.connect(gateway.address)
			const { plan } = jvm
			const javaConf = await plan.make('org.apache.spark.SparkConf', true)
			if (given !== undefined) {
				for (const [key, value] of settings) jvm.free(await plan.call(javaConf, 'set', key, value))
			}
			// Also what spark-defaults.conf sets.
			for (const key of keysRefusedOnSpark) {
				if (!(await plan.call<boolean>(javaConf, 'contains', key))) continue
				requireOnSpark(key, await plan.call<string>(javaConf, 'get', key), 'the settings of Spark, spark-defaults.conf')
			}
			const java = await plan.make('org.apache.spark.api.java.JavaSparkContext', javaConf)
			const scala = await plan.call<JavaRef>(java, 'sc')
			const shared = [await plan.make('java.util.HashMap'), await plan.make('java.util.ArrayList')] as const
			const accumulations = await Accumulations.open(jvm, scala)
			const spark = await plan.call<string>(java, 'version')
			const home = await plan.call<string | null>('java.lang.System', 'getenv', 'SPARK_HOME')
			const executors = join(home ?? '', 'work', await plan.call<string>(scala, 'applicationId'))
			jvm.free(javaConf)
			// Executors on this machine find them where they are; a submission has packed them.
			const sendsPackages = archives !== undefined && conf.getOption('rivulet.cluster.archive') === undefined
			const numWorkers = Number(/^local-cluster\[ *(\d+)/.exec(master)?.[1] ?? Number.POSITIVE_INFINITY)
			const running = { spark, executors, numWorkers, launcher: launcher(gateway.scratch) }
			const made = { shared, accumulations, sendsPackages, ...running }
			return new Application(gateway, jvm, [java, scala], made)
		} catch (thrown) {
			jvm?.close()
			await gateway.stop()
			throw thrown
		}
	}

	/** The function of a stage: a captured program, and what it reads and adds to. */
	async functionOf(captured: Uint8Array, broadcasts: readonly JavaRef[], isCounting: boolean): Promise<JavaRef> {
		const { plan } = this.jvm
		const [environment, nothing] = this.#shared
		const { program, refs, broadcast } = await this.#carried(captured, broadcasts)
		const list = refs.length === 0 ? nothing : await plan.list(refs)
		const made = await plan.make(
			`${python}.SimplePythonFunction`,
			program,
			environment,
			nothing,
			this.#launcher,
			this.#tag,
			list,
			isCounting ? this.accumulations.ref : null,
		)
		if (list !== nothing) this.jvm.free(list)
		// Until here: what the program lets go is freed.
		if (broadcast !== undefined) this.#carriers.set(made, broadcast)
		return made
	}

	/** A large program goes once to each executor, as a broadcast value, and not with every task. */
	async #carried(captured: Uint8Array, broadcasts: readonly JavaRef[]): Promise<Carried> {
		if (captured.length <= mostTaskBytes) return { program: captured, refs: broadcasts, broadcast: undefined }
		const broadcast = new Broadcast<Uint8Array>(this.#nextProgram--, captured)
		const { ref } = await this.broadcasts.send(broadcast)
		const { bytes } = shipFunction({ carried: broadcast } satisfies CarriedProgram, undefined, new Cargo().carriers)
		return { program: bytes, refs: [...broadcasts, ref], broadcast }
	}

	/** A private folder that is gone when Spark is. */
	get scratch(): string {
		return this.#gateway.scratch
	}

	/** What tells why there are no executors: the end of the log of Spark's driver, and of their own on this machine. */
	executorWords(): string {
		return [executorWords(this.#gateway.logTail()), newestExecutor(this.#executors)].filter(Boolean).join('\n')
	}

	/** How many executors have come and gone, as far as this machine can tell. */
	numExecutorsDied(): number {
		return Math.max(numLost(this.#gateway.logTail()), numStarted(this.#executors) - this.#numWorkers)
	}

	/** Ends the application. A gateway that has gone already needs nothing more. */
	async stop(): Promise<void> {
		try {
			if (this.jvm.lost === undefined) await this.jvm.plan.call(this.java, 'stop')
		} finally {
			this.accumulations.close()
			this.jvm.close()
			await this.#gateway.stop()
		}
	}
}

/** Starts the Spark that is installed here. @throws cluster/spark, cluster/gateway */
async function startGateway(conf: SparkConf, master: string, settings: [string, string][]): Promise<Gateway> {
	const spark = findSpark(conf.getOption('spark.home'))
	requireKnown(spark.version, spark.home, conf.getBoolean('rivulet.cluster.anyVersion', false))
	return Gateway.start(spark, { master, appName: conf.get('spark.app.name'), settings })
}
