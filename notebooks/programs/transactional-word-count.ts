/**
 * Counts the words of files into an SQLite database, each word exactly once, also when the program is killed.
 *
 * A batch that may not have ended runs again after a crash. Batch time and partition are the same then: they are stored
 * with the rows, in one transaction, and rows that are there are not written again. `words` does it by hand, as Spark's
 * streaming guide has it ("Semantics of output operations"); `counts` by `transactional`.
 *
 * npm install libsql (better-sqlite3 and node:sqlite have the same methods), then
 * `rivulet run --supervise notebooks/programs/transactional-word-count.ts in checkpoints words.db`
 */

import Database from 'libsql'
import { Milliseconds, perProcess, SparkConf, StreamingContext, TaskContext, transactional } from 'rivulet'

type Connection = InstanceType<typeof Database>

const [input, checkpoints, file] = process.argv.slice(2)
if (input === undefined || checkpoints === undefined || file === undefined) {
	console.error('Usage: transactional-word-count <input-directory> <checkpoint-directory> <database-file>')
	process.exit(1)
}

/** One connection a process; tables are made when it is opened. */
const connection = perProcess(() => {
	const db = new Database(file)
	db.exec('create table if not exists words (batch_time integer, partition_id integer, word text)')
	db.exec(
		'create table if not exists written (batch_time integer, partition_id integer, primary key (batch_time, partition_id))',
	)
	db.exec('create table if not exists counts (word text primary key, n integer)')
	return db
})

/** Runs `body` in a transaction: SQLite has one at a time, as the partitions of a local context run one after another. */
async function inTransaction(body: (db: Connection) => void | Promise<void>): Promise<void> {
	const db = connection()
	db.exec('begin immediate')
	try {
		await body(db)
		db.exec('commit')
	} catch (error) {
		db.exec('rollback')
		throw error
	}
}

function createContext(): StreamingContext {
	const conf = new SparkConf().setAppName('TransactionalWordCount').setMaster('local[2]')
	const ssc = new StreamingContext(conf, Milliseconds(200))
	ssc.checkpoint(checkpoints as string)
	const words = ssc.textFileStream(input as string).flatMap((line) => line.split(' '))

	words.foreachRDD(async (rdd, time) => {
		await rdd.foreachPartition((all) => {
			const partitionId = TaskContext.get().partitionId()
			return inTransaction((db) => {
				const mark = db.prepare('insert into written values (?, ?) on conflict do nothing')
				if (mark.run(time.milliseconds, partitionId).changes === 0) return
				const insert = db.prepare('insert into words values (?, ?, ?)')
				for (const word of all) insert.run(time.milliseconds, partitionId, word)
			})
		})
	})

	const database = {
		transaction: inTransaction,
		execute: (db: Connection, sql: string) => db.prepare(sql).run().changes,
	}
	const counts = words.map((word) => [word, 1]).reduceByKey((a, b) => a + b)
	counts.foreachRDD(
		transactional('counts', database, (db, rows) => {
			const add = db.prepare('insert into counts values (?, ?) on conflict (word) do update set n = n + excluded.n')
			for (const [word, n] of rows) add.run(word, n)
		}),
	)
	counts.print()
	return ssc
}

const ssc = StreamingContext.getOrCreate(checkpoints, createContext)
ssc.start()
console.log('started', process.pid)
await ssc.awaitTermination()
await connection.close()
