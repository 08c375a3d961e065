/** What is said about a magic that does not exist or is used wrongly: the nearest names, and how it is used. */

import { nearestNames, StreamError } from '../../../engine/index.js'
import { magicNamed, magics, usageOf } from './catalog.js'

/** No magic has that name. `sign` is what stood before the name: `%` or `%%`. */
export function unknownMagic(sign: string, name: string): StreamError {
	const near = nearestNames(
		name,
		magics.map((row) => row.name),
	)
	const usages = near.flatMap((one) => magicNamed(one) ?? []).map(usageOf)
	const remedy = name === '' ? 'see %lsmagic' : `did you mean ${usages.join(' or ')}; all of them: %lsmagic`
	return new StreamError('cli/usage', `there is no magic ${sign}${name}`, { where: `${sign}${name}`, remedy })
}

/** Arguments that the magic does not take, with its usage. */
export function wrongUse(name: string, what: string): StreamError {
	const row = magicNamed(name)
	// Commands that only a shell has.
	if (row === undefined) return new StreamError('cli/usage', what, { where: `.${name}`, remedy: 'see .streams' })
	const remedy = `use ${usageOf(row)}: ${row.summary}`
	return new StreamError('cli/usage', what, { where: `%${name}`, remedy })
}

/** Why no test of a stream can be written. */
export const wrongTest = (what: string, remedy: string): StreamError =>
	new StreamError('cli/usage', what, { where: '.test', remedy })

/** @throws cli/usage when there are arguments */
export function refuseArguments(name: string, given: string): void {
	if (given !== '') throw wrongUse(name, `%${name} takes no arguments, but got '${given}'`)
}
