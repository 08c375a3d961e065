/** Where the tortured program writes: files that may be written again with the same content only, and a database. */

import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'libsql'
import { transactional } from '../../dist/engine/index.js'

let nextTemporary = 0

/** Writes a file that is seen whole. */
export function put(path, text) {
	const temporary = `${path}.${process.pid}-${nextTemporary++}.tmp`
	writeFileSync(temporary, text)
	renameSync(temporary, path)
}

/** A batch that was there before must be the same again. */
export const toFile = (folder, name) => async (rdd, time) => {
	const rows = (await rdd.collect()).map((row) => JSON.stringify(row)).sort()
	const text = `[${rows.join(',\n')}]\n`
	const path = join(folder, `${name}-${time.milliseconds}.json`)
	if (!existsSync(path)) put(path, text)
	else if (readFileSync(path, 'utf8') !== text) put(`${path}.conflict-${process.pid}`, text)
}

/** Opens the database; nothing but SIGKILL threatens it, so it need not wait for the disk. */
export function openDatabase(path) {
	const db = new Database(path)
	db.exec('pragma journal_mode = wal')
	db.exec('pragma synchronous = off')
	db.exec('create table if not exists rows (output text, batch_time integer, row text)')
	return db
}

/** Rows that are there once: nothing but the transaction keeps them from coming twice. */
export function toDatabase(db, name) {
	const database = {
		async transaction(body) {
			db.exec('begin immediate')
			try {
				await body(db)
				db.exec('commit')
			} catch (thrown) {
				db.exec('rollback')
				throw thrown
			}
		},
		execute: (connection, sql) => connection.prepare(sql).run().changes,
	}
	return transactional(name, database, (connection, rows, { time }) => {
		const insert = connection.prepare('insert into rows values (?, ?, ?)')
		for (const row of rows) insert.run(name, time.milliseconds, JSON.stringify(row))
	})
}
