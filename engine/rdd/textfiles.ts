/** Text files: reading them as RDDs of lines, and saving an RDD as a directory of parts. Source: Spark's `textFile`, `saveAsTextFile`. */

import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { currentBatch } from '../base/batchscope.js'
import { requireThat, StreamError } from '../base/errors.js'
import { type Action, startAction } from './action.js'
import type { RDDContext } from './backend.js'
import { family } from './family.js'
import { RDD } from './rdd.js'
import { textOf } from './text.js'

declare module './rdd.js' {
	interface RDD<T> {
		/**
		 * One `part-NNNNN` per partition and `_SUCCESS`, one record a line.
		 * @throws output/path when the directory exists (not inside a batch), argument/illegal for a null record
		 */
		saveAsTextFile(path: string): Action<void>
	}
}

const local = (path: string): string => resolve(path.replace(/^file:(\/\/)?/, ''))

/** The files that a path, a directory or a pattern with `*` and `?` in its last part names, sorted, without hidden ones. */
export function inputFiles(path: string): string[] {
	return path.split(',').flatMap((one) => {
		const full = local(one)
		const files = /[*?]/.test(basename(full)) ? matching(full) : existsSync(full) ? [full] : []
		if (files.length === 0) {
			const isPattern = /[*?]/.test(full)
			throw new StreamError(
				'input/path',
				isPattern ? `Input Pattern ${full} matches 0 files` : `Input path does not exist: ${one}`,
				{ remedy: 'check the path; relative paths start from the working directory' },
			)
		}
		return files.flatMap((file) => (statSync(file).isDirectory() ? visible(file) : [file]))
	})
}

function matching(pattern: string): string[] {
	const folder = dirname(pattern)
	const source = basename(pattern)
		.replace(/[.+^${}()|[\]\\]/g, '\\$&')
		.replaceAll('*', '.*')
		.replaceAll('?', '.')
	const names = existsSync(folder) ? readdirSync(folder).sort() : []
	return names.filter((name) => new RegExp(`^${source}$`).test(name)).map((name) => join(folder, name))
}

function visible(folder: string): string[] {
	const names = readdirSync(folder)
		.filter((name) => !/^[._]/.test(name))
		.sort()
	return names.map((name) => join(folder, name)).filter((file) => statSync(file).isFile())
}

/** The bytes of a file, unpacked when it is gzipped. */
export function bytesOf(file: string): Buffer {
	const bytes = readFileSync(file)
	return file.endsWith('.gz') ? gunzipSync(bytes) : bytes
}

/** Lines as Java reads them: ended by `\n`, `\r` or `\r\n`; a last line without an end counts. */
export function linesOf(text: string): string[] {
	const lines = text.split(/\r\n|\n|\r/)
	if (lines.at(-1) === '') lines.pop()
	return lines
}

/** The lines of files in at least `minPartitions` partitions; large files are cut at line ends. */
export function textFileRDD(context: RDDContext, path: string, minPartitions: number): RDD<string> {
	const files = (): { file: string; from: number; to: number }[] => splits(inputFiles(path), minPartitions)
	let found: ReturnType<typeof files> | undefined
	const all = (): ReturnType<typeof files> => {
		found ??= files()
		return found
	}
	return new RDD<string>(context, {
		kind: 'MapPartitionsRDD',
		plan: {
			kind: 'source',
			get numPartitions() {
				return all().length
			},
			read: (i) => readSplit(all()[i] as { file: string; from: number; to: number }),
		},
	})
}

function splits(files: readonly string[], minPartitions: number): { file: string; from: number; to: number }[] {
	const sizes = files.map((file) => statSync(file).size)
	const goal = Math.max(1, Math.floor(sizes.reduce((sum, size) => sum + size, 0) / Math.max(1, minPartitions)))
	return files.flatMap((file, i) => {
		const size = sizes[i] as number
		if (file.endsWith('.gz') || size === 0) return [{ file, from: 0, to: Number.POSITIVE_INFINITY }]
		const out: { file: string; from: number; to: number }[] = []
		let from = 0
		// Hadoop's slack: the last split may be a tenth larger than the others.
		while ((size - from) / goal > 1.1) {
			out.push({ file, from, to: from + goal })
			from += goal
		}
		return [...out, { file, from, to: size }]
	})
}

/** A line belongs to the split in which it begins; the first line of a later split belongs to the one before. */
function readSplit({ file, from, to }: { file: string; from: number; to: number }): string[] {
	const bytes = bytesOf(file)
	const start = from === 0 ? 0 : lineEnd(bytes, from)
	const end = to >= bytes.length ? bytes.length : lineEnd(bytes, to)
	return linesOf(bytes.toString('utf8', start, end))
}

function lineEnd(bytes: Buffer, at: number): number {
	const end = bytes.indexOf(10, at)
	return end === -1 ? bytes.length : end + 1
}

/** Makes the output directory. @throws output/path when it exists and `mustBeNew` */
function prepare(path: string, mustBeNew: boolean): void {
	if (mustBeNew && existsSync(path)) {
		throw new StreamError('output/path', `Output directory ${path} already exists`, {
			where: 'saveAsTextFile',
			remedy: 'choose another path or remove the directory',
		})
	}
	rmSync(path, { recursive: true, force: true })
	mkdirSync(path, { recursive: true })
}

family(RDD, {
	saveAsTextFile(path) {
		return startAction(async () => {
			const folder = local(path)
			const validates = this.sparkContext.conf.getBoolean('spark.hadoop.validateOutputSpecs', true)
			prepare(folder, validates && currentBatch() === undefined)
			await this.sparkContext.runJob(this, (records, task) => {
				const lines: string[] = []
				for (const x of records) {
					requireThat(x !== null && x !== undefined, 'text files do not allow null rows')
					lines.push(`${textOf(x)}\n`)
				}
				const name = `part-${String(task.partitionId).padStart(5, '0')}`
				writeFileSync(join(folder, name), lines.join(''))
			})
			writeFileSync(join(folder, '_SUCCESS'), '')
		})
	},
})
