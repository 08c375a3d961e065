/** The settings that a program was submitted with: every SparkConf begins with them, and what the program sets goes before. */

import { StreamError } from './errors.js'

/** The environment variable that carries them, as a JSON object. */
export const submittedVariable = 'RIVULET_SUBMITTED'

let read: Readonly<Record<string, string>> | undefined

/** What `rivulet submit` was given; empty without it. @throws internal/state when somebody else has set the variable */
export function submittedSettings(): Readonly<Record<string, string>> {
	const text = process.env[submittedVariable]
	if (text === undefined) return {}
	try {
		read ??= JSON.parse(text) as Readonly<Record<string, string>>
	} catch (cause) {
		throw new StreamError('internal/state', `${submittedVariable} is no JSON`, { remedy: 'unset it', cause })
	}
	return read
}
