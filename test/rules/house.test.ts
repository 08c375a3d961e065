import { describe, expect, it } from 'vitest'
import { type SourceFile, sources } from './source.js'

/** What each room may import at run time, beside itself. Types may come from any room above in the list. */
const rooms: Readonly<Record<string, readonly string[]>> = {
	'engine/base': [],
	'engine/storage': ['engine/base'],
	'engine/closure': ['engine/base', 'engine/storage'],
	'engine/rdd': ['engine/base', 'engine/storage', 'engine/closure'],
	'engine/compute': ['engine/base', 'engine/storage', 'engine/closure', 'engine/rdd'],
	'engine/spark': ['engine/base', 'engine/storage', 'engine/closure', 'engine/rdd', 'engine/compute'],
	'engine/state': ['engine/base', 'engine/storage', 'engine/rdd'],
	'engine/dstream': ['engine/base', 'engine/storage', 'engine/closure', 'engine/rdd', 'engine/state'],
	'engine/receiver': ['engine/base', 'engine/storage', 'engine/closure', 'engine/rdd'],
	'engine/input': ['engine/base', 'engine/storage', 'engine/rdd', 'engine/dstream', 'engine/receiver'],
	'engine/checkpoint': [
		'engine/base',
		'engine/storage',
		'engine/rdd',
		'engine/dstream',
		'engine/input',
		'engine/state',
	],
	'engine/scheduler': [
		'engine/base',
		'engine/storage',
		'engine/rdd',
		'engine/dstream',
		'engine/receiver',
		'engine/input',
		'engine/checkpoint',
		'engine/state',
	],
	'engine/rddfactory.ts': ['engine/base', 'engine/storage', 'engine/rdd'],
	'engine/backends.ts': ['engine/base', 'engine/compute', 'engine/spark'],
	'engine/sparkcontext.ts': [
		'engine/base',
		'engine/storage',
		'engine/rdd',
		'engine/rddfactory.ts',
		'engine/backends.ts',
	],
	'engine/context': [
		'engine/base',
		'engine/checkpoint',
		'engine/dstream',
		'engine/input',
		'engine/rdd',
		'engine/scheduler',
		'engine/sparkcontext.ts',
	],
	'engine/context.ts': [
		'engine/context',
		'engine/base',
		'engine/dstream',
		'engine/input',
		'engine/scheduler',
		'engine/sparkcontext.ts',
		'engine/storage',
		'engine/state',
		'engine/checkpoint',
	],
	'engine/index.ts': [
		'engine/base',
		'engine/storage',
		'engine/closure',
		'engine/rdd',
		'engine/dstream',
		'engine/receiver',
		'engine/input',
		'engine/scheduler',
		'engine/context',
		'engine/context.ts',
		'engine/sparkcontext.ts',
	],
	'kernel/display': ['engine/index.ts'],
	'kernel/session': ['engine/index.ts', 'kernel/display'],
	'kernel/language': ['engine/index.ts', 'kernel/session'],
	'kernel/jupyter': ['engine/index.ts', 'kernel/session', 'kernel/language', 'kernel/display'],
	repl: ['engine/index.ts', 'kernel/session', 'kernel/language', 'kernel/display', 'kernel/jupyter'],
}

/** The one file that may import each third-party module. */
const homes: Readonly<Record<string, readonly string[]>> = {
	typescript: ['kernel/language/typescript.ts'],
	'ts-blank-space': ['kernel/language/transform.ts'],
	'magic-string': ['kernel/language/transform.ts'],
	acorn: ['engine/closure/parse.ts'],
	zeromq: ['kernel/jupyter/socket.ts'],
	vega: ['kernel/display/render.ts'],
	'vega-lite': ['kernel/display/render.ts'],
	'ts-node': ['kernel/language/compile.ts'],
	esbuild: ['engine/spark/programfiles.ts'],
	ink: ['repl/ink/app.tsx'],
	react: ['repl/ink/app.tsx'],
	'js-tokens': ['repl/edit/highlight.ts'],
}

/** A file with the same exception for types: contracts that point up the list without any code behind them. */
const maxLines = 350

function roomOf(path: string): string {
	const parts = path.split('/')
	if (parts[0] === 'repl') return 'repl'
	return parts.length === 2 ? path : parts.slice(0, 2).join('/')
}

function violations(): string[] {
	const found: string[] = []
	for (const file of sources) {
		const room = roomOf(file.path)
		const allowed = rooms[room]
		if (allowed === undefined) {
			found.push(`${file.path}: no room of that name`)
			continue
		}
		for (const { target, isOurs, isTypeOnly } of file.imports) {
			if (!isOurs || isTypeOnly) continue
			const to = roomOf(target)
			if (to !== room && !allowed.includes(to)) found.push(`${file.path} imports ${target}`)
		}
	}
	return found
}

function cycles(): string[] {
	const byPath = new Map(sources.map((file) => [file.path, file]))
	const done = new Set<string>()
	const found: string[] = []
	const visit = (file: SourceFile, trail: readonly string[]): void => {
		if (trail.includes(file.path)) {
			found.push([...trail.slice(trail.indexOf(file.path)), file.path].join(' -> '))
			return
		}
		if (done.has(file.path)) return
		for (const { target, isOurs, isTypeOnly } of file.imports) {
			const next = byPath.get(target)
			if (isOurs && !isTypeOnly && next !== undefined) visit(next, [...trail, file.path])
		}
		done.add(file.path)
	}
	for (const file of sources) visit(file, [])
	return found
}

const isIn = (file: SourceFile, ...paths: readonly string[]): boolean => paths.includes(file.path)
const matching = (pattern: RegExp, ...except: readonly string[]): string[] =>
	sources.filter((file) => pattern.test(file.text) && !isIn(file, ...except)).map((file) => file.path)

describe('the house', () => {
	it('has arrows that point down the list and never back', () => expect(violations()).toEqual([]))
	it('has no cycle between files', () => expect(cycles()).toEqual([]))
	it(`has no file over ${maxLines} lines`, () =>
		expect(sources.filter((file) => file.lines > maxLines).map((file) => `${file.path}: ${file.lines}`)).toEqual([]))
	it('has no barrel but index.ts and no default export', () => expect(matching(/^export default /m)).toEqual([]))
	it('opens every file with a comment that says what it is for', () =>
		expect(sources.filter((file) => !/^(#!.*\n)?\/\*\*/.test(file.text)).map((file) => file.path)).toEqual([]))
	it('reads wall time and sets timers in one file only', () =>
		expect(
			matching(/\b(Date\.now|performance\.now|setTimeout|setInterval)\(|new Date\(\)/, 'engine/base/clock.ts'),
		).toEqual([]))
	it('throws no bare Error', () => expect(matching(/throw new Error\(/)).toEqual([]))
	it('imports node:net in the socket files only', () =>
		expect(
			sources
				.filter((file) => file.imports.some((one) => one.target === 'node:net' && !one.isTypeOnly))
				.map((file) => file.path)
				.sort(),
		).toEqual(['engine/receiver/socket.ts', 'engine/spark/tcp.ts', 'repl/cli/servetext.ts']))

	it('gives every third-party module one home', () => {
		const strangers = sources.flatMap((file) =>
			file.imports
				.filter((one) => !one.isOurs && !one.target.startsWith('node:') && !one.isTypeOnly)
				.filter((one) => homes[one.target]?.includes(file.path) !== true)
				.map((one) => `${file.path} imports ${one.target}`),
		)
		expect(strangers).toEqual([])
	})
})
