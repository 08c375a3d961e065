/** The objects that mean the same in every thread and process, by the expression that names them. */

/** Globals of JavaScript without effects outside. */
const pure = `Array ArrayBuffer Atomics BigInt BigInt64Array BigUint64Array Boolean DataView Date Error EvalError
FinalizationRegistry Float32Array Float64Array Function Infinity Int16Array Int32Array Int8Array Intl Iterator JSON Map Math
NaN Number Object Promise Proxy RangeError ReferenceError Reflect RegExp Set SharedArrayBuffer String Symbol SyntaxError
TypeError URIError Uint16Array Uint32Array Uint8Array Uint8ClampedArray WeakMap WeakRef WeakSet AggregateError decodeURI
decodeURIComponent encodeURI encodeURIComponent escape unescape isFinite isNaN parseFloat parseInt undefined
Buffer URL URLSearchParams TextEncoder TextDecoder structuredClone atob btoa performance crypto AbortController
AbortSignal DOMException Event EventTarget`.split(/\s+/)

/** Globals that are there in every thread, but reach outside of it. */
const outward = `console process fetch setTimeout setInterval setImmediate clearTimeout clearInterval clearImmediate
queueMicrotask require globalThis global WebAssembly MessageChannel BroadcastChannel WebSocket Headers Request Response
FormData Blob navigator`.split(/\s+/)

const pureNames: ReadonlySet<string> = new Set(pure)
const outwardNames: ReadonlySet<string> = new Set(outward)

/** True for globals that only compute. */
export const isPureGlobal = (name: string): boolean => pureNames.has(name)
/** True for globals that are there everywhere and do something outside of the function. */
export const isOutwardGlobal = (name: string): boolean => outwardNames.has(name)

let paths: Map<unknown, readonly string[]> | undefined

const isThing = (value: unknown): boolean =>
	(typeof value === 'object' && value !== null) || typeof value === 'function' || typeof value === 'symbol'

function build(): Map<unknown, readonly string[]> {
	const found = new Map<unknown, readonly string[]>()
	const note = (value: unknown, path: readonly string[]): void => {
		if (isThing(value) && !found.has(value)) found.set(value, path)
	}
	const members = (holder: object, path: readonly string[]): void => {
		for (const [name, { value }] of Object.entries(Object.getOwnPropertyDescriptors(holder))) {
			note(value, [...path, name])
		}
	}
	const names = [...pure, ...outward].filter((name) => name in globalThis)
	for (const name of names) note(Reflect.get(globalThis, name), [name])
	for (const name of pure) {
		const value: unknown = Reflect.get(globalThis, name)
		if ((typeof value !== 'function' && typeof value !== 'object') || value === null) continue
		members(value, [name])
		const prototype: unknown = Reflect.get(value, 'prototype')
		if (typeof prototype === 'object' && prototype !== null) {
			note(prototype, [name, 'prototype'])
			members(prototype, [name, 'prototype'])
		}
	}
	// The console's methods are bound: `foreach(console.log)`.
	members(console, ['console'])
	return found
}

/** The expression of a well-known object, as the names from the global object on; undefined for any other value. */
export function wellKnownPath(value: unknown): readonly string[] | undefined {
	paths ??= build()
	return paths.get(value)
}

/** The object of a path. */
export function atPath(path: readonly string[]): unknown {
	let value: unknown = globalThis
	for (const name of path) value = Reflect.get(value as object, name)
	return value
}
