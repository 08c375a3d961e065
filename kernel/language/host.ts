/**
 * The checker's world: cells as modules in memory, everything else from the disk.
 *
 * A cell `cell-3.ts` of the folder `/home/me` is the module `/home/me/~cell-3.ts`, so that its relative imports resolve from
 * there and no real file of that name is hidden. The first program takes seconds; `parseAhead` does the greater part of
 * that in small steps, between which the thread can answer.
 */

import { dirname, join, resolve } from 'node:path'
import { packageFile, StreamError } from '../../engine/index.js'
import { Installed, isInstalled } from './installed.js'
import { preludeText } from './prelude.js'
import { compilerOptions, libFolder, ts } from './typescript.js'

interface Virtual {
	readonly text: string
	readonly version: string
}

/** The checker over cells and files. */
export class CheckerHost {
	readonly service: ts.LanguageService
	readonly preludeFile: string
	readonly #options = compilerOptions()
	readonly #registry = ts.createDocumentRegistry(ts.sys.useCaseSensitiveFileNames)
	readonly #installed = new Installed()
	readonly #virtual = new Map<string, Virtual>()
	#roots: readonly string[] = []
	#version = 0

	/** @param directory where the prelude lies, the folder that nothing else is resolved from */
	constructor(directory: string) {
		this.preludeFile = join(directory, '~prelude.ts')
		this.put(this.preludeFile, preludeText())
		this.service = ts.createLanguageService(this.#host(directory), this.#registry)
	}

	/** Puts a module into memory. */
	put(file: string, text: string): void {
		if (this.#virtual.get(file)?.text === text) return
		this.#virtual.set(file, { text, version: `v${++this.#version}` })
	}

	/** Makes the next program look for the imports of the text in focus again: files come and go. */
	renew(): void {
		for (const file of this.#roots) this.#virtual.delete(file)
	}

	/** Reads and finds again what was installed by the user; what is Rivulet's own stays. */
	forgetFiles(): void {
		this.#installed.forget()
	}

	/** Forgets every cell. */
	clear(): void {
		for (const file of this.#virtual.keys()) if (file !== this.preludeFile) this.#virtual.delete(file)
		this.#roots = []
	}

	/**
	 * Makes the program about this text, a module of this folder. Its name is always the same: only a program whose roots
	 * stay is made from the one before without looking for every module again.
	 */
	focus(directory: string, text: string): ts.SourceFile {
		const file = join(directory, '~cell.ts')
		this.put(file, text)
		this.#roots = [file]
		const source = this.program().getSourceFile(file)
		if (source === undefined) throw new StreamError('internal/state', 'the program lacks the cell')
		return source
	}

	/** The program about the module in focus. */
	program(): ts.Program {
		const program = this.service.getProgram()
		if (program === undefined) throw new StreamError('internal/state', 'the language service has no program')
		return program
	}

	/** Parses the library, Node's and Rivulet's declarations one file a step. */
	*parseAhead(): Iterable<void> {
		const lib = libFolder()
		const seen = new Set<string>()
		const waiting: string[] = [join(lib, 'lib.esnext.d.ts')]
		for (const root of this.#options.typeRoots ?? []) waiting.push(join(root, 'node', 'index.d.ts'))
		for (const [file] of Object.values(this.#options.paths ?? {})) if (file !== undefined) waiting.push(file)
		for (let file = waiting.pop(); file !== undefined; file = waiting.pop()) {
			if (seen.has(file)) continue
			seen.add(file)
			if (!ts.sys.fileExists(file)) continue
			const snapshot = this.#installed.snapshot(file)
			const source = this.#registry.acquireDocument(file, this.#options, snapshot, this.#installed.versionOf(file))
			for (const { fileName } of source.libReferenceDirectives) waiting.push(join(lib, `lib.${fileName}.d.ts`))
			for (const { fileName } of source.referencedFiles) waiting.push(resolve(dirname(file), fileName))
			if (file.startsWith(packageFile('dist'))) {
				for (const { fileName } of ts.preProcessFile(source.text).importedFiles) {
					if (fileName.startsWith('.')) waiting.push(resolve(dirname(file), fileName.replace(/\.js$/, '.d.ts')))
				}
			}
			yield
		}
	}

	#isFolderOfCells(folder: string): boolean {
		for (const file of this.#virtual.keys()) if (dirname(file) === folder) return true
		return false
	}

	#host(directory: string): ts.LanguageServiceHost {
		const { sys } = ts
		const text = (file: string): string | undefined => this.#virtual.get(file)?.text ?? sys.readFile(file)
		const host: ts.LanguageServiceHost = {
			getCompilationSettings: () => this.#options,
			getScriptFileNames: () => [this.preludeFile, ...this.#roots],
			getScriptVersion: (file) => this.#virtual.get(file)?.version ?? this.#installed.versionOf(file),
			getScriptSnapshot: (file) => {
				if (isInstalled(file)) return this.#installed.snapshot(file)
				const found = text(file)
				return found === undefined ? undefined : ts.ScriptSnapshot.fromString(found)
			},
			getCurrentDirectory: () => directory,
			resolveModuleNameLiterals: (literals, file, redirected, options) =>
				literals.map(({ text: name }) => {
					const look = () =>
						this.#installed.rareModule(name, file, options) ??
						ts.resolveModuleName(name, file, options, host, undefined, redirected)
					return this.#installed.resolve(name, file, look)
				}),
			getDefaultLibFileName: () => join(libFolder(), 'lib.esnext.d.ts'),
			fileExists: (file) => this.#virtual.has(file) || sys.fileExists(file),
			readFile: (file) =>
				file.endsWith('/package.json') && isInstalled(file) ? this.#installed.manifest(file) : text(file),
			readDirectory: (...given) => sys.readDirectory(...given),
			// The folder of a notebook may be gone, or nowhere; cells find each other all the same.
			directoryExists: (folder) => this.#isFolderOfCells(folder) || sys.directoryExists(folder),
			getDirectories: (folder) => sys.getDirectories(folder),
			useCaseSensitiveFileNames: () => sys.useCaseSensitiveFileNames,
		}
		return host
	}
}
