/** A clock that is set back while batches run: said once, with how long they wait. */

import { afterEach, expect, test } from 'vitest'
import { ManualClock } from '../../engine/index.js'
import { Lives } from '../checkpoint/life.js'

let lives: Lives
afterEach(() => lives.end())

test('a clock that is set back is one warning that says how long until batches go on', async () => {
	lives = new Lives()
	const clock = new ManualClock()
	const ssc = lives.begin((made, see) => made.rateStream(1, (i) => i).foreachRDD(see('n')), { clock })
	await ssc.step(90)
	clock.setTime(30_000)
	clock.advance(10_000)
	expect(lives.notices).toEqual([
		'the clock was set back by 60 s: the next batch, 91000 ms, is in 61 s; set the clock right, wait, or stop and start the program',
	])
	await ssc.step(1)
	expect(lives.seen.at(-1)).toEqual(['n@91', [90]])
	expect(lives.seen).toHaveLength(91)
	await ssc.stop()
	clock.setTime(0)
	expect(lives.notices).toHaveLength(1)
})

test('many steps leave turns of the event loop to the program', async () => {
	lives = new Lives()
	const ssc = lives.begin((made, see) => made.rateStream(1, (i) => i).foreachRDD(see('n')))
	let numTurns = 0
	let isOver = false
	const turn = (): void => {
		numTurns += 1
		if (!isOver) setImmediate(turn)
	}
	setImmediate(turn)
	await ssc.step(50)
	isOver = true
	expect(numTurns).toBeGreaterThanOrEqual(49)
})
