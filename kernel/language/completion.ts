/** Completions and explanations at a place of a module, from TypeScript's language service. */

import type { Completion, Inspection } from './contract.js'
import { ts } from './typescript.js'

/** Items beyond this many get no signature: each costs a look at its type. */
const maxSignatures = 40

/** Completions with the start of the stretch they replace, in offsets of the module. */
export interface CompletionsAt {
	readonly items: readonly Completion[]
	readonly start: number
}

/** Names that begin as the word before `offset` does, by relevance; words that only resemble it are left out. */
export function completionsAt(service: ts.LanguageService, file: string, text: string, offset: number): CompletionsAt {
	const word = /[\w$\u00a0-\uffff]*$/.exec(text.slice(0, offset))?.[0] ?? ''
	const options: ts.GetCompletionsAtPositionOptions = { includeCompletionsWithInsertText: false }
	const found = service.getCompletionsAtPosition(file, offset, options)
	const span = found?.optionalReplacementSpan
	const start = span !== undefined && span.start <= offset ? span.start : offset - word.length
	if (found === undefined) return { items: [], start }
	const typed = text.slice(start, offset)
	const entries = found.entries
		.filter((entry) => entry.name.startsWith(typed) && entry.insertText === undefined)
		.filter((entry) => entry.kind !== ts.ScriptElementKind.warning)
		.sort((a, b) => (a.sortText === b.sortText ? 0 : a.sortText < b.sortText ? -1 : 1))
	const items = entries.map((entry, index): Completion => {
		const signature = index < maxSignatures ? signatureOf(service, file, offset, entry) : ''
		return { text: entry.name, kind: entry.kind === 'alias' ? kindOf(signature) : entry.kind, signature }
	})
	return { items, start }
}

function signatureOf(service: ts.LanguageService, file: string, offset: number, entry: ts.CompletionEntry): string {
	if (entry.kind === ts.ScriptElementKind.keyword) return ''
	const details = service.getCompletionEntryDetails(
		file,
		offset,
		entry.name,
		undefined,
		entry.source,
		undefined,
		undefined,
	)
	return details === undefined ? '' : plainSignature(ts.displayPartsToString(details.displayParts)).replace(/\s+/g, ' ')
}

/** The kind of what an import stands for, from its signature. */
const kindOf = (signature: string): string => /^\w+/.exec(signature)?.[0] ?? 'alias'

/** Without what only tells that the name came from another cell. */
function plainSignature(text: string): string {
	return text
		.replace(/^\(alias\) (?=[\w$]+[(<])/, 'function ')
		.replace(/^\(alias\) /, '')
		.replace(/\nimport [^\n]*$/, '')
		.replace(/import\("[^"]*\/~[^"]*"\)\./g, '')
}

/** What is known about the name at a place; undefined when there is none. */
export function inspectionAt(service: ts.LanguageService, file: string, offset: number): Inspection | undefined {
	const info =
		service.getQuickInfoAtPosition(file, offset) ??
		(offset > 0 ? service.getQuickInfoAtPosition(file, offset - 1) : undefined)
	if (info === undefined) return undefined
	const tags = (info.tags ?? []).map((tag) => `*@${tag.name}* ${ts.displayPartsToString(tag.text)}`.trimEnd())
	const documentation = [ts.displayPartsToString(info.documentation), ...tags]
		.filter((part) => part !== '')
		.join('\n\n')
	const signature = plainSignature(ts.displayPartsToString(info.displayParts))
	// What the checker says of a name it does not know.
	return signature === 'any' ? undefined : { signature, documentation }
}
