/** Where the user's code called us: the innermost stack frame that lies outside the engine. */

import { host } from './host.js'

const frame = /^\s*at (?:.*?\()?(?:file:\/\/)?([^()\s]+?):(\d+):(\d+)\)?$/

/** `file:line` of the caller outside this package's engine folder; undefined when there is none. */
export function callSite(): string | undefined {
	const before = Error.stackTraceLimit
	Error.stackTraceLimit = 30
	const stack = new Error().stack ?? ''
	Error.stackTraceLimit = before
	for (const line of stack.split('\n').slice(1)) {
		const match = frame.exec(line)
		const file = match?.[1]
		if (file === undefined || file.startsWith('node:') || /\/engine\/[^/]*\/?[^/]+\.[jt]s$/.test(file)) continue
		return host().place(file.split('/').at(-1) as string, Number(match?.[2]))
	}
	return undefined
}
