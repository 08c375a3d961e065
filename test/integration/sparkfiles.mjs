/** Our side of test_spark_files.py: `write <dir>` makes files for Spark, `read <dir>` prints what Spark's hold, as JSON. */

import { SparkConf, SparkContext } from '../../dist/engine/index.js'

const [, , command, dir] = process.argv
const sc = new SparkContext(new SparkConf().setMaster('local[2]').setAppName('files'))

const columns = {
	text: ['', 'żółć 🍎', 'x'.repeat(300)],
	int: [0, -1, 2 ** 31 - 1],
	long: [2 ** 40, -(2 ** 53) + 1, 2n ** 63n - 1n],
	double: [0.5, -1e300, 3],
	boolean: [true, false, true],
	bytes: [new Uint8Array(0), Uint8Array.of(0, 255), Uint8Array.of(1)],
	none: [null, null, null],
}

async function write() {
	for (const [name, values] of Object.entries(columns)) {
		const pairs = sc.parallelize(
			values.map((value, i) => [i, value]),
			2,
		)
		await pairs.saveAsSequenceFile(`${dir}/seq-${name}`)
		await pairs.saveAsSequenceFile(`${dir}/seq-${name}-block`, 'deflate')
		const conf = {
			'mapreduce.output.fileoutputformat.outputdir': `${dir}/seq-${name}-record`,
			'mapreduce.job.outputformat.class': 'SequenceFileOutputFormat',
			'mapreduce.output.fileoutputformat.compress': true,
		}
		await pairs.saveAsNewAPIHadoopDataset(conf)
	}
	await sc
		.parallelize([[1, 0.5]], 1)
		.saveAsHadoopFile(`${dir}/seq-float`, 'LongWritable', 'FloatWritable', 'SequenceFileOutputFormat')
	await sc
		.parallelize(
			[
				[1, 1],
				[2 ** 40, 2],
				[0.5, 3],
			],
			4,
		)
		.saveAsSequenceFile(`${dir}/seq-mixed`)
	const many = sc.range(0, 40_000, 1, 1).map((i) => [`key ${i}`, i])
	await many.saveAsSequenceFile(`${dir}/many`)
	await many.saveAsSequenceFile(`${dir}/many-block`, 'DefaultCodec')

	await sc.parallelize(['a', 'żółć 🍎\0', 'x'.repeat(70_000)], 2).saveAsObjectFile(`${dir}/obj-strings`)
	await sc.parallelize([1, 2, 0.5], 3).saveAsObjectFile(`${dir}/obj-numbers`)
	await sc.range(0, 25, 1, 2).saveAsObjectFile(`${dir}/obj-ints`)
	await sc
		.parallelize(
			[
				['a', 1],
				['b', 2],
			],
			1,
		)
		.saveAsObjectFile(`${dir}/obj-pairs`)
	const wide = Array.from({ length: 12 }, (_, i) => i)
	await sc.parallelize([wide, [[1, 'x'], true, null]], 1).saveAsObjectFile(`${dir}/obj-tuples`)

	for (const codec of ['gzip', 'deflate'])
		await sc.parallelize(['ż', 'b', 'c'], 2).saveAsTextFile(`${dir}/text-${codec}`, codec)
	await sc.parallelize([['a', 1]], 1).saveAsNewAPIHadoopFile(`${dir}/text-new`)
	return 'written'
}

async function read() {
	const found = {}
	for (const name of ['text', 'int', 'long', 'double', 'boolean', 'bytes', 'none']) {
		for (const form of ['', '-block', '-record']) {
			found[`seq-${name}${form}`] = await sc.sequenceFile(`${dir}/seq-${name}${form}`).values().collect()
		}
	}
	for (const form of ['', '-block']) {
		const many = sc.sequenceFile(`${dir}/many${form}`, 6)
		found[`many${form}`] = [await many.count(), await many.keys().distinct().count(), await many.values().sum()]
	}
	for (const name of ['obj-mixed', 'obj-longs', 'obj-tuples', 'obj-lists']) {
		found[name] = await sc.objectFile(`${dir}/${name}`).collect()
	}
	for (const name of ['text-gzip', 'text-plain']) found[name] = await sc.textFile(`${dir}/${name}`).collect()
	found['text-splits'] = []
	for (const n of [1, 2, 3, 5, 8]) found['text-splits'].push(await sc.textFile(`${dir}/ends.txt`, n).glom().collect())
	found['whole-parts'] = []
	for (const n of [1, 2, 50]) {
		const names = sc.wholeTextFiles(`${dir}/whole`, n).map(([name]) => name.split('/').pop())
		found['whole-parts'].push((await names.glom().collect()).map((part) => part.length).sort())
	}
	return found
}

const plain = (_, value) => {
	if (typeof value === 'bigint') return String(value)
	return value instanceof Uint8Array ? [...value] : value
}
console.log(JSON.stringify(await (command === 'write' ? write() : read()), plain))
await sc.stop()
