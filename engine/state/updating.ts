/**
 * One batch of updateStateByKey on one partition: the function of the program is called for every key that has a state or
 * new values, and only what it changes is written.
 *
 * It gets a copy of a state that is an object, which it may change and return. A copy that comes back as it was, when
 * there were no new values, counts as no change.
 */

import type { Time } from '../base/time.js'
import { copyOf } from '../rdd/copies.js'
import { requireValue } from '../rdd/result.js'
import type { Columns } from './columns.js'
import { copiesOf } from './owncopy.js'
import { isSame } from './same.js'
import type { Edit, StateVersion } from './version.js'

/** The function of the program, which gives the next state of a key, undefined or null for none. */
export type UpdateKey =
	| { readonly isTimed: false; readonly fn: (values: unknown[], state: unknown) => unknown }
	| {
			readonly isTimed: true
			readonly fn: (time: Time, key: unknown, values: unknown[], state: unknown) => unknown
	  }

type Pair = readonly [unknown, unknown]

/** The states after the batch at `time` with these records. @throws task/promise, and what the function throws */
export function updated(before: StateVersion, records: Iterable<Pair>, update: UpdateKey, time: Time): StateVersion {
	return before.next((edit) => {
		const { columns } = edit
		const groups: unknown[][] = []
		const ids: number[] = []
		const fn = update.fn as (...args: unknown[]) => unknown
		try {
			const all = Array.isArray(records) ? (records as Pair[]) : [...records]
			const idOf = columns.idsOf(all)
			for (let i = 0; i < all.length; i += 1) {
				const id = idOf[i] as number
				const [, value] = all[i] as Pair
				const group = columns.scratch[id] as number
				if (group !== 0) groups[group - 1]?.push(value)
				else {
					columns.scratch[id] = groups.push([value])
					ids.push(id)
				}
			}
			loopOf(fn)({ columns, groups, fn, isTimed: update.isTimed, time, edit, copyOf, settle })
		} finally {
			for (const id of ids) columns.scratch[id] = 0
		}
	})
}

/** What a loop needs; all of it, so that it can be copied. */
interface Work {
	readonly columns: Columns
	/** The values of keys that have new ones; `columns.scratch` holds the number of each id's, counted from 1. */
	readonly groups: readonly unknown[][]
	readonly fn: (...args: unknown[]) => unknown
	readonly isTimed: boolean
	readonly time: Time
	readonly edit: Edit
	readonly copyOf: typeof copyOf
	readonly settle: typeof settle
}

const loopOf = copiesOf(function updateLoop({ columns, groups, fn, isTimed, time, edit, copyOf, settle }: Work): void {
	const { live, values, scratch } = columns
	const { keys } = columns.table
	for (let id = 0; id < values.length; id += 1) {
		const group = scratch[id] as number
		if (group !== 0) {
			const state = live[id] === 1 ? values[id] : undefined
			const given = copyOf(state)
			const news = groups[group - 1] as unknown[]
			settle(edit, id, given, isTimed ? fn(time, keys[id], news, given) : fn(news, given), true)
			continue
		}
		if (live[id] === 0) continue
		const state = values[id]
		if (typeof state === 'object') {
			const given = copyOf(state)
			settle(edit, id, given, isTimed ? fn(time, keys[id], [], given) : fn([], given), false)
			continue
		}
		const next = isTimed ? fn(time, keys[id], [], state) : fn([], state)
		if (next !== state || next === 0) settle(edit, id, state, next, false)
	}
})

/** Writes the next state of an id, unless it is what it was. */
function settle(edit: Edit, id: number, given: unknown, next: unknown, hasNews: boolean): void {
	const { live, values } = edit.columns
	const isThere = live[id] === 1
	if (next === undefined || next === null) {
		if (isThere) edit.remove(id)
		return
	}
	const state = isThere ? values[id] : undefined
	if (typeof next !== 'object') {
		if (!isThere || !Object.is(next, state)) edit.set(id, next, 0)
		return
	}
	// An object that could not be copied may have been changed.
	const isCopy = next === given && given !== state
	if (hasNews || !isCopy || !isSame(next, state)) edit.set(id, requireValue('updateStateByKey', next), 0)
}
