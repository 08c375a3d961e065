/** Text files: reading them as RDDs of lines, and saving an RDD as a directory of parts. Source: Spark's `textFile`, `saveAsTextFile`. */

import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { currentBatch } from '../base/batchscope.js'
import { requireThat, StreamError } from '../base/errors.js'
import { type Action, startAction } from './action.js'
import type { RDDContext } from './backend.js'
import { codecOf } from './codecs.js'
import './element.js'
import { family } from './family.js'
import { fileRDD, reading } from './fileplan.js'
import { splitLines } from './lines.js'
import { RDD } from './rdd.js'
import { fileSplits } from './splits.js'
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

/** The lines of files in at least `minPartitions` partitions; large files are cut at line ends. */
export function textFileRDD(context: RDDContext, path: string, minPartitions: number): RDD<string> {
	const lines = fileRDD(context, {
		kind: 'HadoopRDD',
		name: path,
		list: () => fileSplits(context, path, { minPartitions, isSplittable: ({ shown }) => codecOf(shown) === undefined }),
		read: reading(splitLines),
	})
	// Spark makes two RDDs of it, and so do ids and lineage here.
	return lines.map((line) => line).setName(path)
}

const local = (path: string): string => resolve(path.replace(/^file:(\/\/)?/, ''))

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
