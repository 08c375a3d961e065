/** What is known about a name that somebody asks for: a name of the session, else a method of what streams are made with. */

import { StreamError } from '../../engine/index.js'
import type { Inspection, Language } from '../../kernel/language/contract.js'

/** Whose methods are known by their names alone, in the order in which they are looked for. */
const owners: readonly string[] = [
	'DStream<[string, number]>',
	'StreamingContext',
	'RDD<[string, number]>',
	'SparkContext',
]

/** Signature and documentation of a name; undefined when nobody has one of that name. */
export async function describedName(language: Language, name: string): Promise<Inspection | undefined> {
	if (name === '') return undefined
	const isAlone = /^[\w$]+$/.test(name)
	for (const before of ['', ...(isAlone ? owners.map((owner) => `(0 as unknown as ${owner}).`) : [])]) {
		const found = await language.inspect(before + name, before.length + name.length)
		if (found !== undefined) return found
	}
	return undefined
}

/** The refusal of a name that means nothing. */
export const unknownName = (name: string): StreamError =>
	new StreamError('cli/usage', `nothing is known about '${name}'`, {
		remedy: 'give a name of this session or of a method, such as .doc counts or .doc reduceByKey; commands: .help',
	})
