/** Output operations that save: names of directories, formats, batches that run again, empty batches. */

import { beforeEach, expect, it } from 'vitest'
import type { DStream } from '../../engine/index.js'
import { type MemoryFiles, memoryFiles } from '../support/memoryfiles.js'
import { manualContext } from '../support/timeline.js'

let files: MemoryFiles
beforeEach(() => {
	files = memoryFiles()
})

/** Every file below `/`, with its text. */
function tree(path = '/'): Record<string, string> {
	const inside = files
		.list(path)
		.map((status) =>
			status.isDirectory
				? tree(status.path)
				: { [status.path]: Buffer.from(files.read(status.path)).toString('latin1') },
		)
	return Object.assign({}, ...inside)
}

async function run(
	batches: readonly (readonly [string, number][])[],
	output: (s: DStream<[string, number]>) => unknown,
) {
	const { ssc, close } = manualContext()
	try {
		output(ssc.queueStream(batches.map((batch) => ssc.sparkContext.parallelize(batch, 1))))
		await ssc.step(batches.length)
	} finally {
		await close()
	}
}

it('saveAsTextFiles gives every batch a directory prefix-ms.suffix, an empty one too', async () => {
	await run([[['a', 1]], []], (s) => s.saveAsTextFiles('memory:/out/x', 'txt'))
	expect(tree()).toEqual({
		'/out/x-1000.txt/_SUCCESS': '',
		'/out/x-1000.txt/part-00000': '(a,1)\n',
		'/out/x-2000.txt/_SUCCESS': '',
		'/out/x-2000.txt/part-00000': '',
	})
})

it('saveAsObjectFiles gives what objectFile reads', async () => {
	await run([[['a', 1]]], (s) => s.saveAsObjectFiles('memory:/out/x'))
	const { sc, close } = manualContext()
	try {
		expect(await sc.objectFile('memory:/out/x-1000').collect()).toEqual([['a', 1]])
	} finally {
		await close()
	}
})

it('saveAsHadoopFiles and saveAsNewAPIHadoopFiles write by the format that is named', async () => {
	await run([[['a', 1]]], (s) => {
		s.saveAsHadoopFiles('memory:/old')
		s.saveAsNewAPIHadoopFiles('memory:/new', 'd', undefined, undefined, 'TextOutputFormat', {
			'mapreduce.output.textoutputformat.separator': '=',
		})
		s.saveAsHadoopFiles('memory:/seq', '', 'Text', 'LongWritable', 'SequenceFileOutputFormat')
	})
	const { '/seq-1000/part-00000': sequence, ...others } = tree()
	expect(others).toEqual({
		'/new-1000.d/_SUCCESS': '',
		'/new-1000.d/part-r-00000': 'a=1\n',
		'/old-1000/_SUCCESS': '',
		'/old-1000/part-00000': 'a\t1\n',
		'/seq-1000/_SUCCESS': '',
	})
	expect([...(sequence ?? '').matchAll(/org\.apache\.hadoop\.io\.(\w+)/g)].map(([, name]) => name)).toEqual([
		'Text',
		'LongWritable',
	])
})

it('a directory that is there is written into', async () => {
	files.put('/out-1000/part-00000', 'old')
	await run([[['a', 1]]], (s) => s.saveAsTextFiles('memory:/out'))
	expect(tree()['/out-1000/part-00000']).toBe('(a,1)\n')
})

it('a batch that fails to save fails with the reason', async () => {
	await expect(run([[['a', 1]]], (s) => s.map(() => null).saveAsTextFiles('memory:/out'))).rejects.toThrow(
		'requirement failed: text files do not allow null rows',
	)
})

it('a batch that is saved again replaces its directory as a whole: no part of the run before is left', async () => {
	files.put('/out/x-1000/part-00000', 'old')
	files.put('/out/x-1000/part-00007', 'old')
	files.put('/out/._temporary-x-1000/part-00003', 'of a run that was killed')
	files.put('/out/._replaced-x-1000/part-00003', 'of another')
	await run([[['a', 1]]], (s) => s.saveAsTextFiles('memory:/out/x'))
	expect(tree()).toEqual({ '/out/x-1000/_SUCCESS': '', '/out/x-1000/part-00000': '(a,1)\n' })
})

it('a batch is seen whole or not at all, also when its commit fails', async () => {
	const rename = files.rename.bind(files)
	files.rename = (from, to) => {
		if (to === '/out/x-1000') throw new RangeError('disk full')
		rename(from, to)
	}
	const seen: unknown[] = []
	await run([[['a', 1]], [['b', 2]]], (s) => {
		s.map((pair) => {
			seen.push(Object.keys(tree()).filter((path) => !path.includes('/.')))
			return pair
		}).saveAsTextFiles('memory:/out/x')
	}).catch((thrown: Error) => seen.push(thrown.message))
	expect([seen, tree()]).toEqual([
		[[], [], 'disk full'],
		{ '/out/x-2000/_SUCCESS': '', '/out/x-2000/part-00000': '(b,2)\n' },
	])
})
