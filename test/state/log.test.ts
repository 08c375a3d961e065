import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { setHost, Time } from '../../engine/index.js'
import { damageOf, readColumns } from '../../engine/state/files.js'
import { StateLog, statesWritten, type WrittenStates } from '../../engine/state/log.js'
import { updated } from '../../engine/state/updating.js'
import { StateVersion } from '../../engine/state/version.js'
import { recordsOf } from '../../engine/storage/log/frames.js'
import { type MemoryFiles, memoryFiles } from '../support/memoryfiles.js'

type Pairs = [unknown, unknown][]

let files: MemoryFiles
let notices: string[]
beforeEach(() => {
	files = memoryFiles()
	notices = []
	setHost({ notice: ({ text }) => void notices.push(text) })
})
afterEach(() => setHost({}))

const put = (values: unknown[], state: unknown): unknown =>
	values.length === 0 ? state : values.at(-1) === 'gone' ? undefined : values.at(-1)
const batch = (before: StateVersion, records: Pairs): StateVersion =>
	updated(before, records, { isTimed: false, fn: put }, new Time(1_000))
const many = (n: number): Pairs => Array.from({ length: n }, (_, i) => [`key-${i}`, i])

let nextId = 0
async function write(log: StateLog, states: StateVersion, others: unknown[] = []): Promise<WrittenStates | undefined> {
	let written: WrittenStates | undefined
	await log.write([{ states, others }], 'memory:/cp', nextId++, (is) => {
		written = is
	})
	await statesWritten()
	return written
}
const bytesOf = (written: WrittenStates | undefined): number[] =>
	written?.partitions[0]?.states.map(([, sizeBytes]) => sizeBytes) ?? []
async function readBack({ directory, partitions }: WrittenStates): Promise<Pairs> {
	return [...StateVersion.holding(await readColumns(directory, partitions[0]?.states ?? []))]
}
const names = (): string[] => files.list('/cp/states-0').map(({ path }) => path)

describe('checkpoints of states', () => {
	beforeEach(() => {
		nextId = 0
	})

	it('cost what has changed, not what there is', async () => {
		const log = new StateLog()
		const one = batch(StateVersion.of([]), many(20_000))
		const first = await write(log, one)
		const two = batch(one, [...many(100), ['new', 'text'], ['key-7', 'gone']])
		const second = await write(log, two)
		const [snapshot, delta] = bytesOf(second)
		expect(bytesOf(first)).toEqual([snapshot])
		expect(snapshot).toBeGreaterThan(300_000)
		expect(delta).toBeLessThan(100)
		expect(await readBack(second as WrittenStates)).toEqual([...two])
		expect(await readBack(first as WrittenStates)).toEqual([...one])
	})
	it('are written in slices of what has changed, with a turn of the event loop between them', async () => {
		const log = new StateLog()
		const one = batch(StateVersion.of([]), many(60_000))
		await write(log, one)
		const sizes = files.list('/cp/states-0').map(({ path }) => recordsOf(files.read(path)).records.length)
		expect(sizes.reduce((a, b) => a + b)).toBe(12)
		let turns = 0
		let isOver = false
		const count = (): void => {
			turns += 1
			if (!isOver) setImmediate(count)
		}
		setImmediate(count)
		const changes = many(12_000).map(([key, i]): [unknown, unknown] => [key, -1 - Number(i)])
		const written = await write(log, batch(one, changes))
		isOver = true
		const delta = names().find((name) => name.endsWith('-delta')) as string
		const { records } = recordsOf(files.read(delta))
		expect(records).toHaveLength(3)
		expect(turns).toBeGreaterThanOrEqual(records.length)
		// An id and a number take 12 bytes.
		expect(bytesOf(written).at(-1)).toBeLessThan(14 * 12_000)
	})
	it('of what has not changed at all write nothing', async () => {
		const log = new StateLog()
		const one = batch(StateVersion.of([]), many(100))
		await write(log, one)
		const before = names()
		expect(bytesOf(await write(log, batch(one, [])))).toHaveLength(1)
		expect(names()).toEqual(before)
	})
	it('go on over batches between them, over new keys, and over keys that come back', async () => {
		const log = new StateLog()
		let version = batch(StateVersion.of([]), many(1_000))
		await write(log, version)
		for (const records of [[['key-3', 'gone']], [['a', 1]], [['key-3', 5]], [['b', { deep: [1] }]]] as Pairs[]) {
			version = batch(version, records)
		}
		const second = (await write(log, version)) as WrittenStates
		version = batch(version, [['a', 'gone']])
		const third = (await write(log, version)) as WrittenStates
		expect(bytesOf(third)).toHaveLength(3)
		expect((await readBack(second)).filter(([key]) => !String(key).startsWith('key'))).toEqual([
			['a', 1],
			['b', { deep: [1] }],
		])
		expect(await readBack(third)).toEqual([...version])
	})
	it('begin with a new snapshot when deltas outweigh the last; old files go when nothing needs them', async () => {
		const log = new StateLog()
		let version = batch(StateVersion.of([]), many(1_000))
		const all: WrittenStates[] = []
		for (let i = 0; i < 12; i++) {
			all.push((await write(log, version)) as WrittenStates)
			version = batch(
				version,
				many(400).map(([key]) => [key, i]),
			)
		}
		const lengths = all.map((written) => bytesOf(written).length)
		expect(lengths.filter((length) => length === 1).length).toBeGreaterThan(1)
		expect(Math.max(...lengths)).toBeLessThan(8)
		for (const written of all.slice(0, -1)) written.remove()
		expect(names()).toHaveLength(lengths.at(-1) as number)
		expect(await readBack(all.at(-1) as WrittenStates)).toHaveLength(1_000)
	})
	it('hold times, keys and states of any kind, in the same order', async () => {
		const states = StateVersion.ofHeld([
			[[1, 'a'], { value: new Date(5), touchedMs: 3_000 }],
			[{ x: 1n }, { value: undefined, touchedMs: 4_000 }],
			[Number.NaN, { value: -0, touchedMs: 5_000 }],
		])
		const written = (await write(new StateLog(), states, ['beside'])) as WrittenStates
		const back = StateVersion.holding(await readColumns(written.directory, written.partitions[0]?.states ?? []))
		expect([...back.held()]).toEqual([...states.held()])
		expect(written.partitions[0]?.others).toHaveLength(1)
	})
	it('of many states are written while batches go on, and hold what there was', async () => {
		const log = new StateLog()
		const one = batch(StateVersion.of([]), many(30_000))
		let written: WrittenStates | undefined
		await log.write([{ states: one, others: [] }], 'memory:/cp', 0, (is) => {
			written = is
		})
		expect(written).toBeUndefined()
		const two = batch(one, [['key-1', 'later']])
		await statesWritten()
		expect(await readBack(written as unknown as WrittenStates)).toEqual([...one])
		expect(bytesOf(await write(log, two))).toHaveLength(2)
	})
	it('that cannot be written while batches go on say so, and the next one is whole', async () => {
		const log = new StateLog()
		const one = batch(StateVersion.of([]), many(30_000))
		const writing = files.write.bind(files)
		files.write = () => {
			throw new RangeError('disk full')
		}
		expect(await write(log, one)).toBeUndefined()
		expect(notices).toEqual(['the states of memory:/cp/states-0 are not written: disk full'])
		files.write = writing
		expect(await readBack((await write(log, one)) as WrittenStates)).toHaveLength(30_000)
	})
	it('are refused when a byte of them has changed or is missing', async () => {
		const written = (await write(new StateLog(), batch(StateVersion.of([]), many(50)))) as WrittenStates
		expect(damageOf(written.directory, written.partitions)).toBeUndefined()
		const path = names()[0] as string
		const whole = files.read(path)
		for (let at = 0; at < whole.length; at += 7) {
			const changed = whole.slice()
			changed[at] = (changed[at] as number) ^ 4
			for (const bytes of [changed, whole.slice(0, at)]) {
				files.write(path, bytes)
				expect(damageOf(written.directory, written.partitions)).toMatch(/wrong checksum|bytes instead of/)
			}
		}
		await expect(readBack(written)).rejects.toThrow('bytes instead of')
	})
})
