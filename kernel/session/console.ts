/** What user code writes goes to the cell that it belongs to: console, process.stdout and process.stderr. */

import { Console } from 'node:console'
import { inspect } from 'node:util'
import type { Channel } from './channel.js'
import { currentExecution } from './owner.js'

type Write = typeof process.stdout.write

/** Promises are printed without the marks by which output finds its cell. */
function printPromisesPlain(): void {
	const value = function (this: Promise<unknown>): Promise<unknown> {
		for (const key of Object.getOwnPropertySymbols(this)) {
			if (/^(async_id_symbol|trigger_async_id_symbol|kResourceStore)$/.test(key.description ?? ''))
				Object.defineProperty(this, key, { enumerable: false })
		}
		return this
	}
	Object.defineProperty(Promise.prototype, inspect.custom, { value, configurable: true, enumerable: false })
}

/** Puts the channel in the place of this process's standard streams. */
export function captureOutput(channel: Channel): void {
	for (const name of ['stdout', 'stderr'] as const) {
		const write = (chunk: string | Uint8Array, ...rest: unknown[]): boolean => {
			const text = typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString('utf8')
			channel.write(currentExecution()?.owner ?? '', name, text)
			const done = rest.find((one): one is () => void => typeof one === 'function')
			if (done !== undefined) queueMicrotask(done)
			return true
		}
		process[name].write = write as Write
	}
	printPromisesPlain()
	const own = new Console({ stdout: process.stdout, stderr: process.stderr, colorMode: false })
	for (const method of Object.keys(own) as (keyof Console)[]) {
		const value = own[method]
		if (typeof value === 'function') Object.assign(console, { [method]: value })
	}
}
