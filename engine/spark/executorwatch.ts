/**
 * Whether the first job waits in vain: a cluster that gives no executor lets it wait for ever, and one whose executors die
 * starts new ones for ever, each with a folder of its own. Spark says nothing of either.
 *
 *   no executor for a minute or so         the job fails; later ones may find some
 *   ten died before the first job ended    the job fails and the application ends, so that no more are started
 */

import { type Disposable, systemClock } from '../base/clock.js'
import { StreamError } from '../base/errors.js'
import type { Application } from './application.js'
import type { JavaRef } from './py4j.js'

const lookEveryMs = 5_000
/** As often Spark's master tries when executors cannot even be started. Source: `spark.deploy.maxExecutorRetries`. */
const mostDied = 10

/**
 * Looks until the result is disposed of; reports once what is found.
 * @param limitMs so long the first job may wait for an executor
 */
export function watchExecutors(app: Application, limitMs: number, report: (problem: unknown) => void): Disposable {
	const sinceMs = systemClock.now()
	let timer: Disposable | undefined
	let isOver = false
	const look = (): void => {
		timer = systemClock.at(systemClock.now() + Math.min(lookEveryMs, limitMs), () => {
			problemOf(app, limitMs, systemClock.now() - sinceMs).then((found) => {
				if (isOver) return
				if (found === undefined) return look()
				report(found)
				if (isDying(app)) app.jvm.control.call(app.java, 'stop').catch(report)
			}, report)
		})
	}
	look()
	return {
		dispose: () => {
			isOver = true
			timer?.dispose()
		},
	}
}

async function problemOf(app: Application, limitMs: number, waitedMs: number): Promise<StreamError | undefined> {
	if (isDying(app)) return executorsDie(app)
	return waitedMs < limitMs || (await hasExecutors(app)) ? undefined : noExecutors(app, limitMs)
}

const isDying = (app: Application): boolean => app.numExecutorsDied() >= mostDied

async function hasExecutors({ jvm, scala }: Application): Promise<boolean> {
	const numKnown = await jvm.scope(async (brief) => {
		const status = brief(await jvm.control.call<JavaRef>(scala, 'getExecutorMemoryStatus'))
		return jvm.control.call<number>(status, 'size')
	})
	// The driver is one of them.
	return numKnown > 1
}

/** The cluster gives nothing. */
export const noExecutors = (app: Application, limitMs: number): StreamError =>
	new StreamError('cluster/executors', `no executor of the cluster has started in ${limitMs / 1_000} s`, {
		where: app.executorWords(),
		remedy:
			"look at the cluster's own pages and at the logs of its workers: free cores and memory, Java, the network; " +
			'raise rivulet.cluster.executorWait for a cluster that is slow to start them',
	})

const executorsDie = (app: Application): StreamError =>
	new StreamError(
		'cluster/executors',
		`executors of the cluster die as soon as they are started, ${app.numExecutorsDied()} so far`,
		{
			where: app.executorWords(),
			remedy:
				'put right what they say (Java and its options, the archive, gzip and tar on the workers), then make a new SparkContext',
		},
	)
