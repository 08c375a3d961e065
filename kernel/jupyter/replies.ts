/** The requests that are answered from the front alone: kernel_info, complete, inspect, is_complete. */

import { createRequire } from 'node:module'
import { packageFile, packageVersion } from '../../engine/index.js'
import type { Completeness, Language } from '../language/contract.js'
import { completeMagic, magicAt } from '../language/magichelp.js'
import { codeOf } from '../language/magics.js'
import { helpOf } from '../session/magics/catalog.js'
import { codePointsOf, unitsOf } from './codepoints.js'
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
	(language: Language): Answer =>
	async (content) => {
		const { code, offset } = placeOf(content)
		const magic = completeMagic(code, offset)
		const { items, start, end } = magic ?? (await language.complete(codeOf(code), offset))
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

/** `inspect_request`: signature and documentation. */
export const inspect =
	(language: Language): Answer =>
	async (content) => {
		const { code, offset } = placeOf(content)
		const magic = magicAt(code, offset)
		const help = magic === undefined ? await helpAt(language, codeOf(code), offset) : { 'text/plain': helpOf(magic) }
		return help === undefined
			? { status: 'ok', found: false, data: {}, metadata: {} }
			: { status: 'ok', found: true, data: help, metadata: {} }
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
