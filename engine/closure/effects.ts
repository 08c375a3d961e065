/**
 * What captured functions do beside computing from what they are given: the reasons to run them where their variables
 * live, because a copy of these would hide what is done to them.
 */

import { isRegExp } from 'node:util/types'
import type { FreeName, Needs } from './free.js'
import { isOutwardGlobal } from './wellknown.js'

/** A reason, and what to do about it. */
export interface Effect {
	readonly kind: 'assigns' | 'changes' | 'outward' | 'changes parameters'
	/** What the function does: ``assigns the captured variable `count` ``. */
	readonly text: string
	readonly remedy: string
	/** Where the function is: `app.ts:12`. */
	readonly place: string | undefined
}

interface FunctionFacts {
	readonly needs: Needs
	readonly isEngine: boolean
	readonly fn: object
	readonly place: string | undefined
}

interface CaptureFacts {
	readonly use: FreeName
	readonly value: unknown
	readonly place: string | undefined
	/** The methods that may be called on it although they change it; undefined for ordinary values. */
	readonly allowedCalls: readonly string[] | undefined
}

const accumulate = 'count with an accumulator, sc.longAccumulator(), or return the value and reduce'

/** Gathers what functions do while they are captured. */
export class Effects {
	readonly #found: Effect[] = []
	#parameterPlace: string | undefined
	#changesParameters = false
	#hasObjects = false
	readonly #changingClasses = new Set<object>()
	readonly #instanceClasses = new Set<object>()

	/** True when a function may change records or other values that it is given. */
	get changesParameters(): boolean {
		return this.#changesParameters
	}

	/** A reason to leave the functions where they are; undefined when there is none. */
	get reason(): Effect | undefined {
		const [found] = this.#found
		if (found !== undefined) return found
		const remedy = 'return a new value instead'
		if (this.#changesParameters && this.#hasObjects) {
			const text = 'changes a value that it is given, which may be a captured one'
			return { kind: 'changes parameters', text, remedy, place: this.#parameterPlace }
		}
		const changing = [...this.#instanceClasses].find((type) => this.#isChanging(type))
		if (changing === undefined) return undefined
		const { name } = changing as { readonly name: string }
		return {
			kind: 'changes',
			text: `captures an instance of ${name}, whose methods change it`,
			remedy: 'make the instance inside the function, or inside mapPartitions',
			place: undefined,
		}
	}

	usesGlobal(name: string, place: string | undefined): void {
		if (!isOutwardGlobal(name)) return
		this.#add({ kind: 'outward', text: `uses \`${name}\``, remedy: '', place })
	}

	/** A captured value has members of its own. */
	holdsObject(): void {
		this.#hasObjects = true
	}
	/** A captured value is an instance of a class of the program. */
	holdsInstance(type: object): void {
		this.#instanceClasses.add(type)
	}

	ofFunction({ needs, isEngine, fn, place }: FunctionFacts): void {
		if (isEngine) return
		if (needs.isClass) {
			if (needs.changesThis) this.#changingClasses.add(fn)
			return
		}
		if (!needs.changesParameters) return
		this.#changesParameters = true
		this.#parameterPlace ??= place
	}

	captures({ use, value, allowedCalls, place }: CaptureFacts): void {
		const { name } = use
		if (use.assignedAt !== undefined) {
			this.#add({ kind: 'assigns', text: `assigns the captured variable \`${name}\``, remedy: accumulate, place })
		}
		if ((typeof value !== 'object' || value === null) && typeof value !== 'function') return
		if (allowedCalls !== undefined) {
			const read = [...(use.members ?? [])].find((member) => !allowedCalls.includes(member))
			if (read !== undefined) {
				this.#add({
					kind: 'changes',
					text: `reads \`${name}.${read}\`, which is only known outside of tasks`,
					remedy: 'read it after the job',
					place,
				})
			}
			return
		}
		const isScanning =
			isRegExp(value) && (value.global || value.sticky) && (use.calls.has('exec') || use.calls.has('test'))
		if (use.changedAt === undefined && !isScanning) return
		this.#add({
			kind: 'changes',
			text: `changes what the captured variable \`${name}\` holds`,
			remedy: accumulate,
			place,
		})
	}

	#add(effect: Effect): void {
		this.#found.push(effect)
	}

	#isChanging(type: object): boolean {
		for (let one: unknown = type; typeof one === 'function'; one = Object.getPrototypeOf(one)) {
			if (this.#changingClasses.has(one)) return true
		}
		return false
	}
}
