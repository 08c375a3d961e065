/**
 * Local TypeScript files as modules of this process: compiled by the front, loaded from a folder of their own.
 *
 *     lib.ts ──imports──> more.ts        rivulet-modules-x/lib-6f1c….mjs ──imports──> rivulet-modules-x/more-90ab….mjs
 *
 * Node loads an address once. The address of a file names the contents of the file and of all TypeScript files it leads to:
 * one that has changed is loaded afresh, one that has not is the same module for everybody.
 */

import { createHash } from 'node:crypto'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { StreamError } from '../../engine/index.js'
import type { CompiledModule, FromSession, ToSession } from './messages.js'
import { rememberModule } from './traces.js'

type Ask = Extract<FromSession, { readonly kind: 'compile' }>
type Answer = Extract<ToSession, { readonly kind: 'compiled' }>

/** What an import means: a TypeScript file, or an address that Node loads itself. */
export type Target = { readonly file: string } | { readonly url: string }

/** A file with what it imports. */
interface Unit {
	readonly file: string
	readonly source: string
	readonly compiled: CompiledModule
	readonly targets: readonly Target[]
}

/** The TypeScript files that this session has loaded. */
export class LocalModules {
	readonly #ask: (question: Ask) => void
	readonly #find: (directory: string, specifier: string) => Target
	readonly #waiting = new Map<string, (answer: Answer) => void>()
	readonly #compiled = new Map<string, { readonly source: string; readonly module: CompiledModule }>()
	#folder: string | undefined
	#asked = 0

	/**
	 * @param ask asks the front for a file
	 * @param find tells what a specifier means in a folder
	 */
	constructor(ask: (question: Ask) => void, find: (directory: string, specifier: string) => Target) {
		this.#ask = ask
		this.#find = find
	}

	/** The front has answered. */
	answered(answer: Answer): void {
		this.#waiting.get(answer.id)?.(answer)
		this.#waiting.delete(answer.id)
	}

	/**
	 * The address to import the file from, as it is now.
	 * @throws language/import when the file or one that it leads to cannot be compiled or found
	 */
	async addressOf(file: string): Promise<string> {
		const units = new Map<string, Unit>()
		await this.#collect(file, units)
		for (const unit of units.values()) this.#write(unit, units)
		return pathToFileURL(this.#pathOf(file, units)).href
	}

	async #collect(file: string, units: Map<string, Unit>): Promise<void> {
		if (units.has(file)) return
		const source = readFileSync(file, 'utf8')
		const compiled = await this.#compile(file, source)
		const targets = compiled.imports.map(({ specifier }) => this.#find(dirname(file), specifier))
		units.set(file, { file, source, compiled, targets })
		for (const target of targets) if ('file' in target) await this.#collect(target.file, units)
	}

	async #compile(file: string, source: string): Promise<CompiledModule> {
		const known = this.#compiled.get(file)
		if (known?.source === source) return known.module
		this.#asked += 1
		const id = String(this.#asked)
		const { module, report } = await new Promise<Answer>((resolve) => {
			this.#waiting.set(id, resolve)
			this.#ask({ kind: 'compile', id, file, source })
		})
		if (module === undefined) {
			const what = ['the file cannot be compiled', ...(report ?? [])].join('\n')
			throw new StreamError('language/import', what, { where: file, remedy: 'correct it and run the cell again' })
		}
		this.#compiled.set(file, { source, module })
		return module
	}

	/** Where the JavaScript of a file lies. */
	#pathOf(file: string, units: ReadonlyMap<string, Unit>): string {
		const reached = new Set<string>()
		const reach = (one: string): void => {
			if (reached.has(one)) return
			reached.add(one)
			for (const target of units.get(one)?.targets ?? []) if ('file' in target) reach(target.file)
		}
		reach(file)
		const hash = createHash('sha1')
		for (const one of [file, ...[...reached].sort()]) hash.update(JSON.stringify([one, units.get(one)?.source]))
		return join(this.#ownFolder(), `${basename(file).replace(/\.\w+$/, '')}-${hash.digest('hex').slice(0, 16)}.mjs`)
	}

	#write({ file, source, compiled, targets }: Unit, units: ReadonlyMap<string, Unit>): void {
		const path = this.#pathOf(file, units)
		if (existsSync(path)) return
		let js = compiled.js
		for (const [index, { start, end }] of [...compiled.imports.entries()].reverse()) {
			const target = targets[index]
			if (target === undefined) continue
			const url = 'file' in target ? pathToFileURL(this.#pathOf(target.file, units)).href : target.url
			js = `${js.slice(0, start)}${JSON.stringify(url)}${js.slice(end)}`
		}
		writeFileSync(path, js)
		rememberModule(path, { file, source, map: compiled.map })
	}

	#ownFolder(): string {
		if (this.#folder === undefined) {
			const folder = mkdtempSync(join(tmpdir(), 'rivulet-modules-'))
			process.on('exit', () => rmSync(folder, { recursive: true, force: true }))
			this.#folder = folder
		}
		return this.#folder
	}
}
