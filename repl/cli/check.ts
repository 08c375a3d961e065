/**
 * `rivulet check app.ts --for cluster`: runs a program here until its first batch has ended, and tells which of its
 * functions would not travel to the executors of a cluster.
 */

import { pathToFileURL } from 'node:url'
import { packageFile, systemClock } from '../../engine/index.js'
import type * as Checking from '../../engine/spark/checking.js'
import { type Given, usage } from './arguments.js'
import { programPath, runProgram } from './run.js'

/** How often is looked for a context that runs. */
const lookEveryMs = 200

/** Resolves to 0 when all functions travel, to 1 when some do not or the program fails. @throws cli/usage */
export async function check(given: Given): Promise<number> {
	const [file = ''] = given.positionals
	programPath(file)
	const target = given.text('for') ?? 'cluster'
	if (target !== 'cluster') throw usage(`--for ${target}`, 'use --for cluster')
	process.env.RIVULET_SUBMITTED = JSON.stringify({
		'spark.master': 'local',
		'spark.app.name': 'check',
		'rivulet.cluster.check': 'true',
	})
	// The very modules that the program uses.
	const load = (...path: string[]): Promise<unknown> =>
		import(pathToFileURL(packageFile('dist', 'engine', ...path)).href)
	const { StreamingContext } = (await load('index.js')) as { readonly StreamingContext: Streaming }
	const { checkReport } = (await load('spark', 'checking.js')) as typeof Checking
	const code = await Promise.race([runProgram(file, given.rest), firstBatch(StreamingContext)])
	const { tried, problems } = checkReport()
	for (const problem of problems) process.stderr.write(`\n${problem}\n`)
	const numBad = problems.length
	const operators = `${tried.length} operator${tried.length === 1 ? '' : 's'} tried`
	process.stderr.write(
		numBad === 0
			? `\n${operators}: all of their functions travel\n`
			: `\n${operators}: ${numBad} would not run on a cluster\n`,
	)
	process.exit(numBad > 0 ? 1 : code)
}

interface Streaming {
	getActive(): { awaitBatches(n: number): Promise<unknown> } | undefined
}

async function firstBatch(contexts: Streaming): Promise<number> {
	let active = contexts.getActive()
	for (; active === undefined; active = contexts.getActive()) {
		await new Promise<void>((resolve) => void systemClock.at(systemClock.now() + lookEveryMs, resolve))
	}
	await active.awaitBatches(1)
	return 0
}
