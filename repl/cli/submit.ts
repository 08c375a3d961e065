/**
 * `rivulet submit [flags] app.ts args…`: a program with a cluster as its master, as spark-submit would start one.
 *
 * In client mode the driver is this very process, as with `rivulet run`; in cluster mode Spark starts it somewhere else.
 */

import { basename } from 'node:path'
import { pathToFileURL } from 'node:url'
import { packageFile, type StreamError } from '../../engine/index.js'
import type * as SparkSubmission from '../../engine/spark/submission.js'
import type { Given } from './arguments.js'
import { programPath, runProgram } from './run.js'
import { submissionOf, submitFlags } from './submitflags.js'

const isLocal = (master: string | undefined): boolean => /^local(\[[\d*]+\])?$/.test(master ?? '')

/** Submits; resolves to the exit code. @throws cli/usage */
export async function submit(given: Given): Promise<number> {
	const [file = ''] = given.positionals
	const path = programPath(file)
	const { settings, isInCluster, notices } = submissionOf(given, basename(path).replace(/\.[^.]+$/, ''))
	const stray = given.rest.find((word) => submitFlags.some(({ name }) => word.replace(/=.*/, '') === `--${name}`))
	if (stray !== undefined) notices.push(`${stray} stands after ${file}, so it goes to the program: put flags before it`)
	for (const notice of notices) process.stderr.write(`rivulet: ${notice}\n`)
	// What knows Spark is loaded by those who need it.
	const url = pathToFileURL(packageFile('dist', 'engine', 'spark', 'submission.js')).href
	const spark = (await import(url)) as typeof SparkSubmission
	try {
		if (!isLocal(settings['spark.master'])) spark.sparkOf(settings)
		if (isInCluster) return await spark.submitThere(settings, path, given.rest)
		if (isLocal(settings['spark.master'])) spark.submitLocal(settings)
		else await spark.submitHere(settings, path)
	} catch (thrown) {
		if (!(thrown instanceof Error) || thrown.name !== 'StreamError') throw thrown
		if ((thrown as StreamError).code === 'cli/usage') throw thrown
		process.stderr.write(`rivulet: ${spark.explained(thrown as StreamError)}\n`)
		return 1
	}
	return runProgram(file, given.rest)
}
