/**
 * `print`, `pprint`: the first elements of every batch, in Spark's or PySpark's text; a host may show them in its own way.
 *
 *   -------------------------------------------
 *   Time: 1000 ms
 *   -------------------------------------------
 *   (a,1)
 *   ...
 *
 * `pprint` has a local date after `Time:` and writes elements as Python does.
 *
 * Source: Spark's `DStream.print`, PySpark's `DStream.pprint`.
 */

import { host } from '../base/host.js'
import type { Time } from '../base/time.js'
import { textOf } from '../rdd/text.js'
import type { AnyDStream } from './dstream.js'
import { type Output, registerOutput } from './output.js'
import { pythonText, pythonTime } from './pythontext.js'

export interface PrintOptions {
	/** `log`: exactly Spark's text, also in a session (default: what the host makes of it). */
	readonly mode?: 'live' | 'log'
}

const rule = '-'.repeat(43)

/** How a printed batch reads. */
export interface Layout {
	readonly operator: 'print' | 'pprint'
	readonly element: (value: unknown) => string
	readonly time: (time: Time) => string
}

export const sparkLayout: Layout = { operator: 'print', element: textOf, time: String }
export const pythonLayout: Layout = {
	operator: 'pprint',
	element: pythonText,
	time: ({ milliseconds }) => pythonTime(milliseconds),
}

/** Registers the printing of the first `num` elements of each batch. */
export function printStream(
	stream: AnyDStream,
	num: number,
	options: PrintOptions,
	layout: Layout = sparkLayout,
): Output {
	const mode = options.mode ?? 'live'
	const output: Output = registerOutput(stream, layout.operator, async (rdd, time) => {
		const firsts = await rdd.take(num + 1)
		const lines = firsts.slice(0, Math.max(0, num)).map(layout.element)
		const hasMore = firsts.length > num
		host().print({
			outputId: output.id,
			title: stream.title,
			group: output.group,
			timeMs: time.milliseconds,
			lines,
			hasMore,
			mode,
			text: block(layout.time(time), lines, hasMore),
		})
	})
	host().printRegistered({ outputId: output.id, group: output.group, mode, title: () => stream.title })
	return output
}

/** The exact text of a printed batch. */
function block(time: string, lines: readonly string[], hasMore: boolean): string {
	const shown = hasMore ? [...lines, '...'] : lines
	return [rule, `Time: ${time}`, rule, ...shown, '', ''].join('\n')
}
