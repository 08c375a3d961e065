/**
 * What stays when the run of a cell takes the place of the run before: inputs made in the same way, and the state of
 * operators that are the same.
 *
 *   cell [3] before   socket(h, p) ── map ── updateStateByKey ── print
 *                        │ keeps receiver and past     │ keeps its keys
 *   cell [3] now      socket(h, p) ── flatMap ─ map ── updateStateByKey ── print
 *
 * Two operators are the same when they have the same name; without names, when they are of the same kind and at the
 * same place among those of their kind, in order of construction.
 */

import { Time } from '../base/time.js'
import { keyEquals } from '../rdd/keys.js'
import type { AnyDStream } from './dstream.js'
import { type AnyInput, InputDStream } from './input.js'

/** A stream that a top-level name held, and the one it holds now. */
export interface Succession {
	readonly before: AnyDStream
	readonly after: AnyDStream
}

/** What one run of a cell replaces. */
export interface Replacement {
	/** The group whose streams take the place of others. */
	readonly by: string
	/** The groups that leave. */
	readonly groups: readonly string[]
	readonly successions: readonly Succession[]
	/** Whether the state of one operator fits the other, of the same kind (default: always). */
	readonly fits?: (before: AnyDStream, after: AnyDStream) => boolean
}

/** One replacement for a later one and an earlier one that has not taken effect, whose own group leaves with it. */
export function joinReplacements(later: Replacement, earlier: Replacement): Replacement {
	const origin = (stream: AnyDStream): AnyDStream =>
		earlier.successions.find(({ after }) => after === stream)?.before ?? stream
	const successions = later.successions.map(({ before, after }) => ({ before: origin(before), after }))
	const others = earlier.successions.filter(({ before }) => successions.every((each) => each.before !== before))
	const groups = [...new Set([...earlier.groups, ...later.groups])]
	return { ...later, groups, successions: [...others, ...successions] }
}

/** A state that went from one operator to another. */
export interface Carried {
	readonly stream: AnyDStream
	/** How many keys it has, a job; undefined when it could not go on and the operator begins without state. */
	readonly numKeys: (() => Promise<number>) | undefined
}

/** The inputs of `made` that are made as one of `before`, each with that one. */
export function sameInputs(made: readonly AnyInput[], before: readonly AnyInput[]): Map<AnyInput, AnyInput> {
	const same = new Map<AnyInput, AnyInput>()
	const free = new Set(before)
	for (const input of made) {
		const args = input.madeFrom
		if (args === undefined) continue
		for (const old of free) {
			if (old.constructor !== input.constructor || !equalArguments(args, old.madeFrom ?? [])) continue
			same.set(input, old)
			free.delete(old)
			break
		}
	}
	return same
}

/** Functions, queues and RDDs are equal when they are the same one; data by value. */
function equalArguments(a: unknown, b: unknown): boolean {
	if (Object.is(a, b)) return true
	if (Array.isArray(a) && Array.isArray(b)) {
		return a.length === b.length && a.every((each, i) => equalArguments(each, b[i]))
	}
	const isData = (x: unknown): boolean => typeof x !== 'function' && (typeof x !== 'object' || isPlain(x))
	return isData(a) && isData(b) && keyEquals(a, b)
}

function isPlain(x: unknown): boolean {
	if (x === null || x instanceof Date || ArrayBuffer.isView(x)) return true
	const prototype = Object.getPrototypeOf(x)
	return prototype === null || Object.getPrototypeOf(prototype) === null
}

/** Gives the state of operators that leave to the same ones among those that come; both in order of construction. */
function carryState(
	before: readonly AnyDStream[],
	after: readonly AnyDStream[],
	fits: Replacement['fits'] = () => true,
): Carried[] {
	const carried: Carried[] = []
	const free = new Set(before.filter(({ hasState }) => hasState))
	const adopt = (stream: AnyDStream, isSame: (old: AnyDStream) => boolean): boolean => {
		for (const old of free) {
			if (old.className !== stream.className || !isSame(old)) continue
			free.delete(old)
			if (!fits(old, stream)) carried.push({ stream, numKeys: undefined })
			else {
				const numKeys = stream.adoptState(old)
				if (numKeys !== undefined) carried.push({ stream, numKeys })
			}
			return true
		}
		return false
	}
	const unnamed = after.filter(
		(stream) => stream.name === undefined || !adopt(stream, (old) => old.name === stream.name),
	)
	for (const stream of unnamed) adopt(stream, (old) => old.name === undefined || stream.name === undefined)
	return carried
}

/** What goes on from the streams that were there before to those that are there after. */
export function carriedBy(
	{ by, groups, successions, fits }: Replacement,
	before: ReadonlySet<AnyDStream>,
	after: ReadonlySet<AnyDStream>,
): Carried[] {
	const isOld = ({ group }: AnyDStream): boolean =>
		group !== undefined && (groups.includes(group) || successions.some((x) => x.before.group === group))
	return carryState(
		[...before].filter((stream) => isOld(stream) && stream.group !== by),
		[...after].filter((stream) => stream.group === by && !before.has(stream)),
		fits,
	)
}

/** Every stream that `ends` depend on, themselves included, in order of construction. */
export function reachable(ends: Iterable<AnyDStream>): Set<AnyDStream> {
	const seen = new Set<AnyDStream>()
	const stack = [...ends]
	for (let stream = stack.pop(); stream !== undefined; stream = stack.pop()) {
		if (seen.has(stream)) continue
		seen.add(stream)
		stack.push(...stream.sources)
	}
	return new Set([...seen].sort((a, b) => a.streamId - b.streamId))
}

/** True when `from` is `stream` or depends on it. */
export function reaches(from: AnyDStream, stream: AnyDStream): boolean {
	return from.current === stream.current || from.sources.some((parent) => reaches(parent, stream))
}

/** The newest time at which an input of the stream has nothing any more; at least `floor`. */
function oldestSeen(stream: AnyDStream, floor: Time): Time {
	const inputs = [...reachable([stream])].filter((each) => each instanceof InputDStream)
	return new Time(Math.max(floor.milliseconds, ...inputs.map((input) => (input.isInitialized ? input.goneMs : 0))))
}

/**
 * Gives a stream and all that it is made of their places on the time grid of a running graph. Each sees what its own
 * inputs remember, so that what it holds does not depend on who else reads it.
 */
export function placeStream(stream: AnyDStream, zeroTime: Time, floor: Time): void {
	for (const parent of stream.sources) if (!parent.isInitialized) placeStream(parent, zeroTime, floor)
	stream.initialize(zeroTime, oldestSeen(stream, floor))
}
