/**
 * `print`: the first elements of every batch, in Spark's layout; a host may show them in its own way.
 *
 *   -------------------------------------------
 *   Time: 1000 ms
 *   -------------------------------------------
 *   (a,1)
 *   ...
 *
 * Source: Spark's `DStream.print`.
 */

import { host } from '../base/host.js'
import type { Time } from '../base/time.js'
import { textOf } from '../rdd/text.js'
import type { AnyDStream } from './dstream.js'
import { type Output, registerOutput } from './output.js'

export interface PrintOptions {
	/** `log`: exactly Spark's text, also in a session (default: what the host makes of it). */
	readonly mode?: 'live' | 'log'
}

const rule = '-'.repeat(43)

/** Registers the printing of the first `num` elements of each batch. */
export function printStream(stream: AnyDStream, num: number, options: PrintOptions): Output {
	const mode = options.mode ?? 'live'
	const output: Output = registerOutput(stream, 'print', async (rdd, time) => {
		const firsts = await rdd.take(num + 1)
		const lines = firsts.slice(0, Math.max(0, num)).map(textOf)
		const hasMore = firsts.length > num
		host().print({
			outputId: output.id,
			title: stream.title,
			group: output.group,
			timeMs: time.milliseconds,
			lines,
			hasMore,
			mode,
			text: sparkText(time, lines, hasMore),
		})
	})
	host().printRegistered({ outputId: output.id, group: output.group, mode, title: () => stream.title })
	return output
}

/** Spark's exact text of a printed batch. */
function sparkText(time: Time, lines: readonly string[], hasMore: boolean): string {
	const shown = hasMore ? [...lines, '...'] : lines
	return [rule, `Time: ${time}`, rule, ...shown, '', ''].join('\n')
}
