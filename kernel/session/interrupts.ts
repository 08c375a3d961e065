/**
 * How a SIGINT ends user code, whatever it is doing, with every name kept.
 *
 *   synchronous code of a cell, a batch, a task   runs inside `guarded`: a vm call with breakOnSigint
 *   a timer and the awaits that it wakes          timers are wrapped, and drain their microtasks inside the vm call
 *   awaits that a native callback wakes (a file,  while a cell runs, a planned tick makes Node leave these microtasks to
 *   a socket, a child process)                    the tick queue, and ours drains them inside the vm call
 *   a loop in the native callback itself          in no vm call: the watchdog thread gets the signal and ends the loop
 *                                                 by Runtime.terminateExecution
 *   a task on a worker thread, or of a cluster    ends, when the signal finds nothing else that runs: those of the cell that
 *                                                 runs; those of batches and views when none does
 *   a pending await of a cell                     the watchdog tells: the cell ends, its promise goes on unheard
 *
 * Measured on Node 20: code that is terminated in a microtask leaves the stack of async ids as it was, and Node aborts
 * at the next callback (seen with any AsyncLocalStorage). An uncaught exception clears that stack, so an interrupted
 * timer or tick throws one; `isInterrupt` tells it from the program's own. What still may abort: a loop after an await
 * of a native callback when no cell runs; the front then starts a fresh session. Source: Node's `vm` (breakOnSigint),
 * `async_hooks`, V8's inspector protocol.
 */

import { createHook, executionAsyncResource } from 'node:async_hooks'
import { EventEmitter } from 'node:events'
import { Script } from 'node:vm'
import { Worker } from 'node:worker_threads'
import { interruptTasks, packageFile, StreamError } from '../../engine/index.js'
import { ownExecution } from './owner.js'

/** What the watchdog and this thread share: [0] interrupts handled so far, [1] 1 while a termination is on its way. */
const shared = new Int32Array(new SharedArrayBuffer(12))
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

/** Installs the watchdog and the wrapped timers; resolves when a SIGINT can come. */
export function installInterrupts(): Promise<void> {
	Object.defineProperty(globalThis, slotName, {
		value: () => {
			const body = slot.body
			slot.body = undefined
			body?.()
		},
	})
	for (const name of ['setTimeout', 'setInterval', 'setImmediate'] as const) {
		const original = globalThis[name] as unknown as AnyFunction
		const wrapped = (callback: unknown, ...rest: unknown[]): unknown =>
			original(typeof callback === 'function' ? inGuard(callback as AnyFunction) : callback, ...rest)
		Object.assign(wrapped, original)
		Object.defineProperty(globalThis, name, { value: wrapped, writable: true, configurable: true })
	}
	keepListeners()
	const watchdog = new Worker(packageFile('dist', 'kernel', 'session', 'watchdog.js'), { workerData: { shared } })
	watchdog.unref()
	return new Promise((resolve, reject) => {
		watchdog.on('error', reject)
		watchdog.on('message', (message: 'watching' | 'interrupt') => {
			resolve()
			if (message === 'watching') return
			handled()
			interruptTasks(interruptedError(), running)
			onInterrupt?.()
			listeners.emit('SIGINT', 'SIGINT')
		})
	})
}

/** Handlers of SIGINT that the program registers; in the process itself they would get in the way of vm calls. */
const listeners = new EventEmitter()

function keepListeners(): void {
	const methods = [
		'on',
		'addListener',
		'once',
		'prependListener',
		'prependOnceListener',
		'off',
		'removeListener',
	] as const
	for (const method of methods) {
		const original = process[method].bind(process) as (event: string, listener: AnyFunction) => unknown
		const kept = (event: string, listener: AnyFunction): NodeJS.Process => {
			if (event === 'SIGINT') listeners[method](event, listener)
			else original(event, listener)
			return process
		}
		Object.defineProperty(process, method, { value: kept, writable: true, configurable: true })
	}
}

/** What an uncaught exception was: V8 throws null where the watchdog has ended the code. */
export function uncaughtError(thrown: unknown): unknown {
	return thrown === null && Atomics.exchange(shared, 1, 0) === 1 ? interruptedError() : thrown
}

/** The tick queue and the microtasks, run to their end. */
const drain = (process as unknown as { readonly _tickCallback: () => void })._tickCallback.bind(process)

let depth = 0
const afterwards: (() => void)[] = []

/** Calls `next` as soon as no vm call around microtasks is on the stack: a late interrupt must not end code of ours. */
export function outsideGuard(next: () => void): void {
	if (depth === 0) next()
	else afterwards.push(next)
}

const inGuard =
	(callback: AnyFunction): AnyFunction =>
	(...args) => {
		depth += 1
		try {
			guarded(() => {
				callback(...args)
				drain()
			})
		} catch (thrown) {
			if (isInterrupt(thrown)) onInterrupt?.()
			throw thrown
		} finally {
			depth -= 1
			if (depth === 0) for (const next of afterwards.splice(0)) next()
		}
	}

let isPlanned = false
/** What ticks and timers have and native callbacks have not. */
const seen = ['callback', '_onImmediate', '_onTimeout'] as const

/**
 * While it is enabled, microtasks that a native callback (a file, a socket, a child process) wakes run inside a vm call:
 * a tick that is already planned makes Node leave them to the tick queue, and ours is the first of its ticks.
 */
const nativeCallbacks = createHook({
	before() {
		if (isPlanned) return
		const resource = executionAsyncResource()
		// Promises and ticks run inside a callback that has been seen already; timers are wrapped.
		if (resource instanceof Promise || seen.some((name) => name in resource)) return
		isPlanned = true
		process.nextTick(
			inGuard(() => {
				isPlanned = false
			}),
		)
	},
})

/** The group of the cell that runs. */
let running: string | undefined

/** Makes awaits that native callbacks wake interruptible while a cell runs, or no more; it costs some speed. */
export function watchCallbacks(isOn: boolean): void {
	running = isOn ? ownExecution()?.group : undefined
	if (isOn) nativeCallbacks.enable()
	else nativeCallbacks.disable()
}
