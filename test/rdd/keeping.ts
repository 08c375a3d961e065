/** A context whose files lie in a directory of the test, and what it said. */

import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setHost } from '../../engine/base/host.js'
import type { RDD } from '../../engine/rdd/rdd.js'
import type { SparkContext } from '../../engine/sparkcontext.js'
import { withContext } from './context.js'

export interface Keeping {
	readonly sc: SparkContext
	/** A fresh directory, in which spilled files lie, too. */
	readonly tmp: string
	/** The files that are kept now, whole paths. */
	files(): string[]
	/** The texts of all notices. */
	readonly notices: string[]
	/** `n` records a partition, each `x`, and how often the function has run for one of them. */
	counted(partitions: number, n: number): { rdd: RDD<{ x: number }>; runs(): number }
}

/** Runs `body` with a fresh context, stopped afterwards, whose directory is removed. */
export async function keeping<R>(
	settings: Readonly<Record<string, string>>,
	body: (parts: Keeping) => Promise<R>,
): Promise<R> {
	const tmp = mkdtempSync(join(tmpdir(), 'rivulet-test-'))
	const before = process.env.TMPDIR
	const notices: string[] = []
	process.env.TMPDIR = tmp
	setHost({ notice: ({ text }) => void notices.push(text) })
	try {
		return await withContext(async (sc) => {
			const files = (): string[] =>
				readdirSync(tmp, { recursive: true, withFileTypes: true })
					.filter((entry) => entry.isFile() && entry.parentPath.includes('rivulet-kept-'))
					.map((entry) => join(entry.parentPath, entry.name))
					.sort()
			const counted = (partitions: number, n: number): { rdd: RDD<{ x: number }>; runs(): number } => {
				let runs = 0
				const rdd = sc.range(0, partitions * n, 1, partitions).map((x) => {
					runs += 1
					return { x }
				})
				return { rdd, runs: () => runs }
			}
			return await body({ sc, tmp, files, notices, counted })
		}, settings)
	} finally {
		setHost({})
		if (before === undefined) delete process.env.TMPDIR
		else process.env.TMPDIR = before
		rmSync(tmp, { recursive: true, force: true })
	}
}
