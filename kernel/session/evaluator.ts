/**
 * Runs cells in V8's REPL mode in this process: one binding a name, redeclaration, top-level await.
 *
 * Evaluations come one at a time; an interrupted one ends for its caller at once, while its promise goes on unheard.
 * V8 holds that promise weakly and answers when it is collected, which is an abort of Node 22 inside the collector: so an
 * inspector session ends with the evaluation that was interrupted in it, and nobody is left to be answered.
 * Source: V8's inspector protocol, `Runtime.evaluate` with replMode.
 */

import { type Runtime, Session } from 'node:inspector'
import { type Held, heldBy } from './held.js'
import { interruptedError, outsideGuard, watchCallbacks, whenInterrupted } from './interrupts.js'

/** How an evaluation ended. */
export type Outcome =
	| { readonly kind: 'value' }
	/** `place` is one-based, for errors that V8 found before running. */
	| {
			readonly kind: 'thrown'
			readonly error: unknown
			readonly place: { readonly line: number; readonly column: number } | undefined
	  }
	| { readonly kind: 'interrupted'; readonly error: Error }

const group = 'cell'
/** What V8 says when the watchdog has ended an evaluation. */
const terminated = 'Execution was terminated'
const stashName = '__rivuletStash'

export class Evaluator {
	#session = new Session()
	#stashed: unknown

	constructor() {
		this.#session.connect()
		process.on('exit', () => this.#session.disconnect())
		Object.defineProperty(globalThis, stashName, {
			value: (value: unknown) => {
				this.#stashed = value
			},
		})
	}

	/** Evaluates a script named `file`; resolves when it and its top-level awaits have ended. */
	async evaluate(js: string, file: string): Promise<Outcome> {
		const expression = `${js}\n//# sourceURL=${file}`
		try {
			const outcome = await new Promise<Outcome>((settle, reject) => {
				// Out of the vm call first: a late interrupt must end the program's code, not our own that follows.
				const resolve = (outcome: Outcome): void => {
					watchCallbacks(false)
					outsideGuard(() => settle(outcome))
				}
				whenInterrupted(() => resolve({ kind: 'interrupted', error: interruptedError() }))
				watchCallbacks(true)
				// A timer of its own: its vm call is on the stack for the cell and for the awaits that follow at once.
				setImmediate(() => {
					this.#session.post(
						'Runtime.evaluate',
						replParams({ expression, awaitPromise: true, objectGroup: group }),
						(error, answer) => {
							if (error === null) resolve(this.#outcome(answer, file))
							else if (error.message.includes(terminated)) resolve({ kind: 'interrupted', error: interruptedError() })
							else reject(error)
						},
					)
				})
			})
			if (outcome.kind === 'interrupted') this.#reconnect()
			return outcome
		} finally {
			whenInterrupted(() => undefined)
			this.#session.post('Runtime.releaseObjectGroup', { objectGroup: group })
		}
	}

	#reconnect(): void {
		this.#session.disconnect()
		this.#session = new Session()
		this.#session.connect()
	}

	#outcome({ exceptionDetails }: Runtime.EvaluateReturnType, file: string): Outcome {
		if (exceptionDetails === undefined) return { kind: 'value' }
		const { exception, lineNumber, columnNumber, text } = exceptionDetails
		if (text.includes(terminated)) return { kind: 'interrupted', error: interruptedError() }
		const error = exception === undefined ? new SyntaxError(text) : this.#valueOf(exception)
		// What V8 found before running the script has no frame in it; what a call such as JSON.parse threw has one.
		const isThrown = error instanceof SyntaxError && String(error.stack).includes(`${file}:`)
		const isFoundBefore = error instanceof SyntaxError && !isThrown && exceptionDetails.scriptId !== undefined
		const place = isFoundBefore ? { line: lineNumber + 1, column: columnNumber + 1 } : undefined
		return { kind: 'thrown', error, place }
	}

	/** The value behind a remote object. */
	#valueOf(object: Runtime.RemoteObject): unknown {
		if (object.objectId === undefined) return object.value
		this.#stashed = undefined
		this.#session.post('Runtime.callFunctionOn', {
			objectId: object.objectId,
			functionDeclaration: `function () { globalThis.${stashName}(this) }`,
		})
		const value = this.#stashed
		this.#stashed = undefined
		return value
	}

	/** What an expression holds, read without running anything that has effects; nothing where that is not possible. */
	look(expression: string): Held {
		let held: Held = { names: [] }
		// Not in REPL mode, where V8 answers later; names of cells are visible all the same.
		const safely = { replMode: false, throwOnSideEffect: true, silent: true, timeout: 50, objectGroup: group }
		this.#session.post('Runtime.evaluate', replParams({ expression, ...safely }), (error, answer) => {
			if (error !== null || answer.exceptionDetails !== undefined) return
			held = heldBy(answer.result.objectId === undefined ? answer.result.value : this.#valueOf(answer.result))
		})
		return held
	}
}

/** V8 knows more parameters than the types of Node 20. */
function replParams(
	params: Runtime.EvaluateParameterType & Readonly<Record<string, unknown>>,
): Runtime.EvaluateParameterType {
	return Object.assign({ replMode: true, includeCommandLineAPI: false }, params)
}
