/** Output that is there once: marks and rows in one transaction, on a real database and on one that fails. */

import Database from 'libsql'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { Seconds, SparkConf, SparkContext, Time, transactional } from '../../engine/index.js'

let db: InstanceType<typeof Database>
let sc: SparkContext
beforeEach(() => {
	db = new Database(':memory:')
	db.exec('create table words (word text, n integer)')
	sc = new SparkContext(new SparkConf().setMaster('local').setAppName('test'))
})
afterEach(async () => {
	await sc.stop()
	db.close()
})

const database = {
	async transaction(body: (connection: typeof db) => Promise<void>): Promise<void> {
		db.exec('begin immediate')
		try {
			await body(db)
			db.exec('commit')
		} catch (thrown) {
			db.exec('rollback')
			throw thrown
		}
	},
	execute: (connection: typeof db, sql: string): number => connection.prepare(sql).run().changes,
}

const insert = (connection: typeof db, rows: Iterable<readonly [string, number]>): void => {
	const statement = connection.prepare('insert into words values (?, ?)')
	for (const [word, n] of rows) statement.run(word, n)
}
const rdd = (...rows: readonly [string, number][]) => sc.parallelize(rows, 2)
const written = (): unknown =>
	db
		.prepare('select word from words order by rowid')
		.all()
		.map((row) => (row as { word: string }).word)
const marks = (): unknown =>
	db
		.prepare("select output || '/' || batch_time || '/' || partition_id as mark from rivulet_batches order by rowid")
		.all()
		.map((row) => (row as { mark: string }).mark)

describe('transactional', () => {
	it('writes every partition with its mark, and nothing when the batch runs again', async () => {
		const save = transactional('words', database, insert)
		await save(rdd(['a', 1], ['b', 2]), new Time(1_000))
		await save(rdd(['a', 1], ['b', 2]), new Time(1_000))
		await save(rdd(['c', 3]), new Time(2_000))
		expect([written(), marks()]).toEqual([
			['a', 'b', 'c'],
			['words/1000/0', 'words/1000/1', 'words/2000/0', 'words/2000/1'],
		])
	})

	it('keeps neither rows nor mark of a partition that fails, and writes what is missing the next time', async () => {
		let isBroken = true
		const save = transactional(
			'words',
			database,
			(connection, rows: Iterable<readonly [string, number]>, { partitionId }) => {
				insert(connection, rows)
				if (isBroken && partitionId === 1) throw new RangeError('connection lost')
			},
		)
		await expect(save(rdd(['a', 1], ['b', 2]), new Time(1_000))).rejects.toThrow('connection lost')
		const before = [written(), marks()]
		isBroken = false
		await save(rdd(['a', 1], ['b', 2]), new Time(1_000))
		expect([before, written(), marks()]).toEqual([
			[['a'], ['words/1000/0']],
			['a', 'b'],
			['words/1000/0', 'words/1000/1'],
		])
	})

	it('keeps outputs of other names apart, in the table that is named', async () => {
		for (const name of ['one', 'two']) {
			await transactional(name, database, insert, { table: 'marks' })(rdd(['a', 1]), new Time(1_000))
		}
		expect([written(), db.prepare('select count(*) as n from marks').get()]).toMatchObject([['a', 'a'], { n: 4 }])
	})

	it('lets go of marks that are older than asked for', async () => {
		const save = transactional('words', database, insert, { keep: Seconds(2) })
		for (const ms of [1_000, 2_000, 3_000, 4_000]) await save(sc.parallelize([['a', 1] as const], 1), new Time(ms))
		expect(marks()).toEqual(['words/2000/0', 'words/3000/0', 'words/4000/0'])
	})

	it('asks for its table again when it could not be made', async () => {
		let fails = 1
		const flaky = {
			...database,
			transaction: async (body: (connection: typeof db) => Promise<void>) => {
				if (fails-- > 0) throw new RangeError('no database')
				await database.transaction(body)
			},
		}
		const save = transactional('words', flaky, insert)
		await expect(save(rdd(['a', 1]), new Time(1_000))).rejects.toThrow('no database')
		await save(rdd(['a', 1]), new Time(1_000))
		expect(written()).toEqual(['a'])
	})

	it('refuses names that would not stand in a statement', () => {
		expect(() => transactional("it's", database, insert)).toThrow("'it's' cannot be the name of the output")
		expect(() => transactional('x', database, insert, { table: 'a b' })).toThrow(
			"'a b' cannot be the name of the table",
		)
	})
})
