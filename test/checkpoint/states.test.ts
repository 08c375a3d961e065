import { afterEach, describe, expect, it } from 'vitest'
import { type DStream, Seconds, type StreamingContext } from '../../engine/index.js'
import { Lives, type Program } from './life.js'

type Pairs = DStream<[string, number]>
const numbers = (ssc: StreamingContext): Pairs => ssc.rateStream(1, (i): [string, number] => [`k${i % 3}`, i])
const sum = (values: number[], state = 0): number => values.reduce((a, b) => a + b, state)

let lives: Lives
afterEach(() => lives.end())

/** The files of states, oldest first. */
const stateFiles = (): string[] =>
	lives.files
		.list('/cp')
		.filter(({ isDirectory }) => isDirectory)
		.flatMap(({ path }) => lives.files.list(path))
		.filter(({ path }) => /\/states-\d+$/.test(path))
		.flatMap(({ path }) => lives.files.list(path))
		.map(({ path }) => path.slice('/cp/'.length))
		.sort((a, b) => Number(/(\d+)-0-/.exec(a)?.[1]) - Number(/(\d+)-0-/.exec(b)?.[1]))

const counting: Program = (ssc, see) => {
	numbers(ssc).updateStateByKey(sum).checkpoint(Seconds(2)).foreachRDD(see('sums'))
}
const fading: Program = (ssc, see) => {
	const seen = numbers(ssc)
		.filter(([, i]) => i < 5)
		.mapWithState<number, string>(
			(key, value, state) => {
				if (state.isTimingOut()) return `${key} over at ${state.get()}`
				state.update((state.getOption() ?? 0) + (value ?? 0))
				return `${key} ${state.get()}`
			},
			{ timeout: '3s' },
		)
	seen.checkpoint(Seconds(2)).foreachRDD(see('seen'))
	seen.stateSnapshots().foreachRDD(see('states'))
}

const sliding: Program = (ssc, see) => {
	const plus = (a: number, b: number): number => a + b
	const minus = (a: number, b: number): number => a - b
	const sums = numbers(ssc).reduceByKeyAndWindow(plus, minus, Seconds(4), Seconds(1), 1, ([, sum]) => sum !== 0)
	sums.checkpoint(Seconds(2)).foreachRDD(see('sums'))
}

/** What outputs saw from `since` on, in lives that end after so many batches each. */
async function livesOf(program: Program, ends: readonly number[], since: number): Promise<unknown[]> {
	lives = new Lives()
	for (const [i, steps] of ends.entries()) {
		const ssc = lives.begin(program)
		await ssc.step(steps)
		if (i < ends.length - 1) await ssc.stop(true)
	}
	return lives.seen.filter(([name]) => Number(name.split('@')[1]) >= since)
}

describe('states that come back', () => {
	it.each<[string, Program]>([
		['updateStateByKey', counting],
		['mapWithState with timeouts', fading],
		['a window with an inverse', sliding],
	])('are those of a life without an end: %s', async (_, program) => {
		const whole = await livesOf(program, [12], 8)
		await lives.end()
		expect(await livesOf(program, [7, 5], 8)).toEqual(whole)
		await lives.end()
		expect(await livesOf(program, [3, 3, 6], 8)).toEqual(whole)
		expect(lives.errors).toEqual([])
	})

	it.each<[string, (path: string) => void]>([
		['damaged', (path) => lives.flip(path)],
		['torn', (path) => lives.files.write(`/cp/${path}`, lives.files.read(`/cp/${path}`).slice(0, -5))],
		['gone', (path) => lives.files.remove(`/cp/${path}`)],
	])('go on from those before when the newest are %s, and say so', async (_, harm) => {
		const whole = await livesOf(counting, [10], 6)
		await lives.end()
		lives = new Lives()
		const first = lives.begin(counting)
		await first.step(6)
		await first.stop(true)
		harm(stateFiles().at(-1) as string)
		await lives.begin(counting).step(4)
		expect(lives.notices.filter((text) => text.includes('states of batch'))[0]).toMatch(
			/^updateStateByKey-0: the states of batch 6000 ms cannot be read: .*: going on from those of batch 4000 ms$/,
		)
		expect(lives.seen.filter(([name]) => Number(name.split('@')[1]) >= 6)).toEqual(whole)
	})

	it('leave no files behind that no checkpoint names', async () => {
		lives = new Lives()
		const first = lives.begin(counting)
		await first.step(30)
		expect(stateFiles().length).toBeLessThan(20)
		await first.stop(true)
		const second = lives.begin(counting)
		await second.step(30)
		expect(lives.names('').filter((name) => !/^checkpoint-|\/|^_owner$/.test(name))).toHaveLength(1)
	})
})

/** The parts of written RDDs, oldest first. */
const parts = (): string[] =>
	lives.files
		.list('/cp')
		.filter(({ isDirectory }) => isDirectory)
		.flatMap(({ path }) => lives.files.list(path))
		.filter(({ path }) => /\/rdd-\d+$/.test(path))
		.sort((a, b) => Number(/\d+$/.exec(a.path)?.[0]) - Number(/\d+$/.exec(b.path)?.[0]))
		.map(({ path }) => `${path.slice('/cp/'.length)}/part-00000`)

describe('windows that come back', () => {
	const sliding: Program = (ssc, see) => {
		const add = (a: number, b: number): number => a + b
		const window = numbers(ssc).reduceByKeyAndWindow(add, (a, b) => a - b, Seconds(5), Seconds(1))
		window
			.map((pair) => pair)
			.checkpoint(Seconds(2))
			.foreachRDD(see('sums'))
	}
	it.each<[string, (path: string) => void]>([
		['damaged', (path) => lives.flip(path)],
		['torn', (path) => lives.files.write(`/cp/${path}`, lives.files.read(`/cp/${path}`).slice(0, -5))],
		['gone', (path) => lives.files.remove(`/cp/${path}`)],
	])('go on from those before when the newest are %s, and say so', async (_, harm) => {
		const whole = await livesOf(sliding, [10], 6)
		await lives.end()
		lives = new Lives()
		const first = lives.begin(sliding)
		await first.step(6)
		await first.stop(true)
		harm(parts().at(-1) as string)
		await lives.begin(sliding).step(4)
		expect(lives.notices.filter((text) => text.includes('cannot be read'))[0]).toMatch(
			/: the records of batch \d+ ms cannot be read: .*: going on from those of batch \d+ ms$/,
		)
		expect(lives.seen.filter(([name]) => Number(name.split('@')[1]) >= 6)).toEqual(whole)
	})
})
