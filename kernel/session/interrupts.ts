/**
 * How a SIGINT ends user code, whatever it is doing, with every name kept.
 *
 *   synchronous code of a cell, a batch, a task   runs inside `guarded`: a vm call with breakOnSigint
 *   a timer and the awaits that it wakes          timers are wrapped, and drain their microtasks inside the vm call
 *   a pending await of a cell                     the SIGINT handler: the cell ends, its promise goes on unheard
 *   a loop woken by anything else                 no vm call is on the stack: the watchdog thread ends it by
 *                                                 Runtime.terminateExecution
 *
 * Measured on Node 20: code that is terminated in a microtask leaves the stack of async ids as it was, and Node aborts
 * at the next callback (seen with any AsyncLocalStorage). An uncaught exception clears that stack, so an interrupted
 * timer throws one; `isInterrupt` tells it from the program's own. The last case of the table may still abort: the front
 * then starts a fresh session. Source: Node's `vm` (breakOnSigint), V8's inspector protocol.
 */

import { Script } from 'node:vm'
import { Worker } from 'node:worker_threads'
import { packageFile, StreamError, systemClock } from '../../engine/index.js'

/** What the watchdog and this thread share: [0] signals handled so far. */
const shared = new Int32Array(new SharedArrayBuffer(4))
const slot: { body: (() => void) | undefined } = { body: undefined }
const slotName = '__rivuletGuarded'
const script = new Script(`${slotName}()`, { filename: 'rivulet:guarded' })

let onInterrupt: (() => void) | undefined

/** The error of code that was interrupted. */
export const interruptedError = (): StreamError =>
	new StreamError('session/interrupted', 'Interrupted', { remedy: 'names and streams stay as they are' })

/** True for the error of code that was interrupted. */
export const isInterrupt = (thrown: unknown): boolean =>
	thrown instanceof StreamError && thrown.code === 'session/interrupted'

/** Runs a function that a SIGINT can end; calls may be nested, the innermost one ends. @throws session/interrupted */
export function guarded<R>(body: () => R): R {
	let result: R | undefined
	slot.body = () => {
		result = body()
	}
	try {
		script.runInThisContext({ breakOnSigint: true })
		return result as R
	} catch (thrown) {
		if ((thrown as { code?: string } | null)?.code === 'ERR_SCRIPT_EXECUTION_INTERRUPTED') {
			handled()
			throw interruptedError()
		}
		throw thrown
	}
}

/**
 * A signal that comes while Node exchanges its handlers is kept by its helper thread, which would end the next vm call
 * instead (seen on Node 20): one vm call of ours takes it.
 */
function absorbLateSignal(): void {
	const untilMs = systemClock.now() + 10
	try {
		guarded(() => {
			while (systemClock.now() < untilMs);
		})
	} catch (thrown) {
		if (!isInterrupt(thrown)) throw thrown
	}
}

/** Tells the watchdog that nobody is stuck. */
function handled(): void {
	Atomics.add(shared, 0, 1)
	Atomics.notify(shared, 0)
}

/** Tells `listener` of a SIGINT that no guarded call took; the last listener counts. */
export function whenInterrupted(listener: () => void): void {
	onInterrupt = listener
}

type AnyFunction = (...args: unknown[]) => unknown

/** Installs the signal handler, the watchdog and the wrapped timers. */
export function installInterrupts(): void {
	Object.defineProperty(globalThis, slotName, {
		value: () => {
			const body = slot.body
			slot.body = undefined
			body?.()
		},
	})
	const interrupt = (): void => {
		handled()
		onInterrupt?.()
	}
	process.on('SIGINT', interrupt)
	for (const name of ['setTimeout', 'setInterval', 'setImmediate'] as const) {
		const original = globalThis[name] as unknown as AnyFunction
		const wrapped = (callback: unknown, ...rest: unknown[]): unknown =>
			original(typeof callback === 'function' ? inGuard(callback as AnyFunction) : callback, ...rest)
		Object.assign(wrapped, original)
		Object.defineProperty(globalThis, name, { value: wrapped, writable: true, configurable: true })
	}
	const watchdog = new Worker(packageFile('dist', 'kernel', 'session', 'watchdog.js'), { workerData: { shared } })
	watchdog.on('message', () => {
		absorbLateSignal()
		interrupt()
	})
	watchdog.unref()
}

/** The tick queue and the microtasks, run to their end. */
const drain = (process as unknown as { readonly _tickCallback: () => void })._tickCallback.bind(process)

const inGuard =
	(callback: AnyFunction): AnyFunction =>
	(...args) => {
		try {
			guarded(() => {
				callback(...args)
				drain()
			})
		} catch (thrown) {
			if (isInterrupt(thrown)) onInterrupt?.()
			throw thrown
		}
	}
