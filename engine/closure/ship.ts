/**
 * A function as bytes, and back: what other threads and processes are sent.
 *
 * The bytes are those of V8's serializer, equal for equal functions with equal variables.
 */

import { createHash } from 'node:crypto'
import { deserialize, serialize } from 'node:v8'
import { type Captured, capture } from './capture.js'
import type { Effects } from './effects.js'
import type { Carrier, Graph, Unload } from './graph.js'
import { notSerializable, type Operator, Refusal } from './refusal.js'
import { loadModules, revive } from './revive.js'

/** A captured function. */
export interface Shipped {
	readonly bytes: Uint8Array
	/** The same for the same bytes. */
	readonly id: string
	readonly effects: Effects
	/** Classes whose code goes along, by name. */
	readonly classes: ReadonlyMap<string, unknown>
}

/** The most that a function may take along: 64 MB. */
const mostBytes = 64 * 2 ** 20

/**
 * A function, or a plain object or array of functions and values, as bytes.
 * @throws task/closure (`Task not serializable`) for what cannot travel, with the path to the culprit and the cure
 */
export function shipFunction(value: unknown, operator?: Operator, carriers: readonly Carrier[] = []): Shipped {
	const { graph, effects, classes } = captured(value, operator, carriers)
	const bytes = serialize(graph)
	if (bytes.length > mostBytes) {
		const why = `takes ${Math.round(bytes.length / 2 ** 20)} MB along, more than ${mostBytes / 2 ** 20} MB`
		throw notSerializable(new Refusal(why, 'send large values once, with sc.broadcast(value)', []), operator)
	}
	return { bytes, id: createHash('sha1').update(bytes).digest('base64'), effects, classes }
}

function captured(value: unknown, operator: Operator | undefined, carriers: readonly Carrier[]): Captured {
	try {
		return capture(value, carriers)
	} catch (thrown) {
		if (thrown instanceof Refusal) throw notSerializable(thrown, operator)
		throw thrown
	}
}

/** The function that the bytes are of; modules that it refers to are loaded first. */
export async function receiveFunction(bytes: Uint8Array, unload?: Unload): Promise<unknown> {
	const graph = deserialize(bytes) as Graph
	return revive(graph, await loadModules(graph), unload)
}
