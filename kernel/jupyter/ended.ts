/** How a request ended, before its reply; and errors of the front itself as cells show them. */

import { StreamError } from '../../engine/index.js'
import type { ErrorData } from '../session/messages.js'
import { lostSession, type Outcome } from './backend.js'
import { errorContent } from './outputs.js'
import type { Content } from './wire.js'

/** How a request ended. */
export type Ended =
	| { readonly status: 'ok'; readonly expressions?: Content; readonly page?: Content }
	| { readonly status: 'error'; readonly error: ErrorData }

/** What an interrupted cell says. */
export const interruptedError: ErrorData = {
	name: 'Interrupted',
	message: 'the cell was interrupted',
	lines: ['Interrupted: the cell was interrupted'],
	frames: [],
}

/** What the outcome of an execution is to its request. */
export function endOf(outcome: Outcome, wasInterrupted: boolean): Ended {
	if (outcome.kind === 'died') return { status: 'error', error: dataOf(lostSession(outcome.reason)) }
	const { status, error, expressions, page } = outcome
	if (status === 'interrupted' || (status === 'error' && error === undefined && wasInterrupted)) {
		return { status: 'error', error: error ?? interruptedError }
	}
	if (status === 'error') return { status, error: error ?? dataOf('the session gave no reason') }
	const values = Object.entries(expressions ?? {}).map(([name, value]) => [
		name,
		'bundle' in value
			? { status: 'ok', data: value.bundle, metadata: {} }
			: { status: 'error', ...errorContent(value.error) },
	])
	return {
		status,
		expressions: Object.fromEntries(values),
		...(page === undefined ? {} : { page: { 'text/plain': page } }),
	}
}

/** The content of the reply. */
export function replyOf(ended: Ended): Content {
	if (ended.status === 'error')
		return { status: 'error', ...errorContent(ended.error), payload: [], user_expressions: {} }
	const payload = ended.page === undefined ? [] : [{ source: 'page', data: ended.page, start: 0 }]
	return { status: 'ok', payload, user_expressions: ended.expressions ?? {} }
}

/** Something the front itself has thrown, as a cell shows it. */
export function dataOf(thrown: unknown): ErrorData {
	if (thrown instanceof StreamError && thrown.code === 'cli/usage') return usageData(thrown)
	const error = thrown instanceof Error ? thrown : undefined
	const lines = String(thrown).split('\n')
	return { name: error?.name ?? 'Error', message: error?.message ?? String(thrown), lines, frames: [] }
}

/** Wrong use, as the session shows its own. */
function usageData({ message, where, remedy }: StreamError): ErrorData {
	const lines = [`UsageError: ${message}`]
	if (where !== undefined) lines.push(`where: ${where}`)
	if (remedy !== undefined) lines.push(`what to do: ${remedy}`)
	return { name: 'UsageError', message, lines, frames: [] }
}
