/**
 * What an action returns: a promise that refuses to be used as the value it promises, and that an output operation waits
 * for even when the program does not.
 */

import { AsyncLocalStorage } from 'node:async_hooks'
import { StreamError } from '../base/errors.js'
import { refuseInTask } from './nested.js'

const running = new AsyncLocalStorage<Set<Action<unknown>>>()

/** The result of an action, there when awaited. */
export class Action<T> extends Promise<T> {
	#isObserved = false

	/** `then`, `catch` and `finally` give plain promises. */
	static override get [Symbol.species](): PromiseConstructor {
		return Promise
	}

	/** True when the program waits for it, and so hears of its error. */
	get isObserved(): boolean {
		return this.#isObserved
	}

	// biome-ignore lint/suspicious/noThenProperty: a promise of its own, to know who listens
	override then<A = T, B = never>(
		onFulfilled?: ((value: T) => A | PromiseLike<A>) | null,
		onRejected?: ((reason: unknown) => B | PromiseLike<B>) | null,
	): Promise<A | B> {
		this.#isObserved = true
		return super.then(onFulfilled, onRejected)
	}

	/** Waits without counting as the program's own waiting. Resolves to the error, or undefined. */
	outcome(): Promise<unknown> {
		return super.then(
			() => undefined,
			(error) => error,
		)
	}

	/** @throws action/value always */
	override valueOf(): never {
		throw unawaited()
	}
	/** @throws action/value always */
	override toString(): never {
		throw unawaited()
	}
	/** @throws action/value always */
	[Symbol.toPrimitive](): never {
		throw unawaited()
	}
}

/** Starts `body` and makes it part of the output operation that runs. */
export function startAction<T>(body: () => Promise<T>): Action<T> {
	refuseInTask('action')
	const action = new Action<T>((resolve, reject) => {
		body().then(resolve, reject)
	})
	return started(action)
}

/** Makes an action that has started part of the output operation that runs. */
export function started<A extends Action<unknown>>(action: A): A {
	running.getStore()?.add(action)
	return action
}

function unawaited(): StreamError {
	return new StreamError('action/value', 'the result of an action is not there yet', {
		remedy: 'write await before it: await rdd.count()',
	})
}

/**
 * Runs `body`; `settled` resolves when every action started in it (also later, in what it started) has ended, and rejects
 * with the first error that nobody waited for.
 */
export function trackActions<R>(body: () => R): { result: R; settled(): Promise<void> } {
	const actions = new Set<Action<unknown>>()
	const result = running.run(actions, body)
	return {
		result,
		async settled() {
			for (const action of actions) {
				const error = await action.outcome()
				if (error !== undefined && !action.isObserved) throw error
			}
		},
	}
}
