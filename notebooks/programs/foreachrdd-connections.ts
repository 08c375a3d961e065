/**
 * The four ways to send the records of each batch over a connection, from wrong to best.
 *
 * Each sends its number and the word, one line a record, and the four run one after another in each of three batches of
 * two partitions. Source: "Design patterns for using foreachRDD" in Spark's streaming guide. Start a server with
 * `nc -lk 9999`, then `rivulet run notebooks/programs/foreachrdd-connections.ts localhost 9999`.
 */

import { once } from 'node:events'
import { createConnection, type Socket } from 'node:net'
import { perProcess, SparkConf, StreamingContext } from 'rivulet'

const [host, port] = process.argv.slice(2)
if (host === undefined || !/^\d+$/.test(port ?? '')) {
	console.error('Usage: foreachrdd-connections <hostname> <port>')
	process.exit(1)
}

async function createNewConnection(): Promise<Socket> {
	const socket = createConnection(Number(port), host)
	await once(socket, 'connect')
	return socket
}

/** Connections that wait for their next use. */
class ConnectionPool {
	readonly #waiting: Socket[] = []
	async getConnection(): Promise<Socket> {
		return this.#waiting.pop() ?? createNewConnection()
	}
	returnConnection(connection: Socket): void {
		this.#waiting.push(connection)
	}
	close(): void {
		for (const connection of this.#waiting) connection.end()
	}
}
/** Made at first use, closed when nothing has used it for a minute. */
const pool = perProcess(() => new ConnectionPool(), { idle: '1 min' })

const ssc = new StreamingContext(new SparkConf().setAppName('Connections').setMaster('local[2]'), '200 ms')
const batches = [['ant', 'bee', 'cat', 'dog'], ['elk', 'fox'], ['gnu']]
const words = ssc.queueStream(batches.map((batch) => ssc.sparkContext.parallelize(batch, 2)))

// Version 1, wrong: made in the program, used where the partitions are. On one machine it happens to work; to another
// one a connection cannot be sent.
words.foreachRDD(async (rdd) => {
	const connection = await createNewConnection()
	await rdd.foreach((word) => void connection.write(`1 ${word}\n`))
	connection.end()
})

// Version 2, slow: a connection for each record.
words.foreachRDD(async (rdd) => {
	await rdd.foreach(async (word) => {
		const connection = await createNewConnection()
		connection.end(`2 ${word}\n`)
	})
})

// Version 3, right: a connection for each partition.
words.foreachRDD(async (rdd) => {
	await rdd.foreachPartition(async (all) => {
		const connection = await createNewConnection()
		for (const word of all) connection.write(`3 ${word}\n`)
		connection.end()
	})
})

// Version 4, best: connections are kept from batch to batch.
words.foreachRDD(async (rdd) => {
	await rdd.foreachPartition((all) =>
		pool.use(async (connections) => {
			const connection = await connections.getConnection()
			for (const word of all) connection.write(`4 ${word}\n`)
			connections.returnConnection(connection)
		}),
	)
})

ssc.start()
await ssc.awaitBatches(batches.length)
await ssc.stop()
await pool.close()
