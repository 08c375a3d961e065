/**
 * The variables that a function has captured, and where its text stands, as V8's inspector shows them.
 *
 * Scopes come innermost first; their objects hold the real values. A session in the same process answers at once.
 * Sources: V8's `Runtime` domain (`[[Scopes]]`, `[[FunctionLocation]]`), which is stable though unwritten; Pulumi's
 * serializeFunction relies on it as well.
 */

import type { Runtime, Session } from 'node:inspector'
import { StreamError } from '../base/errors.js'

/** A place in a script: lines and columns count from 0. */
export interface Place {
	/** A path or URL; empty for code that has none. */
	readonly url: string
	readonly line: number
	readonly column: number
}

/** The surroundings of a function. */
export interface Surroundings {
	readonly place: Place
	/** The value of a captured variable; undefined when no scope has it. */
	find(name: string): { readonly value: unknown } | undefined
	/** The local name under which the function's own module holds a value. */
	moduleNameOf(value: unknown): string | undefined
}

type Any = (...values: never[]) => unknown

/** What V8 says of a scope. */
interface ScopeView {
	readonly description: string
	readonly object: object
}

const slotName = '__rivuletCapture'
const slot: { fn: Any | undefined; scopes: ArrayLike<ScopeView> | undefined } = { fn: undefined, scopes: undefined }

let session: Session | undefined
const urls = new Map<string, string>()

function connected(): Session {
	if (session !== undefined) return session
	const inspector: typeof import('node:inspector') | undefined = process.getBuiltinModule('node:inspector')
	if (inspector === undefined) {
		throw new StreamError('task/closure', 'functions cannot be captured: this Node has no inspector', {
			remedy: 'use the builds of nodejs.org, or the master local',
		})
	}
	session = new inspector.Session()
	session.connect()
	session.on('Debugger.scriptParsed', ({ params }) => urls.set(params.scriptId, params.url))
	Object.defineProperty(globalThis, slotName, { value: slot, configurable: true })
	return session
}

function ask<R>(method: string, parameters: object = {}): R {
	let answer: unknown
	let problem: Error | null = null
	connected().post(method, parameters, (error: Error | null, result?: object) => {
		problem = error
		answer = result
	})
	if (problem !== null || answer === undefined) {
		throw new StreamError('internal/state', `the inspector does not answer ${method}`, { cause: problem })
	}
	return answer as R
}

/** The address of a script; scripts are listed anew when one is not known. */
function urlOf(scriptId: string): string {
	if (!urls.has(scriptId)) {
		ask('Debugger.enable')
		ask('Debugger.disable')
		if (!urls.has(scriptId)) urls.set(scriptId, '')
	}
	return urls.get(scriptId) as string
}

interface FunctionLocation {
	readonly scriptId: string
	readonly lineNumber: number
	readonly columnNumber: number
}

/** What is around a function; a function without code of its own (native, bound) has nothing. */
export function surroundingsOf(fn: Any): Surroundings {
	connected()
	slot.fn = fn
	try {
		const { result } = ask<Runtime.EvaluateReturnType>('Runtime.evaluate', {
			expression: `${slotName}.fn`,
			objectGroup: slotName,
		})
		const { internalProperties = [] } = ask<Runtime.GetPropertiesReturnType>('Runtime.getProperties', {
			objectId: result.objectId,
			ownProperties: true,
		})
		const location = internalProperties.find(({ name }) => name === '[[FunctionLocation]]')?.value?.value
		const scopesId = internalProperties.find(({ name }) => name === '[[Scopes]]')?.value?.objectId
		if (scopesId !== undefined) {
			ask('Runtime.callFunctionOn', {
				objectId: scopesId,
				functionDeclaration: `function () { globalThis.${slotName}.scopes = this }`,
				silent: true,
			})
		}
		return surroundings(location, [...Array.from(slot.scopes ?? [])])
	} finally {
		slot.fn = undefined
		slot.scopes = undefined
		ask('Runtime.releaseObjectGroup', { objectGroup: slotName })
	}
}

function surroundings(location: FunctionLocation | undefined, scopes: readonly ScopeView[]): Surroundings {
	const place =
		location === undefined
			? { url: '', line: 0, column: 0 }
			: { url: urlOf(location.scriptId), line: location.lineNumber, column: location.columnNumber }
	return {
		place,
		find(name) {
			const scope = scopes.find(({ object }) => name in object)
			return scope === undefined ? undefined : { value: Reflect.get(scope.object, name) }
		},
		moduleNameOf(value) {
			const module = scopes.find(({ description }) => description === 'Module')
			return module === undefined
				? undefined
				: Object.keys(module.object).find((name) => Reflect.get(module.object, name) === value)
		},
	}
}
