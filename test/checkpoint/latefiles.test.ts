/** A checkpoint directory on a file system whose writes end later. */

import { afterEach, expect, it } from 'vitest'
import { Seconds, SparkConf, SparkContext, StreamingContext } from '../../engine/index.js'
import { registerFileSystem } from '../../engine/storage/filesystem.js'
import { Fed } from '../support/fed.js'
import { MemoryFiles } from '../support/memoryfiles.js'
import { stopAll } from '../support/timeline.js'

afterEach(stopAll)

/** Writes come later, and files do not grow. */
class LateFiles extends MemoryFiles {
	override async write(path: string, bytes: Uint8Array): Promise<void> {
		await Promise.resolve()
		super.write(path, bytes)
	}
}

it('cannot hold a write-ahead log: refused at the start, and nothing is left of the try', async () => {
	const files = new LateFiles()
	registerFileSystem('late', (path) => ({ files, path: path.replace(/^late:/, '') }))
	const conf = new SparkConf().setMaster('local').setAppName('t')
	conf.set('spark.streaming.receiver.writeAheadLog.enable', 'true')
	const ssc = new StreamingContext(new SparkContext(conf), Seconds(1))
	ssc.checkpoint('late:/cp')
	ssc.receiverStream(new Fed()).print()
	expect(() => ssc.start()).toThrow('a write-ahead log needs files that can be written at once')
	await new Promise((resolve) => setImmediate(resolve))
	expect(files.list('/cp').filter(({ isDirectory }) => !isDirectory)).toEqual([])
})
