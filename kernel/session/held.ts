/** A live value as completion and help tell it: the names of its properties and a short text, without running its code. */

import { inspect } from 'node:util'
import * as rivulet from '../../engine/index.js'

/** What a live value has. */
export interface Held {
	/** Properties that can be written behind a dot, its own first. */
	readonly names: readonly string[]
	/** Undefined for what says more by its type: functions, and what is Rivulet's. */
	readonly value?: string
}

/** Longer texts are cut. */
const mostUnits = 600
/** A prototype further away belongs to no value that anybody wrote. */
const mostPrototypes = 20

export function heldBy(value: unknown): Held {
	try {
		const names = namesOf(value)
		if (value === undefined || typeof value === 'function' || isOurs(value)) return { names }
		const text = inspect(value, { depth: 1, maxArrayLength: 10, maxStringLength: 200, customInspect: false })
		return { names, value: text.length > mostUnits ? `${text.slice(0, mostUnits)} …` : text }
	} catch {
		// A proxy of the user's threw: such a value tells nothing.
		return { names: [] }
	}
}

function namesOf(value: unknown): readonly string[] {
	if (value === null || value === undefined) return []
	const names = new Set<string>()
	let object: unknown = Object(value)
	for (let i = 0; i < mostPrototypes && object !== null && object !== Object.prototype; i++) {
		for (const name of Object.getOwnPropertyNames(object)) if (/^[\p{L}_$][\p{L}\p{N}_$]*$/u.test(name)) names.add(name)
		object = Object.getPrototypeOf(object)
	}
	names.delete('constructor')
	return [...names]
}

const isOurs = (value: unknown): boolean =>
	Object.values(rivulet).some((one) => typeof one === 'function' && one.prototype && value instanceof one)
