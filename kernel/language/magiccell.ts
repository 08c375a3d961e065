/**
 * A prepared cell with what its magics add: calls of the session's magics on their own lines, timing around the code.
 *
 *     user's cell          evaluated                                         line
 *                          'use strict';                                     0
 *     %clock manual        $rv.show(await $rv.magic('clock', 'manual'));     1
 *                          …what preparation put in front…                   at the end of the same line
 *     s.count()            …                                                 2
 *
 * So errors of a magic are told at its line, and those of the code at theirs.
 */

import type { PreparedCell } from '../session/messages.js'
import type { MagicCall, Manner } from './magics.js'

/** What is added to a cell. */
export interface Additions {
	readonly calls: readonly MagicCall[]
	readonly manner: Manner
	/** What the front knows that a magic needs, by the magic's name; plain data. */
	readonly facts: Readonly<Record<string, unknown>>
	/** The cell as the user wrote it. */
	readonly source: string
}

/** The cell with its magics. `cell` was prepared from text that is blank where the magics stand. */
export function withMagics(cell: PreparedCell, { calls, manner, facts, source }: Additions): PreparedCell {
	const isOnlyMagics = cell.js.replace(/^'use strict';/, '').trim() === ''
	const around = isOnlyMagics ? { ...cell, js: `'use strict';\n${'\n'.repeat(source.split('\n').length - 1)}` } : cell
	const called = calls.length === 0 ? around : withCalls(around, calls, facts, isOnlyMagics)
	return { ...timed(called, manner), source }
}

function withCalls(
	cell: PreparedCell,
	calls: readonly MagicCall[],
	facts: Additions['facts'],
	isLast: boolean,
): PreparedCell {
	const [front = '', ...lines] = cell.js.split('\n')
	for (const [i, { name, argument, line }] of calls.entries()) {
		const given = [name, argument, ...(facts[name] === undefined ? [] : [facts[name]])].map((one) =>
			JSON.stringify(one),
		)
		const call = `await $rv.magic(${given.join(', ')})`
		const isValue = isLast && i === calls.length - 1
		lines[line] = isValue ? `let $rv$last = ${call};$rv.last($rv$last)` : `$rv.show(${call});`
	}
	// The code begins behind the last call, and so does what was put in front of it.
	const end = calls.at(-1)?.line ?? 0
	if (!isLast) lines[end] = `${lines[end]}${front.replace(/^'use strict';/, '')}`
	return { ...cell, js: ["'use strict';", ...lines].join('\n'), hasValue: cell.hasValue || isLast }
}

function timed(cell: PreparedCell, manner: Manner): PreparedCell {
	if (manner === 'run') return cell
	const body = cell.js.replace(/^'use strict';/, '')
	if (manner === 'time') {
		return { ...cell, js: `'use strict';let $rv$took = $rv.stopwatch();${body}\n;await $rv$took()` }
	}
	// A function of its own: what it declares is new in every run, and nobody's afterwards.
	const isAsync = /\bawait\b/.test(body)
	const js = `'use strict';await $rv.timeit(${isAsync ? 'async ' : ''}() => {${body}\n})`
	return { ...cell, js, names: [], hasValue: false }
}
