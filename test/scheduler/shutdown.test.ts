/** A signal to a plain program and to a session: what was received is processed first. Real processes, real signals. */

import { spawn } from 'node:child_process'
import { pathToFileURL } from 'node:url'
import { describe, expect, test } from 'vitest'
import { packageFile } from '../../engine/index.js'
import { scene } from '../session/client.js'

const engine = pathToFileURL(packageFile('dist', 'engine', 'index.js')).href

/** A program that stores ten records, says so, and prints what its batches had. */
const program = (settings: string, interval: string): string => `
	import { Receiver, SparkConf, StorageLevel, StreamingContext } from '${engine}'
	class Ten extends Receiver {
		constructor() { super(StorageLevel.MEMORY_ONLY) }
		async onStart() {
			await this.store([1, 2, 3, 4, 5, 6, 7, 8, 9, 10])
			console.log('stored')
		}
		onStop() {}
	}
	const conf = new SparkConf().setMaster('local').setAppName('t')${settings}
	const ssc = new StreamingContext(conf, '${interval}')
	ssc.receiverStream(new Ten()).foreachRDD(async (rdd) => {
		const n = await rdd.count()
		if (n > 0) console.log('processed', n)
	})
	ssc.start()
	await ssc.awaitTermination()
`

async function signalled(
	settings: string,
	interval = '1s',
): Promise<{ code: number | null; signal: string | null; out: string }> {
	const child = spawn(process.execPath, ['--input-type=module', '-e', program(settings, interval)])
	let out = ''
	child.stdout.on('data', (text) => {
		out += text
		if (String(text).includes('stored')) child.kill('SIGTERM')
	})
	return new Promise((resolve) => child.on('close', (code, signal) => resolve({ code, signal, out })))
}

describe('SIGTERM', () => {
	test('to a program with stopGracefullyOnShutdown lets it process what it has received', async () => {
		const ended = await signalled(
			".set('spark.streaming.stopGracefullyOnShutdown', 'true').set('spark.streaming.gracefulStopTimeout', '100s')",
		)
		expect(ended).toEqual({ code: 143, signal: null, out: 'stored\nprocessed 10\n' })
	})

	test('to a program without it ends it', async () => {
		expect(await signalled('', '1h')).toEqual({ code: null, signal: 'SIGTERM', out: 'stored\n' })
	})

	test('to a session processes what was received, then ends it', async () => {
		const s = await scene()
		const js = `let [R, L] = [Receiver, StorageLevel];
			let t = new StreamingContext(sc, '1s');
			let r = new (class extends R { constructor() { super(L.MEMORY_ONLY) } async onStart() { await this.store([1, 2, 3]); console.log('stored') } onStop() {} })();
			t.receiverStream(r).foreachRDD(async (rdd) => { const n = await rdd.count(); if (n > 0) console.log('processed', n) });
			t.start()`
		await s.run(js, { owner: 'A' })
		await s.heard('stream', (one) => one.text.includes('stored'))
		process.kill(s.session.pid, 'SIGTERM')
		expect(await s.exit).toMatchObject({ code: 0, signal: null })
		expect(s.text('A')).toBe('stored\nprocessed 3\n')
	})
})
