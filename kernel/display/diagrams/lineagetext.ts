/**
 * A lineage in characters: a box for each stage, arrows where records are shuffled.
 *
 *   ┌ stage 0 · 4 tasks ──────────────────────────────┐
 *   │ parallelize  ParallelCollectionRDD[0]           │
 *   │ map  MapPartitionsRDD[1]  cached 4 of 4         │
 *   └─────────────────────────────────────────────────┘
 *     ╰─▶ shuffle to stage 1, 4 → 2 partitions
 */

import { clipped, columnsOf, oneLine, padded } from '../columns.js'
import { plural } from './facts.js'
import { keptText, originOf, parentsInStage, type Stage } from './stages.js'

const maxWidth = 96
/** RDDs that are listed of one stage. */
const maxLines = 30

/** A heading and the stages, those that are read before those that read them. */
export function lineageText(head: string, stages: readonly Stage[]): string {
	const bodies = stages.map((stage) => stageLines(stage))
	const width = Math.min(maxWidth, Math.max(30, ...bodies.flat().map(columnsOf)))
	return [
		clipped(oneLine(head), maxWidth),
		...stages.flatMap((stage, i) => {
			const last = stage.rdds.at(-1)
			const title = ` stage ${stage.id} · ${plural(last?.getNumPartitions() ?? 0, 'task')} `
			const readers = stages.flatMap((reader) =>
				reader.shuffles
					.filter(({ from }) => from === stage)
					.map(({ to }) => {
						const partitions = `${last?.getNumPartitions() ?? 0} → ${to.getNumPartitions()} partitions`
						return `  ╰─▶ shuffle to stage ${reader.id}, ${partitions}`
					}),
			)
			return [
				`┌${title}${'─'.repeat(Math.max(0, width + 2 - columnsOf(title)))}┐`,
				...(bodies[i] ?? []).map((each) => `│ ${padded(each, width)} │`),
				`└${'─'.repeat(width + 2)}┘`,
				...readers,
			]
		}),
	].join('\n')
}

function stageLines({ rdds }: Stage): string[] {
	const shown = rdds.slice(-maxLines)
	const lines = shown.map((rdd, i) => {
		const { operation, site } = originOf(rdd)
		const parents = parentsInStage(rdd)
		const before = rdds[rdds.length - shown.length + i - 1]
		const isNext = parents.length === 0 || (parents.length === 1 && parents[0] === before)
		const from = isNext ? '' : `of ${parents.map(({ id }) => `[${id}]`).join(' and ')}`
		const name = rdd.name === undefined ? operation : `${rdd.name} · ${operation}`
		return oneLine([name, `${rdd.kind}[${rdd.id}]`, from, site, keptText(rdd)].filter((each) => each !== '').join('  '))
	})
	return rdds.length > shown.length ? [`… ${plural(rdds.length - shown.length, 'more RDD')}`, ...lines] : lines
}
