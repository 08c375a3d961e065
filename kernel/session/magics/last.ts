/** The last batch of a stream, or of the stream that an output operation reads, printed in full. */

import { textOf } from '../../../engine/index.js'
import { timeText } from '../../display/index.js'
import { findStream, noStream } from './streams.js'
import { survey } from './survey.js'
import type { MagicWorld } from './world.js'

/**
 * Prints the last batch of what `word` names: a stream by name or `#3`, an output by number or name.
 * @throws cli/usage when there is no such stream or output
 */
export async function showLast(word: string, world: MagicWorld): Promise<void> {
	const ssc = world.contexts.newest
	if (ssc === undefined) {
		console.log('no batches yet: the first use of ssc makes a context')
		return
	}
	const output = survey(ssc, world).outputs.find(
		({ id, name }) => `#${id}` === word || name.replace(/ at .*/, '') === word,
	)
	const stream = findStream(word, ssc, world) ?? output?.stream.current
	if (stream === undefined) throw noStream('last', word, ssc, world)
	const batch = await stream.last
	if (batch === undefined) {
		console.log(`no batch has computed ${stream.title} yet`)
		return
	}
	const { time, rows } = batch
	const when = ssc.clock.isManual ? String(time) : timeText(time.milliseconds, false)
	const count = `${rows.length.toLocaleString('en')} ${rows.length === 1 ? 'row' : 'rows'}`
	console.log(`${stream.title} · ${when} · ${count}`)
	for (const row of rows) console.log(`  ${textOf(row)}`)
}
