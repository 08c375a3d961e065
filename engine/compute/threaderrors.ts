/**
 * How errors cross between threads: as plain data, and again as errors of their class with the lines that the program has.
 *
 * A worker knows no source maps; where the process uses them, frames are mapped when the error has arrived.
 */

import { findSourceMap } from 'node:module'
import { StreamError } from '../base/errors.js'
import { unplainPart } from './threadwire.js'

/** An error on its way. */
export interface PackedError {
	readonly code: string | undefined
	readonly type: string
	readonly name: string
	readonly message: string
	readonly stack: string | undefined
	readonly where: string | undefined
	readonly remedy: string | undefined
	readonly cause: PackedError | undefined
	/** Its own members that are plain data; of a thrown value that is no error: the value. */
	readonly members: Readonly<Record<string, unknown>>
	readonly isError: boolean
}

export function packError(thrown: unknown): PackedError {
	const isError = thrown instanceof Error
	const error = isError ? thrown : undefined
	const ours = thrown instanceof StreamError ? thrown : undefined
	const members: Record<string, unknown> = {}
	for (const [name, value] of Object.entries(error ?? { value: thrown })) {
		if (unplainPart(value) === undefined) members[name] = value
		else if (!isError) members[name] = String(value)
	}
	return {
		code: ours?.code,
		type: error?.constructor.name ?? '',
		name: error?.name ?? '',
		message: error?.message ?? '',
		stack: error?.stack,
		where: ours?.where,
		remedy: ours?.remedy,
		cause: error?.cause === undefined ? undefined : packError(error.cause),
		members,
		isError,
	}
}

type ErrorClass = new (message: string) => Error

/** The error again, of its class when that is known here: JavaScript's own, or a captured one by its name. */
export function unpackError(packedError: PackedError, classes: ReadonlyMap<string, unknown>): unknown {
	const { code, type, name, message, stack, where, remedy, cause, members, isError } = packedError
	if (!isError) return members.value
	const inner = cause === undefined ? undefined : unpackError(cause, classes)
	if (code !== undefined && type === 'StreamError') {
		const parts = { ...(where === undefined ? {} : { where }), ...(remedy === undefined ? {} : { remedy }) }
		const error = new StreamError(code as StreamError['code'], message, {
			...parts,
			...(inner === undefined ? {} : { cause: inner }),
		})
		if (stack !== undefined) error.stack = mapped(stack)
		return error
	}
	const known = classes.get(type) ?? Reflect.get(globalThis, type)
	const error = new Error(message, inner === undefined ? undefined : { cause: inner })
	if (typeof known === 'function' && known.prototype instanceof Error)
		Object.setPrototypeOf(error, (known as ErrorClass).prototype)
	else if (known === undefined)
		Object.defineProperty(error, 'name', { value: name, configurable: true, writable: true })
	if (stack !== undefined) error.stack = mapped(stack)
	return Object.assign(error, members)
}

const framePlace = /((?:file:\/\/)?\/[^()\s]+?):(\d+):(\d+)/

/** The stack with the places of the sources, where there are source maps. */
function mapped(stack: string): string {
	return stack
		.split('\n')
		.map((line) => {
			const [place, url, row, column] = /^\s+at /.test(line) ? (framePlace.exec(line) ?? []) : []
			const map = url === undefined ? undefined : findSourceMap(url)
			if (map === undefined || place === undefined) return line
			const entry = map.findEntry(Number(row) - 1, Number(column) - 1)
			if (!('originalSource' in entry)) return line
			const { originalSource, originalLine, originalColumn } = entry
			return line.replace(
				place,
				`${originalSource.replace(/^file:\/\//, '')}:${originalLine + 1}:${originalColumn + 1}`,
			)
		})
		.join('\n')
}
