/** The names that every cell has without an import, and the helpers that prepared cells call. */

import * as rivulet from '../../engine/index.js'
import * as display from '../display/index.js'
import type { Contexts } from './contexts.js'
import type { Imports } from './imports.js'
import type { Alive } from './magics/alive.js'
import type { Recording } from './magics/recording.js'
import type { MagicRunner } from './magics/rows.js'
import { timed, timeit } from './magics/timing.js'
import { type Execution, ownExecution } from './owner.js'

export interface GlobalsParts {
	readonly contexts: Contexts
	/** Asks the person in front; rejects when nobody can answer. */
	readonly ask: (question: string, password: boolean) => Promise<string>
	readonly imports: Imports
	/** Runs a magic of the session. */
	readonly magic: MagicRunner
	/** What is alive, for whoever writes a program of it. */
	readonly alive: () => Alive
	/** The last batches of a stream, for whoever writes a test of them. */
	readonly record: (name: string, n: number) => Promise<Recording>
	/** Prints the last batch of a stream or an output. */
	readonly showLast: (word: string) => Promise<void>
}

/** What a cell has left behind: its value, and what its names hold. */
export interface CellResults {
	/** The cell that they are of. */
	execution: Execution | undefined
	/** The value of the last statement when it was an expression. */
	value: unknown
	readonly bound: Map<string, unknown>
	/** Reads what the names of all cells hold now. */
	readonly readers: Map<string, () => unknown>
	/** Results by execution count. */
	readonly Out: Record<number, unknown>
}

/** Names of the package that are for hosts, not for cells. */
const forHosts = new Set([
	...['setHost', 'packageFile', 'packageVersion', 'systemClock', 'stopwatch', 'nearestNames'],
	...['setDisplaySink', 'displaySink', 'setCommLink', 'takeComm', 'dropViews', 'timeText'],
])

function define(name: string, property: PropertyDescriptor): void {
	// Configurable, so that a declaration of the same name in a cell shadows it.
	Object.defineProperty(globalThis, name, { ...property, configurable: true, enumerable: false })
}

export function installGlobals({ contexts, ask, imports, magic, alive, record, showLast }: GlobalsParts): CellResults {
	const results: CellResults = { execution: undefined, value: undefined, bound: new Map(), readers: new Map(), Out: {} }
	for (const [name, value] of [...Object.entries(rivulet), ...Object.entries(display)]) {
		if (!forHosts.has(name)) define(name, { value, writable: true })
	}
	define('sc', { get: () => contexts.sparkContext, set: shadow('sc') })
	define('ssc', { get: () => contexts.streamingContext, set: shadow('ssc') })
	define('$', { get: () => contexts.lastBatch, set: shadow('$') })
	define('_', { value: undefined, writable: true })
	define('Out', { value: results.Out, writable: true })
	// What Node's types promise to every module.
	const directory = (): string => ownExecution()?.directory ?? process.cwd()
	define('require', { get: () => imports.requireFrom(directory()), set: shadow('require') })
	define('__dirname', { get: directory, set: shadow('__dirname') })
	for (const name of ['prompt', 'input']) {
		define(name, {
			value: (question = '', options: { readonly password?: boolean } = {}) =>
				ask(String(question), options.password === true),
			writable: true,
		})
	}
	define('$rv', {
		value: Object.freeze({
			last: (value: unknown) => {
				// A cell that was interrupted in an await goes on once that ends: no result of the cell that runs now.
				const own = ownExecution()
				if (own === undefined || own === results.execution) results.value = value
				// It is awaited when the cell has ended; until then its rejection is no unheard one.
				if (value instanceof Promise) value.catch(() => undefined)
			},
			magic,
			alive: () => ({ 'application/json': alive() }),
			showLast,
			record: async (name: string, n: number) => ({ 'application/json': await record(name, n) }),
			/** What a magic gives that is not the cell's last value. */
			show: (value: unknown) => {
				if (value !== undefined) display.display(value)
			},
			stopwatch: () => timed(results),
			timeit: (run: () => unknown) => timeit(run, results),
			// A module that a cell imports names its own folder.
			import: (specifier: string, { directory }: { readonly directory?: string } = {}) =>
				imports.import(directory ?? ownExecution()?.directory ?? process.cwd(), specifier),
			/** Takes what names hold; a name without a value yet is left out. */
			keep: (names: Readonly<Record<string, () => unknown>>) => {
				for (const [name, read] of Object.entries(names)) {
					try {
						results.bound.set(name, read())
						results.readers.set(name, read)
					} catch {
						// A declaration that was not reached has no value: the name stays unknown.
					}
				}
			},
		}),
	})
	return results
}

/** Assigning to a name of ours makes it a plain one. */
function shadow(name: string): (value: unknown) => void {
	return (value) => define(name, { value, writable: true })
}
