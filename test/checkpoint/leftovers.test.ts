/** What a life leaves in its checkpoint directory that has written nothing, and one whose log cannot be kept there. */

import { afterEach, describe, expect, it } from 'vitest'
import { Seconds, SparkConf, SparkContext, StreamingContext } from '../../engine/index.js'
import { registerFileSystem } from '../../engine/storage/filesystem.js'
import { Fed } from '../support/fed.js'
import { MemoryFiles, memoryFiles } from '../support/memoryfiles.js'
import { stopAll } from '../support/timeline.js'

afterEach(stopAll)

const made = (settings: Record<string, string> = {}): StreamingContext =>
	new StreamingContext(
		new SparkContext(new SparkConf().setMaster('local').setAppName('t').setAll(settings)),
		Seconds(1),
	)

const names = (files: MemoryFiles): string[] => files.list('/cp').map(({ path }) => path)

/** Writes come later, and files do not grow. */
class LateFiles extends MemoryFiles {
	override async write(path: string, bytes: Uint8Array): Promise<void> {
		await Promise.resolve()
		super.write(path, bytes)
	}
}

describe('a checkpoint directory', () => {
	it('is empty after a start that was refused for want of an output', () => {
		const files = memoryFiles()
		const ssc = made()
		ssc.checkpoint('memory:/cp')
		expect(() => ssc.start()).toThrow('No output operations registered')
		expect(names(files)).toEqual([])
	})

	it('is empty after a start that the checks of the graph refused', async () => {
		const files = memoryFiles()
		const ssc = made()
		ssc.checkpoint('memory:/cp')
		ssc
			.script([[1]])
			.checkpoint('1500ms')
			.print()
		expect(() => ssc.start()).toThrow()
		await new Promise((resolve) => setImmediate(resolve))
		expect(names(files)).toEqual([])
	})

	it.each(['hdfs://host:8020/cp', 'viewfs:///cp', 's3a://bucket/cp'])('in %s is refused at once', (directory) => {
		const scheme = directory.replace(/:.*/, '')
		expect(() => made().checkpoint(directory)).toThrow(
			expect.objectContaining({
				message: `No FileSystem for scheme "${scheme}"`,
				remedy: expect.stringContaining(`registerFileSystem('${scheme}', …)`),
			}),
		)
	})

	it('whose files are written later cannot hold a write-ahead log: refused at the start', async () => {
		const files = new LateFiles()
		registerFileSystem('late', (path) => ({ files, path: path.replace(/^late:/, '') }))
		const ssc = made({ 'spark.streaming.receiver.writeAheadLog.enable': 'true' })
		ssc.checkpoint('late:/cp')
		ssc.receiverStream(new Fed()).print()
		expect(() => ssc.start()).toThrow('a write-ahead log needs files that can be written at once')
		await new Promise((resolve) => setImmediate(resolve))
		expect(names(files)).toEqual([])
	})
})
