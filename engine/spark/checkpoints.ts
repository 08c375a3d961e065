/**
 * Checkpoints of RDDs as Spark makes them: the executors write the frames of their partitions below Spark's checkpoint
 * directory, Spark forgets how they came about, and reads them again with the next job or in another life.
 */

import { StreamError } from '../base/errors.js'
import { host } from '../base/host.js'
import { locate } from '../storage/filesystem.js'
import { localFiles } from '../storage/localfiles.js'
import type { Application } from './application.js'
import type { Calls } from './jvm.js'
import type { JavaRef } from './py4j.js'

export class SparkCheckpoints {
	readonly #app: Application
	readonly #isOneMachine: boolean
	/** Where Spark writes now, by what the program has set. */
	#set: string | undefined

	constructor(app: Application, isOneMachine: boolean) {
		this.#app = app
		this.#isOneMachine = isOneMachine
	}

	/**
	 * Writes a JavaRDD by a job on `calls`; from then on it is read from its files.
	 * @returns its directory
	 * @throws output/path, and what the job fails with
	 */
	async write(calls: Calls, java: JavaRef, root: string): Promise<string> {
		await this.#useDirectory(root)
		return this.#app.jvm.scope(async (brief) => {
			const rdd = brief(await calls.call<JavaRef>(java, 'rdd'))
			await calls.call(rdd, 'checkpoint')
			const marked = brief(await calls.call<JavaRef>(rdd, 'checkpointData'))
			// What Spark does after the first job on a marked RDD; nothing when it is written already.
			const data = brief(await calls.call<JavaRef>(marked, 'get'))
			await calls.call(data, 'checkpoint')
			const file = brief(await calls.call<JavaRef>(rdd, 'getCheckpointFile'))
			if (await calls.call<boolean>(file, 'isDefined')) return calls.call<string>(file, 'get')
			throw new StreamError('output/path', 'Spark has not written a checkpoint', { where: root })
		})
	}

	/** The JavaRDD of what was written. @throws cluster/java when there is nothing */
	read(directory: string): Promise<JavaRef> {
		return this.#app.jvm.plan.call<JavaRef>(this.#app.java, 'checkpointFile', directory)
	}

	async #useDirectory(root: string): Promise<void> {
		if (this.#set === root) return
		const { files, path } = locate(root)
		if (files === localFiles && !this.#isOneMachine) {
			const text = `the checkpoint directory ${path} is on one machine, and executors write to it: use one that all machines of the cluster see`
			host().notice({ level: 'warning', text, group: undefined })
		}
		await this.#app.jvm.plan.call(this.#app.scala, 'setCheckpointDir', files.shown(path))
		this.#set = root
	}
}
