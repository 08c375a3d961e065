/**
 * Node's own declarations, a third of which is about modules that few cells import: those are left out of every program
 * until an import names one of them.
 */

import { existsSync } from 'node:fs'
import { join } from 'node:path'

/** The file of each module that is read when it is imported. */
const rare: Readonly<Record<string, string>> = {
	cluster: 'cluster.d.ts',
	dgram: 'dgram.d.ts',
	domain: 'domain.d.ts',
	http2: 'http2.d.ts',
	inspector: 'inspector.generated.d.ts',
	'inspector/promises': 'inspector.generated.d.ts',
	punycode: 'punycode.d.ts',
	repl: 'repl.d.ts',
	sea: 'sea.d.ts',
	test: 'test.d.ts',
	'test/reporters': 'test.d.ts',
	trace_events: 'trace_events.d.ts',
	wasi: 'wasi.d.ts',
}
const rareFiles = new Set(Object.values(rare))

/** Whether a file is the one that names all of Node's declarations. */
export const isIndexOfNode = (file: string): boolean => file.endsWith('/@types/node/index.d.ts')

/** That file without the rare ones. */
export const withoutRare = (text: string): string =>
	text.replace(/^\/\/\/ <reference path="([^"]+)" \/>$/gm, (line, file: string) => (rareFiles.has(file) ? '' : line))

/** The file that declares one of the rare modules; undefined for all else. */
export function rareFile(name: string, typeRoots: readonly string[]): string | undefined {
	const file = rare[name.replace(/^node:/, '')]
	if (file === undefined) return undefined
	return typeRoots.map((root) => join(root, 'node', file)).find((path) => existsSync(path))
}
