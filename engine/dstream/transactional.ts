/**
 * Output that is there once: the rows of a partition and the mark that they are written, in one transaction.
 *
 *   begin ─ insert the mark (output, batch time, partition) ─┬─ it is new: write the rows ─ commit
 *                                                            └─ it is there: the batch runs again, nothing to do
 *
 * A crash before the commit leaves neither rows nor mark, one after it leaves both: a batch that runs again writes what
 * is missing and nothing else. Two processes that write the same partition meet at the primary key of the marks.
 * A partition must hold the same records when its batch runs again; that is so for all of Rivulet's inputs that can be
 * recovered. Source: "Semantics of output operations" in Spark's streaming guide.
 */

import { StreamError } from '../base/errors.js'
import { Duration, type DurationLike, type Time } from '../base/time.js'
import type { RDD } from '../rdd/rdd.js'
import { runningTask } from '../rdd/taskcontext.js'

/** A database, as far as it has to be known here. `C` is what statements run on. */
export interface TransactionalDatabase<C> {
	/**
	 * Runs `body` in a transaction of its own: everything is kept when its promise resolves, nothing when it rejects.
	 * It rejects as `body` does.
	 */
	transaction(body: (connection: C) => Promise<void>): Promise<void>
	/** Runs one statement; gives the number of rows that it has written. */
	execute(connection: C, sql: string): number | Promise<number>
}

/** What one transaction holds. */
export interface TransactionUnit {
	readonly time: Time
	readonly partitionId: number
}

export interface TransactionalOptions {
	/** The table of the marks, made at first use (default `rivulet_batches`). */
	readonly table?: string
	/** Marks of batches that are older by this than the one that is written go (default `'7 d'`). */
	readonly keep?: DurationLike
}

/**
 * A function for `foreachRDD` that writes every partition of every batch once.
 * @param output names it in the table of the marks: no other output of that database has this name
 * @param write writes the rows of one partition on the connection of its transaction
 * @returns what `foreachRDD` takes
 * @throws argument/illegal for a name of an output or table that cannot stand in a statement
 * @example
 * counts.foreachRDD(
 *   transactional('counts', database, async (connection, rows) => {
 *     for (const [word, n] of rows) await connection.query('insert into counts values ($1, $2)', [word, n])
 *   }),
 * )
 */
export function transactional<T, C>(
	output: string,
	database: TransactionalDatabase<C>,
	write: (connection: C, rows: IterableIterator<T>, unit: TransactionUnit) => void | Promise<void>,
	options: TransactionalOptions = {},
): (rdd: RDD<T>, time: Time) => Promise<void> {
	const { table = 'rivulet_batches' } = options
	const keepMs = Duration.of(options.keep ?? '7 d').milliseconds
	requireName('output', output, /^[\w .:/@-]{1,200}$/)
	requireName('table', table, /^[A-Za-z_]\w*(\.[A-Za-z_]\w*)?$/)
	let made: Promise<void> | undefined
	const make = (): Promise<void> =>
		database.transaction(async (connection) => {
			await database.execute(connection, tableOf(table))
		})
	const store = (rows: IterableIterator<T>, unit: TransactionUnit): Promise<void> =>
		database.transaction(async (connection) => {
			const { time, partitionId } = unit
			const mark = `insert into ${table} (output, batch_time, partition_id) values ('${output}', ${time.milliseconds}, ${partitionId}) on conflict do nothing`
			if ((await database.execute(connection, mark)) === 0) return
			await write(connection, rows, unit)
		})
	return async (rdd, time) => {
		made ??= make()
		await made.catch((thrown: unknown) => {
			made = undefined
			throw thrown
		})
		await rdd.foreachPartition((rows) => store(rows, { time, partitionId: runningTask()?.partitionId ?? 0 }))
		await database.transaction(async (connection) => {
			const old = `output = '${output}' and batch_time < ${time.milliseconds - keepMs}`
			await database.execute(connection, `delete from ${table} where ${old}`)
		})
	}
}

const tableOf = (table: string): string =>
	`create table if not exists ${table} (output varchar(200) not null, batch_time bigint not null, partition_id integer not null, primary key (output, batch_time, partition_id))`

/** Names stand in statements as they are. */
function requireName(what: string, name: string, pattern: RegExp): void {
	if (pattern.test(name)) return
	throw new StreamError('argument/illegal', `'${name}' cannot be the name of the ${what}`, {
		where: 'transactional',
		remedy: what === 'table' ? 'use letters, digits and _' : 'use letters, digits, spaces and _ . : / @ -',
	})
}
