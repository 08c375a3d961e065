import { afterEach, describe, expect, it } from 'vitest'
import { ManualClock, Seconds, type StreamingContext, Time } from '../../engine/index.js'
import { CatchUp } from '../../engine/scheduler/catchup.js'
import { Lives, type Program } from '../checkpoint/life.js'

let lives: Lives
afterEach(() => lives.end())

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))
const sum = (values: number[], state = 0): number => values.reduce((a, b) => a + b, state)
const program: Program = (ssc, see) => {
	const pairs = ssc.rateStream(1, (i): [string, number] => [`k${i % 3}`, 1])
	pairs.updateStateByKey(sum).checkpoint(Seconds(2)).foreachRDD(see('sums'))
}
/** A life that lasts 5 s, and one that begins so many batches later; `seen` has what its outputs saw. */
async function afterDownTime(numBatches: number): Promise<StreamingContext> {
	lives = new Lives()
	const first = lives.begin(program)
	await first.step(5)
	await first.stop(true)
	return lives.begin(program, { clock: new ManualClock(1_000 * (5 + numBatches)) })
}
const times = (): number[] => lives.seen.map(([name]) => Number(name.split('@')[1]))
const range = (from: number, to: number): number[] => Array.from({ length: to - from + 1 }, (_, i) => from + i)

describe('batches missed while a program was down', () => {
	it('run oldest first, each once, with turns of the event loop between, before time goes on', async () => {
		const ssc = await afterDownTime(200)
		ssc.start()
		const steps = [lives.seen.length]
		while (lives.seen.length < 201) {
			await turn()
			steps.push(lives.seen.length)
		}
		await ssc.step(2)
		expect(times()).toEqual(range(5, 207))
		expect(lives.seen.at(-1)).toEqual(['sums@207', ['k0', 'k1', 'k2'].map((key) => [key, 69])])
		expect(Math.max(...steps.slice(1).map((n, i) => n - (steps[i] as number)))).toBeLessThan(10)
		expect(lives.errors).toEqual([])
	})
	it('are waited for by a graceful stop', async () => {
		const ssc = await afterDownTime(60)
		ssc.start()
		await ssc.stop(true, true)
		expect(times().slice(0, 61)).toEqual(range(5, 65))
	})
	it('that a stop has cut off run in the next life, and none is left out', async () => {
		const ssc = await afterDownTime(100)
		ssc.start()
		for (let i = 0; i < 20; i += 1) await turn()
		await ssc.stop(true)
		const before = times()
		expect(before.length).toBeLessThan(90)
		const next = lives.begin(program, { clock: new ManualClock(105_000) })
		await next.step(1)
		const last = before.at(-1) as number
		expect(range(5, 106).filter((time) => !before.includes(time) && !times().includes(time))).toEqual([])
		expect(times()[0]).toBeLessThanOrEqual(last)
		expect(lives.seen.at(-1)?.[1]).toEqual([
			['k0', 36],
			['k1', 35],
			['k2', 35],
		])
	})
})

describe('catching up', () => {
	it('stays a few batches ahead, and goes on after one that cannot be generated', async () => {
		const seen: string[] = []
		let numPending = 0
		const all = range(1, 30).map((seconds) => new Time(1_000 * seconds))
		const catchUp = new CatchUp(all, new Time(31_000), {
			generate: ({ milliseconds }) => {
				if (milliseconds === 25_000) throw new RangeError('no such file')
				numPending += 1
				seen.push(`${milliseconds / 1_000}`)
			},
			numPending: () => numPending,
			failed: ({ milliseconds }, { message }) => void seen.push(`${milliseconds / 1_000}: ${message}`),
			done: () => void seen.push('done'),
		})
		catchUp.begin()
		for (let i = 0; i < 5; i += 1) await turn()
		expect([seen.length, catchUp.next?.milliseconds]).toEqual([20, 31_000])
		for (let i = 0; i < 30 && catchUp.next !== undefined; i += 1) {
			numPending -= 1
			catchUp.goOn()
			await turn()
			await turn()
		}
		await catchUp.ended()
		expect(seen.slice(20)).toEqual(['21', '22', '23', '24', '25: no such file', '26', '27', '28', '29', '30', 'done'])
	})
})
