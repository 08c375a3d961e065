/**
 * An error of a task on its way to the driver: one line of JSON between two marks, inside whatever Spark writes around it.
 */

import { type ErrorCode, errorCodes, StreamError } from '../../base/errors.js'
import { taskError } from '../../compute/userfault.js'

const begin = '<rivulet-error>'
const end = '</rivulet-error>'

interface Fault {
	readonly code: string
	readonly message: string
	readonly where: string | undefined
	readonly remedy: string | undefined
	/** The error of the program, when it is one. */
	readonly cause: { readonly name: string; readonly message: string; readonly stack: string | undefined } | undefined
}

/** The error as text, with where it happened. */
export function faultText(thrown: unknown, where: string): string {
	const error = taskError(thrown)
	const { cause } = error
	const fault: Fault = {
		code: error.code,
		message: error.message,
		where: error.where === undefined ? where : `${error.where}, ${where}`,
		remedy: error.remedy,
		cause: cause instanceof Error ? { name: cause.name, message: cause.message, stack: cause.stack } : undefined,
	}
	return `${error.message}\n${begin}\n${JSON.stringify(fault)}\n${end}\n`
}

/** The error of a task in what Spark says of a failed job; undefined when there is none in it. */
export function faultIn(text: string): StreamError | undefined {
	const from = text.indexOf(`${begin}\n`)
	const to = text.indexOf(`\n${end}`, from)
	if (from < 0 || to < 0) return undefined
	const { code, message, where, remedy, cause } = JSON.parse(text.slice(from + begin.length + 1, to)) as Fault
	return new StreamError((code in errorCodes ? code : 'task/user') as ErrorCode, message, {
		...(where !== undefined && { where }),
		...(remedy !== undefined && { remedy }),
		...(cause !== undefined && { cause: causeOf(cause) }),
	})
}

/** The program's own error, with its name and its lines. */
function causeOf({ name, message, stack }: NonNullable<Fault['cause']>): Error {
	const error = Object.assign(new Error(message), { name })
	if (stack !== undefined) error.stack = stack
	return error
}
