/**
 * Colours of code by js-tokens: stretches of one kind that together are the whole text.
 *
 * The only importer of js-tokens. It knows no types; names that stand where types do are told by their capital letter.
 */

import jsTokens from 'js-tokens'

/** What a stretch of code is. */
export type TokenKind =
	| 'keyword'
	| 'literal'
	| 'string'
	| 'number'
	| 'comment'
	| 'type'
	| 'call'
	| 'name'
	| 'punctuation'
	| 'command'
	| 'space'

/** A stretch of code. */
export interface Token {
	readonly kind: TokenKind
	readonly text: string
	readonly start: number
}

const keywords = new Set(
	(
		'abstract as async await break case catch class const continue declare default delete do else enum export extends ' +
		'finally for from function get if implements import in infer instanceof interface is keyof let namespace new of ' +
		'override private protected public readonly return satisfies set static super switch this throw try type typeof ' +
		'unique using var void while with yield'
	).split(' '),
)
const literals = new Set(['true', 'false', 'null', 'undefined', 'NaN', 'Infinity'])
/** Words that are keywords only where a name follows. */
const soft = new Set(['async', 'as', 'from', 'get', 'is', 'of', 'set', 'type', 'using', 'declare', 'namespace'])

/** The stretches of a block; a command (`.step 3`, `%time …`, `?name`) is one. */
export function tokensOf(text: string): readonly Token[] {
	const command = /^\s*(?:[.%]{1,2}[A-Za-z]+|\?{1,2})(?=\s|$|[\w$])/.exec(text)?.[0]
	if (command === undefined) return codeTokens(text, 0)
	return [{ kind: 'command', text: command, start: 0 }, ...codeTokens(text.slice(command.length), command.length)]
}

function codeTokens(code: string, before: number): readonly Token[] {
	const found: Token[] = []
	let start = before
	const raw = [...jsTokens(code)]
	for (const [index, token] of raw.entries()) {
		found.push({ kind: kindOf(raw, index), text: token.value, start })
		start += token.value.length
	}
	return found
}

type Raw = ReturnType<typeof jsTokens> extends Iterable<infer T> ? T : never

function kindOf(raw: readonly Raw[], index: number): TokenKind {
	const token = raw[index] as Raw
	switch (token.type) {
		case 'StringLiteral':
		case 'NoSubstitutionTemplate':
		case 'TemplateHead':
		case 'TemplateMiddle':
		case 'TemplateTail':
		case 'RegularExpressionLiteral':
			return 'string'
		case 'NumericLiteral':
			return 'number'
		case 'SingleLineComment':
		case 'MultiLineComment':
		case 'HashbangComment':
			return 'comment'
		case 'WhiteSpace':
		case 'LineTerminatorSequence':
			return 'space'
		case 'IdentifierName':
			return nameKind(raw, index)
		case 'PrivateIdentifier':
			return 'name'
		default:
			return 'punctuation'
	}
}

function nameKind(raw: readonly Raw[], index: number): TokenKind {
	const { value } = raw[index] as Raw
	const before = beside(raw, index, -1)?.value
	if (before === '.' || before === '?.') return beside(raw, index, 1)?.value === '(' ? 'call' : 'name'
	const after = beside(raw, index, 1)
	// `{ type: 1 }` has a name, `type A = …` a keyword.
	const isName = soft.has(value) && after?.type !== 'IdentifierName' && after?.value !== '{' && after?.value !== '*'
	if (keywords.has(value) && !isName && after?.value !== ':') return 'keyword'
	if (literals.has(value)) return 'literal'
	if (after?.value === '(') return 'call'
	return /^[A-Z]/.test(value) ? 'type' : 'name'
}

function beside(raw: readonly Raw[], index: number, step: 1 | -1): Raw | undefined {
	let at = index + step
	while (raw[at]?.type === 'WhiteSpace' || raw[at]?.type === 'LineTerminatorSequence') at += step
	return raw[at]
}
