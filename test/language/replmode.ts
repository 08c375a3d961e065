/** Evaluates prepared cells as a session does: V8's REPL mode through the inspector, with a `$rv` of its own. */

import { Session } from 'node:inspector/promises'
import { parseCell } from '../../kernel/language/parse.js'
import { type Transformed, transformCell } from '../../kernel/language/transform.js'

const session = new Session()
session.connect()

let last: unknown
const modules: Record<string, Record<string, unknown>> = {
	m: { a: 1, b: 2, default: 'dflt' },
}
const calls: unknown[] = []
Object.assign(globalThis, {
	$rv: {
		last: (value: unknown) => {
			last = value
			return value
		},
		import: async (specifier: string, options: unknown) => {
			calls.push([specifier, options])
			return modules[specifier] ?? {}
		},
	},
})

/** What `$rv.import` was called with since the last look. */
export const importCalls = (): unknown[] => calls.splice(0)

interface Answer {
	readonly exceptionDetails?: { readonly text: string; readonly exception?: { readonly description?: string } }
}

/** Evaluates JavaScript under a cell's name. */
async function evaluate(js: string): Promise<Answer> {
	const expression = `${js}\n//# sourceURL=cell-${count}.ts`
	const answer: unknown = await session.post('Runtime.evaluate', { expression, replMode: true, awaitPromise: true })
	return answer as Answer
}

let count = 0

/** Transforms a cell as the next one of the session. */
export function transform(code: string, isType: (name: string) => boolean = () => false): Transformed {
	return transformCell(parseCell(`cell-${++count}.ts`, code), { directory: '/somewhere', isType })
}

/** Runs a cell; the value handed to `$rv.last`, or the text of the error. */
export async function run(code: string): Promise<unknown> {
	last = undefined
	const { js } = transform(code)
	const answer = await evaluate(js)
	if (answer.exceptionDetails !== undefined) {
		return `threw ${answer.exceptionDetails.exception?.description?.split('\n')[0] ?? answer.exceptionDetails.text}`
	}
	return last
}

/** Runs a cell that throws; line and column (one-based, of the user's source) of the innermost frame in it. */
export async function thrownAt(code: string): Promise<string> {
	const { js, linesBefore } = transform(code)
	const answer = await evaluate(js)
	const frame = /cell-\d+\.ts:(\d+):(\d+)/.exec(answer.exceptionDetails?.exception?.description ?? '')
	return frame === null ? 'nothing' : `${Number(frame[1]) - linesBefore}:${frame[2]}`
}
