import { expect, it } from 'vitest'
import { manualContext } from '../support/timeline.js'

it('a batch id names the output by the name of its stream or its place, and the batch by its time', async () => {
	const { ssc, close } = manualContext()
	const seen: string[] = []
	const words = ssc.script([['a'], ['b']])
	words.foreachRDD((_rdd, _time, id) => void seen.push(id))
	words.foreachRDD((_rdd, _time, id) => void seen.push(id))
	words
		.map((word) => word)
		.named('totals')
		.foreachRDD((_rdd, _time, id) => void seen.push(id))
	await ssc.step(2)
	await close()
	expect(seen).toEqual([1_000, 2_000].flatMap((ms) => [`foreachRDD-0@${ms}`, `foreachRDD-1@${ms}`, `totals-0@${ms}`]))
})
