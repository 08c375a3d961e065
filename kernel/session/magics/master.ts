/** `%master`: where jobs run. */

import { SparkConf, SparkContext, StreamError } from '../../../engine/index.js'
import type { SessionMagic } from './world.js'

/**
 * `%master [url]`.
 * @throws argument/illegal for a master that is none; nothing is stopped then
 */
export const master: SessionMagic = async (argument, { contexts }) => {
	if (argument !== '') {
		const before = SparkContext.getActive()
		if (before?.master !== argument) await change(argument, contexts)
	}
	const { master: url, defaultParallelism } = contexts.sparkContext
	console.log(`master ${url}, ${defaultParallelism} partition${defaultParallelism === 1 ? '' : 's'} by default`)
}

async function change(url: string, contexts: Parameters<SessionMagic>[1]['contexts']): Promise<void> {
	const make = (): SparkContext => new SparkContext(new SparkConf().setMaster(url).setAppName('rivulet'))
	try {
		make()
	} catch (thrown) {
		// The master was looked at before the other context was met.
		if (!(thrown instanceof StreamError && thrown.code === 'context/active')) throw thrown
		await contexts.stopAll(false)
		await SparkContext.getActive()?.stop()
		make()
		console.log('the sc and ssc before are stopped: run the cells again that made RDDs and streams')
	}
	contexts.useMaster(url)
}
