/** What is alive in a session, for whoever writes a program of it: owners, names, and the context of the streams. */

import { DStream, StreamingContext } from '../../../engine/index.js'
import { heldValues, survey } from './survey.js'
import type { MagicWorld } from './world.js'

/** Plain data about what is alive. */
export interface Alive {
	/** Owners that have streams, outputs or views in the graph. */
	readonly owners: readonly string[]
	/** The owner of each name that holds a value. */
	readonly makers: Readonly<Record<string, string>>
	/** Names that hold streams, and contexts. */
	readonly streams: readonly string[]
	readonly contexts: readonly string[]
	/** The name that holds the newest context, when a cell has made it. */
	readonly context?: string
	readonly master: string
	readonly appName: string
	readonly batchMs: number
}

/** What is alive now. */
export function aliveNow(world: MagicWorld): Alive {
	const ssc = world.contexts.streamingContext
	const { used, outputs, views } = survey(ssc, world)
	const owners = [...used, ...outputs, ...views].flatMap(({ group }) => world.ownerOf(group) ?? [])
	const held = heldValues(world.readers)
	const holding = (test: (value: unknown) => boolean): string[] =>
		[...held].flatMap(([name, value]) => (test(value) ? [name] : []))
	const [context] = holding((value) => value === ssc)
	return {
		owners: [...new Set(owners)],
		makers: Object.fromEntries([...world.makers].filter(([name]) => held.has(name))),
		streams: holding((value) => value instanceof DStream),
		contexts: holding((value) => value instanceof StreamingContext),
		...(context === undefined ? {} : { context }),
		master: ssc.sparkContext.master,
		appName: ssc.sparkContext.conf.get('spark.app.name'),
		batchMs: ssc.batchDuration.milliseconds,
	}
}
