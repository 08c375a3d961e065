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
	const options = { includeCompletionsWithInsertText: false, includeSymbol: true }
	const found = service.getCompletionsAtPosition(file, offset, options)
	const span = found?.optionalReplacementSpan
	const start = span !== undefined && span.start <= offset ? span.start : offset - word.length
	const program = service.getProgram()
	const source = program?.getSourceFile(file)
	if (found === undefined || program === undefined || source === undefined) return { items: [], start }
	const typed = text.slice(start, offset)
	const entries = found.entries
		.filter((entry) => entry.name.startsWith(typed) && entry.insertText === undefined)
		.filter((entry) => entry.kind !== ts.ScriptElementKind.warning)
		.sort((a, b) => (a.sortText === b.sortText ? 0 : a.sortText < b.sortText ? -1 : 1))
	const checker = program.getTypeChecker()
	const items = entries.map(({ name, kind, symbol }, index): Completion => {
		const plain = { text: name, kind: String(kind), signature: '' }
		if (symbol === undefined || index >= maxSignatures) return plain
		return { ...plain, ...described(symbol, plain, { checker, source }) }
	})
	return { items, start }
}

type Described = Pick<Completion, 'kind' | 'signature'>

/**
 * What a name is, in one line. Types are written without regard to the names that are in scope at the place: to find out
 * how each could be spelled there costs more than all the rest.
 */
function described(
	given: ts.Symbol,
	{ text, kind }: Completion,
	{ checker, source }: { readonly checker: ts.TypeChecker; readonly source: ts.SourceFile },
): Described {
	const isAlias = (given.flags & ts.SymbolFlags.Alias) !== 0
	const symbol = isAlias ? checker.getAliasedSymbol(given) : given
	const declared = isAlias ? kindOf(symbol) : kind
	const member = memberKinds.has(declared)
	if ((symbol.flags & ts.SymbolFlags.Value) === 0 || typeKinds.has(declared)) {
		return { kind: declared, signature: `${declared} ${text}` }
	}
	const type = checker.getTypeOfSymbolAtLocation(symbol, source)
	const calls = type.getCallSignatures()
	const call = calls[0]
	const isFunction = (symbol.flags & (ts.SymbolFlags.Function | ts.SymbolFlags.Method)) !== 0
	const lead = member ? '' : `${declared} `
	if (call === undefined || !isFunction) {
		return { kind: declared, signature: `${lead}${text}: ${checker.typeToString(type)}`.replace(/\s+/g, ' ') }
	}
	const shown = checker.signatureToString(call).replace(/^((?:<.*?>)?\()this: [\w$]+(?:, )?/, '$1')
	const more = calls.length > 1 ? ` (+${calls.length - 1} overload${calls.length > 2 ? 's' : ''})` : ''
	return { kind: declared, signature: `${lead}${text}${shown}${more}`.replace(/\s+/g, ' ') }
}

const memberKinds: ReadonlySet<string> = new Set(['method', 'property', 'getter', 'setter'])
const typeKinds: ReadonlySet<string> = new Set(['class', 'interface', 'type', 'enum', 'module', 'namespace'])

/** The kind of what an import stands for. */
function kindOf({ flags }: ts.Symbol): string {
	const kinds: readonly (readonly [ts.SymbolFlags, string])[] = [
		[ts.SymbolFlags.Function, 'function'],
		[ts.SymbolFlags.Class, 'class'],
		[ts.SymbolFlags.Enum, 'enum'],
		[ts.SymbolFlags.BlockScopedVariable, 'const'],
		[ts.SymbolFlags.Variable, 'var'],
		[ts.SymbolFlags.Module, 'namespace'],
		[ts.SymbolFlags.Interface, 'interface'],
		[ts.SymbolFlags.TypeAlias, 'type'],
	]
	return kinds.find(([flag]) => (flags & flag) !== 0)?.[1] ?? 'alias'
}

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
