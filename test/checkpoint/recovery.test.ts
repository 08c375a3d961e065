import { afterEach, describe, expect, it } from 'vitest'
import { type DStream, ManualClock, Seconds, SparkContext, type StreamingContext } from '../../engine/index.js'
import { Lives, type Program } from './life.js'

const sum = (values: number[], state = 0): number => values.reduce((a, b) => a + b, state)
type Pairs = DStream<[string, number]>
const numbers = (ssc: StreamingContext): Pairs =>
	ssc.rateStream(1, (i): [string, number] => [i % 2 === 0 ? 'even' : 'odd', i])

let lives: Lives
afterEach(() => lives.end())

describe('a context that comes back', () => {
	it('goes on with its states, the batch of the checkpoint first, life after life', async () => {
		lives = new Lives()
		const program: Program = (ssc, see) => {
			numbers(ssc).updateStateByKey(sum).checkpoint(Seconds(2)).foreachRDD(see('sums'))
		}
		const first = lives.begin(program)
		await first.step(3)
		await first.stop(true)
		const second = lives.begin(program)
		await second.step(2)
		expect(lives.seen).toEqual([
			[
				'sums@3',
				[
					['even', 2],
					['odd', 1],
				],
			],
			[
				'sums@4',
				[
					['even', 2],
					['odd', 4],
				],
			],
			[
				'sums@5',
				[
					['even', 6],
					['odd', 4],
				],
			],
		])
		await second.stop(true)
		const third = lives.begin(program)
		await third.step(1)
		expect(lives.seen).toEqual([
			[
				'sums@5',
				[
					['even', 6],
					['odd', 4],
				],
			],
			[
				'sums@6',
				[
					['even', 6],
					['odd', 9],
				],
			],
		])
	})

	it('runs a batch again whose last output failed, before those that came later', async () => {
		lives = new Lives()
		let isBroken = true
		const program: Program = (ssc, see) => {
			const sums = numbers(ssc).updateStateByKey(sum).checkpoint(Seconds(2))
			sums.foreachRDD((rdd, time) => {
				if (isBroken && time.milliseconds === 3_000) throw new Error('broken')
				return see('sums')(rdd, time)
			})
		}
		const first = lives.begin(program)
		await first.step(5).catch(() => undefined)
		expect(lives.seen.map(([name]) => name)).toEqual(['sums@1', 'sums@2', 'sums@4', 'sums@5'])
		await first.stop(true)
		isBroken = false
		const second = lives.begin(program)
		await second.step(1)
		expect(lives.seen).toEqual([
			[
				'sums@3',
				[
					['even', 2],
					['odd', 1],
				],
			],
			[
				'sums@5',
				[
					['even', 6],
					['odd', 4],
				],
			],
			[
				'sums@6',
				[
					['even', 6],
					['odd', 9],
				],
			],
		])
	})

	it('has its initial state also when none was written yet', async () => {
		lives = new Lives()
		const program: Program = (ssc, see) => {
			const initial = ssc.sparkContext.parallelize<[string, number]>([['even', 100]])
			numbers(ssc).updateStateByKey(sum, 1, initial).foreachRDD(see('sums'))
		}
		const first = lives.begin(program)
		await first.step(3)
		await first.stop(true)
		const second = lives.begin(program)
		await second.step(1)
		expect(lives.seen.at(-1)).toEqual([
			'sums@4',
			[
				['even', 102],
				['odd', 4],
			],
		])
	})

	it('says the batches that run again before it has started, without numbers of records', async () => {
		lives = new Lives()
		const program: Program = (ssc, see) => numbers(ssc).foreachRDD(see('all'))
		const first = lives.begin(program)
		await first.step(2)
		await first.stop(true)
		const second = lives.begin(program, { clock: new ManualClock(4_000) })
		const heard: string[] = []
		second.onAny((event) => {
			if (event.kind === 'batchSubmitted' || event.kind === 'batchCompleted') {
				heard.push(`${event.kind} ${event.batchInfo.batchTime} ${event.batchInfo.numRecords}`)
			} else if (event.kind === 'streamingStarted') heard.push(event.kind)
		})
		await second.step(1)
		expect(heard).toEqual([
			'batchSubmitted 2000 0',
			'batchSubmitted 3000 0',
			'batchSubmitted 4000 0',
			'streamingStarted',
			'batchCompleted 2000 0',
			'batchCompleted 3000 0',
			'batchCompleted 4000 0',
			'batchSubmitted 5000 1',
			'batchCompleted 5000 1',
		])
	})

	it('stops when a transformation fails while batches are made again', async () => {
		lives = new Lives()
		let isBroken = false
		const program: Program = (ssc, see) => {
			const checked = numbers(ssc).transform((rdd) => {
				if (isBroken) throw new Error('broken')
				return rdd
			})
			checked.foreachRDD(see('all'))
		}
		const first = lives.begin(program)
		await first.step(2)
		await first.stop(true)
		isBroken = true
		const second = lives.begin(program)
		expect(() => second.start()).toThrow('broken')
		expect(second.getState()).toBe('STOPPED')
	})

	it('passes over a damaged checkpoint, and says from which it goes on', async () => {
		lives = new Lives()
		const program: Program = (ssc, see) => {
			numbers(ssc).updateStateByKey(sum).checkpoint(Seconds(2)).foreachRDD(see('sums'))
		}
		const first = lives.begin(program)
		await first.step(4)
		await first.stop(true)
		const [newest] = lives.names('checkpoint-').filter((name) => name === 'checkpoint-4000')
		lives.flip(newest as string)
		const second = lives.begin(program)
		await second.step(1)
		expect(lives.notices[0]).toMatch(
			/^checkpoint-4000 cannot be read: its checksum is wrong.*: going on from checkpoint-/,
		)
		expect(lives.seen.at(-1)).toEqual([
			'sums@4',
			[
				['even', 2],
				['odd', 4],
			],
		])
	})

	it('refuses when all are damaged, naming each, and leaves no context behind', async () => {
		lives = new Lives()
		const program: Program = (ssc, see) => {
			numbers(ssc).foreachRDD(see('all'))
		}
		const first = lives.begin(program)
		await first.step(2)
		await first.stop(true)
		for (const name of lives.names('checkpoint-')) lives.flip(name)
		expect(() => lives.begin(program)).toThrow('Failed to read checkpoint from directory memory:/cp')
		expect(SparkContext.getActive()).toBeUndefined()
	})

	it('refuses when a state is gone, unless that is allowed', async () => {
		lives = new Lives()
		const first = lives.begin((ssc, see) => {
			numbers(ssc).updateStateByKey(sum).named('totals').foreachRDD(see('sums'))
			numbers(ssc).foreachRDD(see('plain'))
		})
		await first.step(2)
		await first.stop(true)
		const without: Program = (ssc, see) => {
			numbers(ssc)
			numbers(ssc).foreachRDD(see('plain'))
		}
		expect(() => lives.begin(without)).toThrow(/totals is gone/)
		expect(SparkContext.getActive()).toBeUndefined()
		const second = lives.begin(without, { settings: { 'rivulet.checkpoint.allowDropped': 'totals' } })
		await second.step(1)
		expect(lives.seen.map(([name]) => name)).toEqual(['plain@2', 'plain@3'])
	})

	it('knows an operator by its name, wherever the program makes it now; new ones start empty', async () => {
		lives = new Lives()
		const first = lives.begin((ssc, see) => {
			numbers(ssc).updateStateByKey(sum).checkpoint(Seconds(2)).named('totals').foreachRDD(see('totals'))
		})
		await first.step(4)
		await first.stop(true)
		const second = lives.begin((ssc, see) => {
			const input = numbers(ssc)
			const counts = input.updateStateByKey((values, state = 0) => state + values.length).named('counts')
			const totals = input.updateStateByKey(sum).checkpoint(Seconds(2)).named('totals')
			totals.join(counts).foreachRDD(see('both'))
		})
		await second.step(1)
		expect(lives.errors).toEqual([])
		expect(lives.seen.at(-1)?.[0]).toBe('both@5')
		const rows = lives.seen.at(-1)?.[1] as [string, number[]][]
		expect(rows.map(([key, [total]]) => [key, total])).toEqual([
			['even', 6],
			['odd', 4],
		])
	})

	it('knows an operator by its place when its name was given or taken away since', async () => {
		lives = new Lives()
		const program =
			(...names: (string | undefined)[]): Program =>
			(ssc, see) => {
				for (const [i, name] of names.entries()) {
					const sums = numbers(ssc).updateStateByKey((values, state = i * 100) => sum(values, state))
					if (name !== undefined) sums.named(name)
					sums.foreachRDD(see(`${i}`))
				}
			}
		const rows = [
			[
				'0@3',
				[
					['even', 2],
					['odd', 1],
				],
			],
			[
				'1@3',
				[
					['even', 102],
					['odd', 101],
				],
			],
		]
		const first = lives.begin(program(undefined, 'b'))
		await first.step(2)
		await first.stop(true)
		const second = lives.begin(program('a', undefined))
		await second.step(1)
		expect(lives.seen.slice(2)).toEqual(rows)
		await second.stop(true)
		expect(() => lives.begin(program('new', 'a', undefined))).toThrow(/updateStateByKey-1 is gone/)
		expect(() => lives.begin(program('a', 'other', undefined))).toThrow(/updateStateByKey-1 is gone/)
		expect(() => lives.begin(program('other', undefined))).toThrow(
			/holds what the program does not go on with: a is gone/,
		)
	})

	it('makes a state of a live graph again from its input when none was written yet', async () => {
		lives = new Lives()
		const settings = { 'rivulet.liveGraph': 'true' }
		const program: Program = (ssc, see) => numbers(ssc).updateStateByKey(sum).foreachRDD(see('sums'))
		const first = lives.begin(program, { settings })
		await first.step(4)
		await first.stop(true)
		const second = lives.begin(program, { settings })
		await second.step(1)
		expect(lives.seen).toEqual([
			[
				'sums@4',
				[
					['even', 2],
					['odd', 4],
				],
			],
			[
				'sums@5',
				[
					['even', 6],
					['odd', 4],
				],
			],
		])
	})

	it('goes on from where it was rewound to, not from the future before that', async () => {
		lives = new Lives()
		const program: Program = (ssc, see) => numbers(ssc).updateStateByKey(sum).foreachRDD(see('sums'))
		const first = lives.begin(program)
		await first.step(5)
		await first.rewind()
		await first.step(2)
		await first.stop(true)
		const second = lives.begin(program)
		await second.step(1)
		expect(lives.seen.map(([name]) => name)).toEqual(['sums@2', 'sums@3'])
	})

	it('refuses a window of another length under the same id', async () => {
		lives = new Lives()
		const program =
			(length: number): Program =>
			(ssc, see) => {
				numbers(ssc)
					.reduceByKeyAndWindow(
						(a, b) => a + b,
						(a, b) => a - b,
						Seconds(length),
						Seconds(1),
					)
					.foreachRDD(see('window'))
			}
		const first = lives.begin(program(2))
		await first.step(2)
		await first.stop(true)
		expect(() => lives.begin(program(3))).toThrow(/reduceByKeyAndWindow-0 had a window of 2000 ms, has 3000 ms/)
	})

	it('has the settings and the interval of then, but those of the place', async () => {
		lives = new Lives()
		const program: Program = (ssc, see) => {
			numbers(ssc).foreachRDD(see('all'))
		}
		const first = lives.begin(program, { settings: { 'spark.default.parallelism': '3', 'my.key': 'then' } })
		await first.step(1)
		await first.stop(true)
		const settings = { 'spark.default.parallelism': '5', 'my.key': 'now', 'spark.master': 'local[4]' }
		const second = lives.begin(program, { settings, seconds: 2 })
		expect(second.batchDuration.milliseconds).toBe(1_000)
		expect(second.sparkContext.defaultParallelism).toBe(3)
		expect(second.conf.get('my.key')).toBe('then')
		expect(second.sparkContext.master).toBe('local[4]')
		expect(lives.notices).toEqual(['the batch interval is 1000 ms, that of the checkpoint, not 2000 ms'])
	})

	it('keeps ten files, and no written states that none of them names', async () => {
		lives = new Lives()
		const program: Program = (ssc, see) => {
			numbers(ssc).updateStateByKey(sum).checkpoint(Seconds(1)).foreachRDD(see('sums'))
		}
		for (let life = 0; life < 4; life += 1) {
			const ssc = lives.begin(program)
			await ssc.step(20)
			await ssc.stop(true)
			expect(lives.names('checkpoint-').length).toBe(10)
			const folders = lives.files.list('/cp').filter(({ isDirectory }) => isDirectory)
			expect(folders.length).toBeLessThanOrEqual(2)
			expect(folders.flatMap(({ path }) => lives.files.list(path)).length).toBeLessThan(16)
		}
		expect(lives.seen.at(-1)?.[0]).toBe('sums@80')
	})
})
