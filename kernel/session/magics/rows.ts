/** What the magics of the session do, by name: each row of the catalog that has its place there. */

import type { MagicIn } from './catalog.js'
import { clock, start, step } from './driving.js'
import { graph, metrics } from './graph.js'
import { master } from './master.js'
import { rate } from './rate.js'
import { stop, streams } from './streams.js'
import { unknownMagic } from './usage.js'
import { who } from './who.js'
import type { MagicWorld, SessionMagic } from './world.js'

const rows: Readonly<Record<MagicIn<'session'>, SessionMagic>> = {
	streams,
	start,
	stop,
	step,
	clock,
	rate,
	graph,
	metrics,
	master,
	who,
}

/** Runs the magic of a name; what it returns is displayed. */
export type MagicRunner = (name: string, argument?: string, facts?: unknown) => unknown

/**
 * The magics of one session.
 * @throws cli/usage for a name that is none, or arguments that it does not take
 */
export function magicRunner(world: MagicWorld): MagicRunner {
	return (name, argument = '', facts) => {
		if (!Object.hasOwn(rows, name)) throw unknownMagic('%', name)
		return rows[name as MagicIn<'session'>](argument.trim(), world, facts)
	}
}
