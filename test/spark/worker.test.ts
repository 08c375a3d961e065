import { readFileSync } from 'node:fs'
import { deserialize, serialize } from 'node:v8'
import { describe, expect, it } from 'vitest'
import { PartitionState } from '../../engine/dstream/mappartition.js'
import { TaskContext } from '../../engine/index.js'
import { HashPartitioner } from '../../engine/rdd/partitioner.js'
import { decodeRecords, encodeParts, encodeRecords } from '../../engine/spark/frames.js'
import type { StageProgram } from '../../engine/spark/program.js'
import { faultIn } from '../../engine/spark/worker/fault.js'
import { readHeader, TaskFrames } from '../../engine/spark/worker/header.js'
import { runTask, type TaskSetup } from '../../engine/spark/worker/task.js'
import { type Fill, WireInput, WireOutput } from '../../engine/spark/worker/wire.js'
import { StateVersion } from '../../engine/state/version.js'

interface Expected {
	readonly partition: number
	readonly ver: string
	readonly ctx: { readonly stageId: number; readonly attemptNumber: number; readonly taskAttemptId: number }
	readonly bc: readonly unknown[]
	readonly command: string
	readonly frames: readonly (string | number)[]
}
const file = (name: string): Buffer => readFileSync(new URL(`data/${name}`, import.meta.url))
const expected = JSON.parse(file('expected.json').toString()) as Readonly<Record<string, Expected>>
const sparkOf = (tag: string): string => tag.slice('ts1;'.length)

/** Gives the bytes in pieces of `most`. */
function inPieces(bytes: Buffer, most = 7): Fill {
	let at = 0
	return (into) => {
		const length = bytes.copy(into, 0, at, Math.min(at + most, bytes.length))
		at += length
		return length
	}
}

describe('recorded tasks of real Sparks', () => {
	it.each(Object.entries(expected))('%s is read to its last byte', (name, sample) => {
		const input = new WireInput(inPieces(file(name)))
		const header = readHeader(input, sparkOf)
		expect(header).toMatchObject({
			partition: sample.partition,
			spark: sparkOf(sample.ver),
			stageId: sample.ctx.stageId,
			attempt: sample.ctx.attemptNumber,
			taskAttemptId: sample.ctx.taskAttemptId,
			broadcasts: sample.bc,
		})
		expect(header?.command.toString('hex')).toBe(sample.command)
		const frames = new TaskFrames(input)
		const read: string[] = []
		for (let frame = frames.next(); frame !== undefined; frame = frames.next()) read.push(frame?.toString('hex') ?? '')
		expect(read).toEqual(sample.frames)
		expect(input.nextInt()).toBeUndefined()
	})
})

/** A recorded task with other frames, run by a program of ours. */
async function run(program: StageProgram, frames: readonly Buffer[], sample = 'spark-3.5.9-map') {
	const recorded = file(`${sample}.jvm2node.bin`)
	const { command } = expected[`${sample}.jvm2node.bin`] as Expected
	const head = recorded.subarray(0, recorded.indexOf(Buffer.from(command, 'hex')) + command.length / 2)
	const numbered = (n: number): Buffer => {
		const four = Buffer.alloc(4)
		four.writeInt32BE(n)
		return four
	}
	const body = frames.flatMap((frame) => [numbered(frame.length), frame])
	const input = new WireInput(inPieces(Buffer.concat([head, ...body, numbered(-1), numbered(-4)]), 1_000))
	const written: Buffer[] = []
	const setup: TaskSetup = {
		versionOf: sparkOf,
		load: () => Promise.resolve(program),
		loadBroadcast: (path) => Promise.resolve({ id: path.length, value: path }),
	}
	const end = await runTask(input, new WireOutput((bytes) => void written.push(Buffer.from(bytes))), setup)
	return { end, ...answer(Buffer.concat(written)), isDrained: input.nextInt() === undefined }
}

/** An answer apart, as the JVM reads it. */
function answer(bytes: Buffer) {
	const input = new WireInput(inPieces(bytes, 1_000))
	const frames: Buffer[] = []
	let error: string | undefined
	let added: unknown[] = []
	for (let mark = input.nextInt(); mark !== undefined; mark = input.nextInt()) {
		if (mark >= 0) frames.push(input.bytes(mark))
		else if (mark === -3) for (let i = 0; i < 5; i++) input.long()
		else if (mark === -2) error = input.text()
		else if (mark === -1 && error === undefined) {
			added = Array.from({ length: input.int() }, () => deserialize(input.bytes(input.int())))
		}
	}
	return { frames, error, added }
}

const records: StageProgram['output'] = { kind: 'records' }
const fromRecords: StageProgram['input'] = { kind: 'records' }
const map = (fn: (x: never) => unknown) => ({ op: 'map', fn: fn as (x: unknown) => unknown }) as const
const decoded = (frames: readonly Buffer[]): unknown[] => frames.map((frame) => decodeRecords(frame))

describe('a stage in a worker', () => {
	it('reads records frame by frame, runs its steps and writes records', async () => {
		const program: StageProgram = {
			input: fromRecords,
			steps: [
				map((x: number) => x + 1),
				{ op: 'filter', fn: (x) => x !== 3 },
				{ op: 'partition', fn: (all, index) => [index, ...all] },
				{ op: 'flatMap', fn: (x) => [x, x] },
			],
			output: records,
		}
		const { frames, end, isDrained } = await run(program, [encodeRecords([1, 2]), encodeRecords([3])])
		expect(decoded(frames)).toEqual([[0, 0, 2, 2, 4, 4]])
		expect([end, isDrained]).toEqual(['again', true])
	})
	it('reads what is left when a function stops early, so that the worker can be used again', async () => {
		const first: StageProgram = {
			input: fromRecords,
			steps: [{ op: 'partition', fn: (all) => [all.next().value] }],
			output: records,
		}
		const { frames, end, isDrained } = await run(first, [encodeRecords([1, 2]), encodeRecords([3])])
		expect([decoded(frames), end, isDrained]).toEqual([[[1]], 'again', true])
	})
	it('waits for asynchronous steps, sources and tasks', async () => {
		const program: StageProgram = {
			input: { kind: 'read', read: async (partition) => [partition, 10] },
			steps: [{ op: 'partitionAsync', fn: async (all) => [...all].map((x) => [x]) }],
			output: { kind: 'result', task: async (all) => [...all] },
		}
		expect(decoded((await run(program, [encodeRecords([])])).frames)).toEqual([[0, [[0], [10]]]])
	})
	it('sends keys where the local engine sends them, combined', async () => {
		const add = (a: unknown, b: unknown): unknown => (a as number) + (b as number)
		const combiner = { create: (v: unknown) => v, mergeValue: add, mergeCombiners: add, mapSide: true }
		const program: StageProgram = {
			input: fromRecords,
			steps: [],
			output: { kind: 'shuffle', partitioner: new HashPartitioner(2), combiner },
		}
		const pairs = ['a', 'b', 'a', 'c'].map((k) => [k, 1])
		const { frames } = await run(program, [encodeRecords(pairs)])
		expect(frames.filter((_, i) => i % 2 === 0).map((frame) => frame.readBigInt64BE())).toEqual([0n, 1n])
		expect(decoded(frames.filter((_, i) => i % 2 === 1))).toEqual([
			[0, ['b'], [1]],
			[0, ['a', 'c'], [2, 1]],
		])
		const reduce: StageProgram = {
			input: { kind: 'shuffled', combiner, keyOrder: undefined },
			steps: [],
			output: records,
		}
		const sent = [encodeRecords([1, ['x', 'y'], [1, 2]]), encodeRecords([0, ['y'], [5]])]
		expect(decoded((await run(reduce, sent)).frames)).toEqual([
			[
				['y', 7],
				['x', 1],
			],
		])
	})
	it.each<[string, StageProgram, Buffer[], unknown]>([
		[
			'zips whole partitions',
			{ input: { kind: 'zipped', fn: ([a, b]) => [[...(a ?? [])], [...(b ?? [])]] }, steps: [], output: records },
			[encodeRecords([1, 2]), encodeRecords([3])],
			[[[1, 2], [3]]],
		],
		[
			'zips more than two',
			{ input: { kind: 'zipped', fn: (parts) => [parts.length] }, steps: [], output: records },
			[encodeParts([encodeRecords([1]), encodeRecords([2])]), encodeRecords([3])],
			[[3]],
		],
		[
			'chains co-partitioned parents',
			{ input: { kind: 'zipped', fn: undefined }, steps: [], output: { kind: 'whole' } },
			[encodeRecords([1]), encodeRecords([2])],
			[[1, 2]],
		],
		[
			'gives co-partitioned inputs, one from a shuffle, to a function',
			{
				input: {
					kind: 'united',
					parts: [{ kind: 'shuffled', combiner: undefined, keyOrder: undefined }, fromRecords, fromRecords],
					fn: (parts) => parts.map((part) => [...part]),
				},
				steps: [],
				output: records,
			},
			[
				encodeRecords([1, [['b', 2]]]),
				encodeRecords([0, [['a', 1]]]),
				Buffer.alloc(0),
				Buffer.alloc(0),
				encodeRecords([3]),
				encodeRecords([4]),
				Buffer.alloc(0),
			],
			[
				[
					[
						['a', 1],
						['b', 2],
					],
					[],
					[3, 4],
				],
			],
		],
		[
			'chains co-partitioned inputs of a union',
			{ input: { kind: 'united', parts: [fromRecords, fromRecords], fn: undefined }, steps: [], output: records },
			[encodeRecords([1]), Buffer.alloc(0), encodeRecords([2]), Buffer.alloc(0)],
			[[1, 2]],
		],
		[
			'makes every pair',
			{ input: { kind: 'cartesian' }, steps: [], output: records },
			[encodeRecords([1, 2]), encodeRecords(['a'])],
			[
				[
					[1, 'a'],
					[2, 'a'],
				],
			],
		],
		[
			'puts regrouped partitions in order',
			{ input: { kind: 'regrouped' }, steps: [], output: records },
			[encodeRecords([1, ['late']]), encodeRecords([0, ['early']])],
			[['early', 'late']],
		],
		[
			'writes one frame of an empty partition where a whole one is wanted',
			{ input: fromRecords, steps: [], output: { kind: 'whole' } },
			[],
			[[]],
		],
	])('%s', async (_, program, frames, wanted) => expect(decoded((await run(program, frames)).frames)).toEqual(wanted))
	it('tells functions which task they are in', async () => {
		const program: StageProgram = {
			input: fromRecords,
			steps: [map(() => [TaskContext.get().stageId(), TaskContext.get().attemptNumber()])],
			output: records,
		}
		const { ctx } = expected['spark-4.3.0-jobgroup.jvm2node.bin'] as Expected
		// The frame around the header of 4.3 ends with its command, so this one is of a version without.
		const sample = expected['spark-4.0.5-jobgroup.jvm2node.bin'] as Expected
		expect(ctx.attemptNumber).toBe(0)
		const { frames } = await run(program, [encodeRecords([0])], 'spark-4.0.5-jobgroup')
		expect(decoded(frames)).toEqual([[[sample.ctx.stageId, 0]]])
	})
	it('sends an error of a function as text that the driver finds among what Spark writes around it', async () => {
		const program: StageProgram = {
			input: fromRecords,
			steps: [
				map(() => {
					throw new TypeError('no such thing')
				}),
			],
			output: records,
		}
		const { error, end } = await run(program, [encodeRecords([1])])
		expect(end).toBe('failed')
		const found = faultIn(`Job aborted: PythonException: ${error} SQLSTATE: 38000\nDriver stacktrace:`)
		expect(found).toMatchObject({ code: 'task/user', message: 'no such thing' })
		expect(found?.where).toMatch(/^partition 0, stage \d+, attempt 0 on /)
		expect(found?.cause).toMatchObject({ name: 'TypeError', message: 'no such thing' })
		expect(Reflect.get(found?.cause ?? {}, 'stack')).toContain('worker.test.ts')
	})
	it('refuses a promise of a synchronous function by the name of the operator', async () => {
		const program: StageProgram = { input: fromRecords, steps: [map(async (x) => x)], output: records }
		const { error } = await run(program, [encodeRecords([1])])
		expect(faultIn(error ?? '')).toMatchObject({ code: 'task/promise' })
	})
	it('takes broadcast values, and forgets those that were dropped', async () => {
		const sample = expected['spark-3.5.9-broadcast.jvm2node.bin'] as Expected
		expect(sample.bc.length).toBe(2)
		const program: StageProgram = { input: fromRecords, steps: [], output: records }
		expect((await run(program, [encodeRecords([1])], 'spark-3.5.9-broadcast')).end).toBe('again')
		expect((await run(program, [encodeRecords([1])], 'spark-3.5.9-broadcastdrop')).end).toBe('again')
	})
	it('carries the states of a partition, and the records mapped with them', async () => {
		const states = StateVersion.ofHeld([
			['a', { value: 1, touchedMs: 5 }],
			['b', { value: { n: 2 }, touchedMs: 6 }],
		])
		const [made] = (await decodeRecords(encodeRecords([new PartitionState(states, ['seen'])]))) as [PartitionState]
		expect([[...made.states.held()], made.mapped]).toEqual([[...states.held()], ['seen']])
	})
	it('carries instances of classes as what they are', async () => {
		const all = await decodeRecords(encodeRecords([new Map([['a', new Date(0)]]), Number.NaN, 7n]))
		expect(all).toEqual([new Map([['a', new Date(0)]]), Number.NaN, 7n])
		expect(deserialize(serialize(all))).toEqual(all)
	})
})
