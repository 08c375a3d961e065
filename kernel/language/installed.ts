/**
 * What the checker knows of installed files (TypeScript's library, packages, Rivulet itself): they stay as they are while
 * the session lives, so each is looked for and read once, and not once a program.
 */

import { statSync } from 'node:fs'
import { isBuiltin } from 'node:module'
import { dirname } from 'node:path'
import { packageFile } from '../../engine/index.js'
import { isIndexOfNode, rareFile, withoutRare } from './nodetypes.js'
import { ts } from './typescript.js'

type Resolved = ts.ResolvedModuleWithFailedLookupLocations

const ownFolder = packageFile('dist')

/** Whether a file belongs to a package. */
export const isInstalled = (file: string): boolean => file.includes('/node_modules/') || file.startsWith(ownFolder)

/** Whether a file is Rivulet's, or of what it is checked with. */
const isOwn = (file: string): boolean =>
	file.startsWith(ownFolder) || /\/node_modules\/(typescript|@types\/node|undici-types)\//.test(file)

/** Texts of installed files, and what names mean in them. */
export class Installed {
	readonly #snapshots = new Map<string, ts.IScriptSnapshot>()
	readonly #manifests = new Map<string, string | undefined>()
	#generation = 0
	readonly #resolved = new Map<string, Resolved>()

	/** Changes when the file on the disk does; of an installed one after `forget` at the earliest. */
	versionOf(file: string): string {
		if (isInstalled(file)) return isOwn(file) ? 'own' : `installed-${this.#generation}`
		const found = statSync(file, { throwIfNoEntry: false })
		return found === undefined ? 'none' : `${found.mtimeMs}-${found.size}`
	}

	/** Packages have come, gone or changed: all but Rivulet's own files are looked for and read again. */
	forget(): void {
		this.#generation += 1
		this.#resolved.clear()
		for (const map of [this.#snapshots, this.#manifests]) {
			for (const file of map.keys()) if (!isOwn(file)) map.delete(file)
		}
	}

	/** A file, read when its text is wanted: every program asks for the snapshots of all its files. */
	snapshot(file: string): ts.IScriptSnapshot {
		const known = this.#snapshots.get(file)
		if (known !== undefined) return known
		let text: string | undefined
		const read = (): string => {
			if (text !== undefined) return text
			const found = ts.sys.readFile(file) ?? ''
			text = isIndexOfNode(file) ? withoutRare(found) : found
			return text
		}
		const made: ts.IScriptSnapshot = {
			getText: (start, end) => read().slice(start, end),
			getLength: () => read().length,
			getChangeRange: () => undefined,
		}
		this.#snapshots.set(file, made)
		return made
	}

	/** A package.json with no more than the checker reads in it: it is parsed for each file of the package, in every program. */
	manifest(file: string): string | undefined {
		if (this.#manifests.has(file)) return this.#manifests.get(file)
		const text = ts.sys.readFile(file)
		const slim = text === undefined ? undefined : withoutTheRest(text)
		this.#manifests.set(file, slim)
		return slim
	}

	/** What a module of Node is declared in, when that is not a part of every program. */
	rareModule(name: string, file: string, { typeRoots }: ts.CompilerOptions): Resolved | undefined {
		const found = isOwn(file) ? undefined : rareFile(name, typeRoots ?? [])
		if (found === undefined) return undefined
		const resolvedModule = { resolvedFileName: found, extension: ts.Extension.Dts, isExternalLibraryImport: true }
		return { resolvedModule }
	}

	/** What a module name means in a file; what is not installed may be found the next time. */
	resolve(name: string, file: string, look: () => Resolved): Resolved {
		const key = `${isInstalled(file) ? dirname(file) : ''}\n${name}`
		const known = this.#resolved.get(key)
		if (known !== undefined) return known
		const found = look()
		// Node's own modules are declared, not found in a file.
		const isFixed = isInstalled(file) && found.resolvedModule !== undefined
		if (isFixed || isBuiltin(name)) this.#resolved.set(key, found)
		return found
	}
}

const wanted = ['name', 'version', 'type', 'main', 'types', 'typings', 'typesVersions', 'exports', 'imports']

function withoutTheRest(text: string): string {
	try {
		const manifest: Readonly<Record<string, unknown>> = JSON.parse(text)
		return JSON.stringify(Object.fromEntries(wanted.map((name) => [name, manifest[name]])))
	} catch {
		// The compiler reads a damaged one as empty.
		return '{}'
	}
}
