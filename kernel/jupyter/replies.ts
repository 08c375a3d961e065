/** The requests that are answered from the front alone: kernel_info, complete, inspect, is_complete. */

import { createRequire } from 'node:module'
import { packageFile, packageVersion } from '../../engine/index.js'
import type { Completeness, Completions, Language } from '../language/contract.js'
import { completeMagic, magicAt } from '../language/magichelp.js'
import { codeOf } from '../language/magics.js'
import { helpOf } from '../session/magics/catalog.js'
import { codePointsOf, unitsOf } from './codepoints.js'
import type { LiveValues } from './livevalues.js'
import { type Content, protocolVersion } from './wire.js'

/** Answers a request's content with the reply's. */
export type Answer = (content: Content) => Content | Promise<Content>

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '')

/** The code of a request and the cursor in it as a UTF-16 offset; the end when the request names none. */
function placeOf(content: Content): { readonly code: string; readonly offset: number } {
	const code = textOf(content.code)
	const position = content.cursor_pos
	return { code, offset: typeof position === 'number' ? unitsOf(code, position) : code.length }
}

/** `kernel_info_request`. */
export function kernelInfo(): Content {
	const typescript = createRequire(packageFile('package.json'))('typescript/package.json') as { version: string }
	return {
		status: 'ok',
		protocol_version: protocolVersion,
		implementation: 'rivulet',
		implementation_version: packageVersion(),
		language_info: {
			name: 'typescript',
			version: typescript.version,
			mimetype: 'text/typescript',
			file_extension: '.ts',
			pygments_lexer: 'typescript',
			// A language's name: the mode `javascript` would be highlighted as JavaScript, and nobody knows the MIME type.
			codemirror_mode: 'typescript',
			nbconvert_exporter: 'script',
		},
		banner: `Rivulet ${packageVersion()}: Spark Streaming for TypeScript ${typescript.version}, Node ${process.versions.node}`,
		debugger: false,
		supported_features: [],
		help_links: [
			{ text: 'Spark Streaming', url: 'https://spark.apache.org/docs/latest/streaming-programming-guide.html' },
		],
	}
}

/** `complete_request`: matches begin with what stands before the cursor, in the same case. */
export const complete =
	(language: Language, values: LiveValues): Answer =>
	async (content) => {
		const { code, offset } = placeOf(content)
		const magic = completeMagic(code, offset)
		const { items, start, end } = magic ?? (await completions(language, values, code, offset))
		const typed = code.slice(start, offset)
		const matching = items.filter(({ text }) => text.startsWith(typed))
		const [from, to] = [codePointsOf(code, start), codePointsOf(code, end)]
		return {
			status: 'ok',
			matches: matching.map(({ text }) => text),
			cursor_start: from,
			cursor_end: to,
			metadata: {
				_jupyter_types_experimental: matching.map(({ text, kind, signature }) => ({
					start: from,
					end: to,
					text,
					type: kind,
					signature,
				})),
			},
		}
	}

/** What types say of the place; where they say nothing, what the live value has. */
async function completions(language: Language, values: LiveValues, code: string, offset: number): Promise<Completions> {
	const found = await language.complete(codeOf(code), offset)
	const [typed, before = ''] = /^([\s\S]*?)\.[\p{L}\p{N}_$]*$/u.exec(code.slice(0, offset)) ?? []
	if (found.items.length > 0 || typed === undefined || isText(before)) return found
	const names = (await values.at(before))?.names ?? []
	const items = names.map((text) => ({ text, kind: 'property', signature: '' }))
	return { items, start: before.length + 1, end: offset }
}

/** Whether a text ends inside a string or comment of its last line. */
function isText(before: string): boolean {
	const line = before.slice(before.lastIndexOf('\n') + 1).replace(/'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"/g, '')
	return /['"]|\/\//.test(line)
}

/** `inspect_request`: signature and documentation. */
export const inspect =
	(language: Language, values: LiveValues): Answer =>
	async (content) => {
		const { code, offset } = placeOf(content)
		const magic = magicAt(code, offset)
		const help =
			magic === undefined ? await helpWithValue(language, values, code, offset) : { 'text/plain': helpOf(magic) }
		return help === undefined
			? { status: 'ok', found: false, data: {}, metadata: {} }
			: { status: 'ok', found: true, data: help, metadata: {} }
	}

/** What types say of a name, and what it holds; of a name without a type, what it holds. */
async function helpWithValue(
	language: Language,
	values: LiveValues,
	code: string,
	offset: number,
): Promise<Content | undefined> {
	const help = await helpAt(language, codeOf(code), offset)
	const text = code.slice(0, offset + (/^[\p{L}\p{N}_$]*/u.exec(code.slice(offset))?.[0].length ?? 0))
	if (isText(text)) return help
	const value = (await values.at(text))?.value
	if (value === undefined) return help
	const [plain, markdown] = [`value: ${value}`, `\`\`\`typescript\n${value}\n\`\`\``]
	if (help === undefined) return { 'text/plain': plain, 'text/markdown': markdown }
	return {
		'text/plain': `${help['text/plain']}\n\n${plain}`,
		'text/markdown': `${help['text/markdown']}\n\n${markdown}`,
	}
}

/** Signature and documentation of the name at `offset` as a MIME bundle; undefined when there is no such name. */
export async function helpAt(language: Language, code: string, offset: number): Promise<Content | undefined> {
	const found = await language.inspect(code, offset)
	if (found === undefined) return undefined
	const { signature, documentation } = found
	return {
		'text/plain': [signature, documentation].filter((part) => part !== '').join('\n\n'),
		'text/markdown': [`\`\`\`typescript\n${signature}\n\`\`\``, documentation]
			.filter((part) => part !== '')
			.join('\n\n'),
	}
}

/** `is_complete_request`. */
export const isComplete =
	(language: Language): Answer =>
	async (content) => {
		const code = textOf(content.code)
		if (/^\s*\?|^\s*[\w$.%]+\?\s*$/.test(code)) return { status: 'complete' }
		// The whole cell is its body: an empty line ends it, as everywhere in Jupyter's consoles.
		if (/^\s*%%/.test(code)) return { status: /\n[ \t]*\n?$/.test(code) ? 'complete' : 'incomplete', indent: '' }
		const completeness: Completeness = await language.isComplete(codeOf(code))
		return { ...completeness }
	}
