/**
 * The error for what cannot travel: the path from the function to the culprit, and the cure. The first line is Spark's.
 *
 *   Task not serializable: the function of map at app.ts:41 cannot be sent to another thread
 *     (x) => x + cache.get(x)             app.ts:41
 *       captured variable `cache`
 *         field `socket`
 *           is a Socket, which only exists in this process
 */

import { StreamError } from '../base/errors.js'
import { host } from '../base/host.js'
import type { Place } from './scopes.js'

/** Why a value cannot travel, before anybody knows for which operator. */
export class Refusal {
	/** A sentence about the culprit without its subject: `is a Socket, …`. */
	readonly why: string
	/** What to do, an imperative sentence without a full stop. */
	readonly cure: string
	/** The way to the culprit, outermost first. */
	readonly path: readonly string[]
	/** True when it is a function of the engine that holds the culprit, which is no business of the program. */
	readonly isOfEngine: boolean

	constructor(why: string, cure: string, path: readonly string[], isOfEngine = false) {
		this.why = why
		this.cure = cure
		this.path = path
		this.isOfEngine = isOfEngine
	}
}

/** What a function is given to. */
export interface Operator {
	/** `map`, `reduceByKey`. */
	readonly name: string
	/** `app.ts:12`; undefined when it is not known. */
	readonly site: string | undefined
}

const longest = 72

/** The first line of a text, not too long. */
export function shortText(text: string): string {
	const line = text.replace(/\s+/g, ' ').trim()
	return line.length > longest ? `${line.slice(0, longest - 1)}…` : line
}

/** A place as a person calls it: `app.ts:12`. */
export const shownPlace = ({ url, line }: Place): string | undefined =>
	url === ''
		? undefined
		: host().place(
				url
					.split('/')
					.at(-1)
					?.replace(/[?#].*$/, '') as string,
				line + 1,
			)

/** The error that ends a job before it begins. */
export function notSerializable(refusal: Refusal, operator: Operator | undefined): StreamError {
	const { name, site } = operator ?? {}
	const subject =
		name === undefined ? 'the function' : `the function of ${name}${site === undefined ? '' : ` at ${site}`}`
	const lines = [...refusal.path, refusal.why].map((line, i) => `${'  '.repeat(i + 1)}${line}`)
	return new StreamError(
		'task/closure',
		`Task not serializable: ${subject} cannot be sent to another thread\n${lines.join('\n')}`,
		{ ...(site === undefined ? {} : { where: site }), remedy: refusal.cure, cause: refusal },
	)
}
