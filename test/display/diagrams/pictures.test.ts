import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { type BatchInfo, check, type DStream } from '../../../engine/index.js'
import { type MetricsFacts, metricsDiagram, metricsPanels } from '../../../kernel/display/diagrams/metrics.js'
import { bundleOf } from '../../../kernel/display/index.js'
import { manualContext } from '../../support/timeline.js'

let close: (() => Promise<void>) | undefined
afterEach(async () => {
	await close?.()
	close = undefined
})

function made() {
	const parts = manualContext({ settings: { 'rivulet.liveGraph': 'true' } })
	close = parts.close
	const words = parts.ssc.script([['a', 'b'], ['c'], [], ['a'], ['d'], ['<script>']]).named('words')
	return { ...parts, words }
}
const tail = async (stream: DStream<string>, from = 1): Promise<string[]> =>
	String(await stream.explainWindow())
		.split('\n')
		.slice(from)

describe('rdd.lineage()', () => {
	it('draws stages, shuffles, partitions and what is cached', async () => {
		const { sc } = made()
		const words = sc.parallelize(['a', 'b', 'a', 'c'], 4).setName('words')
		const pairs = words.map((word): [string, number] => [word, 1]).cache()
		const counts = pairs.reduceByKey((a, b) => a + b, 2)
		const joined = counts.join(sc.parallelize<[string, string]>([['a', '<b>']], 3), 2)
		await counts.collect()
		const picture = joined.lineage()
		expect(
			String(picture)
				.replace(/ {2}pictures\.test\.ts:\d+/g, '')
				.replace(/ +│/g, ' │')
				.replace(/─{2,}/g, '──')
				.replace(/\[\d+\]/g, '')
				.split('\n'),
		).toEqual([
			'Lineage of MapPartitionsRDD · 3 stages, 2 shuffles, 2 partitions',
			'┌ stage 0 · 4 tasks ──┐',
			'│ words · parallelize  ParallelCollectionRDD │',
			'│ map  MapPartitionsRDD  cached 4 of 4 │',
			'└──┘',
			'  ╰─▶ shuffle to stage 2, 4 → 2 partitions',
			'┌ stage 1 · 3 tasks ──┐',
			'│ parallelize  ParallelCollectionRDD │',
			'└──┘',
			'  ╰─▶ shuffle to stage 2, 3 → 2 partitions',
			'┌ stage 2 · 2 tasks ──┐',
			'│ reduceByKey  ShuffledRDD │',
			'│ ShuffledRDD  ShuffledRDD │',
			'│ join  CoGroupedRDD  of  and  │',
			'│ join  MapPartitionsRDD │',
			'└──┘',
		])
		expect(picture.toSVG().match(/>shuffle</g)).toHaveLength(2)
	})

	it('of many parents draws the last and counts the others', () => {
		const { sc } = made()
		const many = sc.union(Array.from({ length: 60 }, () => sc.parallelize([1], 1)))
		expect(many.lineage().toSVG()).toContain('37 more RDDs above')
		expect(String(many.lineage())).toContain('… 31 more RDDs')
	})
})

describe('stream.explainWindow()', () => {
	it('shows what left, stays and entered, with the records that are kept', async () => {
		const { ssc, words } = made()
		const recent = words.window('3s', '2s').named('recent')
		recent.foreachRDD(async (rdd) => void (await rdd.collect()))
		await ssc.step(4)
		expect(await tail(recent, 0)).toEqual([
			'The window recent, over words: every 2 s (slide) the last 3 s (window), 3 batches of 1 s',
			'batches   1 s    2 s    3 s    4 s    5 s    6 s',
			'          a, b   c      ∅      a',
			'before   ├────────────┤',
			'now             ├───────────────────┤',
			'Inside at 4 s: 2 s, 3 s and 4 s.',
			'Left since the window before: 1 s.',
			'Entered: 3 s and 4 s.',
			'All batches inside are combined again, every time.',
			'Next window: at 6 s.',
		])
	})

	it('says how a window with an inverse goes on from the one before', async () => {
		const { ssc, sc, words } = made()
		sc.setCheckpointDir(mkdtempSync(join(tmpdir(), 'rivulet-')))
		const counts = words
			.map((word): [string, number] => [word, 1])
			.reduceByKeyAndWindow(
				(a, b) => a + b,
				(a, b) => a - b,
				'2s',
				'1s',
			)
		counts.mapValues((n) => n).foreachRDD(async (rdd) => void (await rdd.collect()))
		await ssc.step(3)
		expect(String(await counts.explainWindow())).toContain('value now = value before − what left + what entered')
	})

	it('before its first time says when that is', async () => {
		const { words } = made()
		expect((await tail(words.window('2s', '2s'))).slice(-2)).toEqual([
			'first    ├────────────┤',
			'It has not fired yet. Its first time is 2 s; the batches before the start are not there.',
		])
	})

	it('finds the window behind a stream, and refuses a stream without one', async () => {
		const { words } = made()
		expect((await words.window('2s').filter(Boolean).explainWindow()).title).toBe('The window over words')
		await expect(words.explainWindow()).rejects.toMatchObject({ code: 'graph/state', where: 'explainWindow' })
	})

	it('draws a long window without the text of each batch', async () => {
		const { ssc, words } = made()
		const recent = words.window('25s')
		recent.foreachRDD(async (rdd) => void (await rdd.collect()))
		await ssc.step(40)
		const picture = await recent.explainWindow()
		expect(String(picture).split('\n')[1]).toBe('Inside at 40 s: 16 s to 40 s (25 batches).')
		expect(picture.toSVG()).not.toContain('>16 s<')
	})
})

describe('ssc.trace()', () => {
	it('is a grid of boxes whose texts are inert', async () => {
		const { ssc, words } = made()
		const { bundle } = bundleOf(await ssc.trace({ words, '<i>': words.window('2s', '2s') }, 6))
		expect(Object.keys(bundle)).toEqual(['image/svg+xml', 'text/plain'])
		expect(String(bundle['image/svg+xml'])).toContain('&lt;script&gt;')
		expect(String(bundle['image/svg+xml'])).not.toMatch(/<script|<i>/)
	})
})

describe('check()', () => {
	it('shows what is missing and what was not expected, in words of the page and in colours', async () => {
		const { words } = made()
		const { bundle } = bundleOf(await check(words, [['a', 'b'], ['x'], [], ['a'], ['d'], []]))
		const html = String(bundle['text/html'])
		expect(html).toContain('different in 2 of 6 batches')
		expect(html).toContain('>−x<')
		expect(html).toContain('>+&lt;script&gt;<')
		expect(html).not.toContain('<script')
	})
	it('that passed says so', async () => {
		const { words } = made()
		const { bundle } = bundleOf(await check(words, [['b', 'a']]))
		expect(String(bundle['text/html'])).toContain('as expected in 1 of 1 batches')
	})
})

const batch = (at: number, processingDelay: number): BatchInfo => ({
	batchTime: at,
	streamIdToInputInfo: {},
	submissionTime: at,
	processingStartTime: at + 5,
	processingEndTime: at + 5 + processingDelay,
	schedulingDelay: 5,
	processingDelay,
	totalDelay: 5 + processingDelay,
	numRecords: 20,
	outputOperationInfos: {},
})
const facts = (batches: readonly BatchInfo[]): MetricsFacts => ({
	state: 'ACTIVE',
	intervalMs: 1_000,
	isManual: true,
	batches,
	retained: batches,
	waiting: 0,
	totalRecords: 40,
	totalBatches: 2,
	inputs: [{ name: '<svg>', perSecond: [20, 20], rateLimit: 30, waitingRecords: 3, isHeld: true, isActive: true }],
})

describe('ssc.metrics()', () => {
	it('is calm while batches keep up', () => {
		const { text, svg } = metricsDiagram(facts([batch(1_000, 400), batch(2_000, 250)]))
		expect(text.split('\n').slice(0, 4)).toEqual([
			'Metrics · ACTIVE, batches of 1 s · 2 batches, 40 records processed · last batch 2 s',
			'Batches keep up: the last one took 25 % of the interval.',
			'input rate                  20/s  ▄▄                              greatest 20/s',
			'processing time           250 ms  █▁                              interval 1 s',
		])
		expect(svg).not.toContain('<svg>')
	})
	it('turns amber when a batch takes longer than the interval, and says what that means', () => {
		const late = facts([batch(1_000, 400), batch(2_000, 1_500)])
		expect(metricsDiagram(late).text).toContain('⚠ The last batch took 1.5 s, but one comes every 1 s')
		expect(
			metricsPanels(late)
				.filter(({ isAmber }) => isAmber)
				.map(({ title, note }) => [title, note]),
		).toEqual([
			['processing time', 'interval 1 s'],
			['<svg>', 'held back, limit 30/s, 3 records waiting'],
		])
	})
	it('before the first batch says that there is none', () =>
		expect(metricsDiagram(facts([])).text).toContain('No batch has been completed yet.'))
})
