/**
 * What a program is made of: the files of the packages that it imports, and its own files as one module.
 *
 * Packages are sent file by file, each at its own path, so that executors import the very modules that the driver names.
 */

import { existsSync, lstatSync, realpathSync } from 'node:fs'
import { basename, dirname, join, relative, resolve, sep } from 'node:path'
import { build, type Metafile, type Plugin } from 'esbuild'
import { StreamError } from '../base/errors.js'
import type { TarEntry } from '../storage/tarball.js'

/** The folder of an archive that stands for the root of this machine's files. */
const root = 'root'

/** Code for this machine's processor is sent as it is. */
const nativeFiles = (found: Set<string>): Plugin => ({
	name: 'native',
	setup({ onResolve }) {
		onResolve({ filter: /\.node$/ }, ({ path, resolveDir }) => {
			found.add(resolve(resolveDir, path))
			return { path, external: true }
		})
	},
})

const ours = ['rivulet', 'rivulet/*']

/**
 * The files of packages that a program, or a file of a package, can reach by its imports, as entries of an archive.
 * @throws cli/usage with the place of an import that leads nowhere
 */
export async function packageEntries(program: string): Promise<TarEntry[]> {
	const native = new Set<string>()
	const { metafile } = await bundled({
		...common(program),
		external: [...ours],
		bundle: true,
		metafile: true,
		plugins: [nativeFiles(native)],
	})
	const files = new Set(native)
	const links = new Map<string, string>()
	for (const [input, { imports }] of Object.entries((metafile as Metafile).inputs)) {
		const path = resolve('/', input)
		if (isPackaged(path)) for (const file of [path, ...manifestsOf(path)]) files.add(file)
		for (const { original } of imports)
			if (original !== undefined) for (const link of linksTo(original, path)) links.set(...link)
	}
	return [
		...[...files].map((file) => ({ path: inArchive(file), file })),
		...[...links].map(([path, target]) => ({ path: inArchive(path), link: relative(dirname(path), target) })),
	]
}

/** The program's own files as one module beside where its first file is, and the path of that module in the archive. */
export async function programEntry(program: string): Promise<TarEntry & { readonly path: string }> {
	const { outputFiles } = await bundled({
		...common(program),
		bundle: true,
		packages: 'external',
		external: [...ours],
		sourcemap: 'inline',
		write: false,
	})
	const path = join(dirname(program), `${basename(program).replace(/\.[^.]+$/, '')}.rivulet.mjs`)
	return { path: inArchive(path), text: outputFiles?.[0]?.text ?? '' }
}

/** `rivulet` from anywhere below the root. */
export const ownPackageEntry: TarEntry = { path: `${root}/node_modules/rivulet`, link: '../..' }

type Options = Parameters<typeof build>[0]

const common = (program: string): Options => ({
	entryPoints: [program],
	absWorkingDir: '/',
	format: 'esm',
	platform: 'node',
	target: 'node20',
	// Those of Node, none that only bundlers know.
	conditions: [],
	logLevel: 'silent',
	outdir: join(dirname(program), 'out'),
	write: false,
})

async function bundled(options: Options): ReturnType<typeof build> {
	try {
		return await build(options)
	} catch (thrown) {
		const [first] =
			(thrown as { readonly errors?: readonly { text: string; location: Location | null }[] }).errors ?? []
		if (first === undefined) throw thrown
		const { file = '', line = 0 } = first.location ?? {}
		throw new StreamError('cli/usage', `${file === '' ? '' : `${resolve('/', file)}:${line}: `}${first.text}`)
	}
}

interface Location {
	readonly file: string
	readonly line: number
}

const inArchive = (path: string): string => `${root}${path.split(sep).join('/')}`
const isPackaged = (path: string): boolean => /[\\/]node_modules[\\/]/.test(path)

/** The package.json files that say how a file of a package is read. */
function* manifestsOf(path: string): Iterable<string> {
	for (let folder = dirname(path); isPackaged(`${folder}/`); folder = dirname(folder)) {
		if (basename(folder) === 'node_modules') return
		const manifest = join(folder, 'package.json')
		if (existsSync(manifest)) yield manifest
	}
}

/** The symbolic link by which a package is found from a file, as some package managers lay them. */
function* linksTo(specifier: string, from: string): Iterable<[path: string, target: string]> {
	const name = /^(@[^/]+\/[^/]+|[^./@][^/]*)/.exec(specifier)?.[0]
	if (name === undefined) return
	for (let folder = dirname(from); folder !== dirname(folder); folder = dirname(folder)) {
		const path = join(folder, 'node_modules', name)
		if (!existsSync(path)) continue
		if (lstatSync(path).isSymbolicLink()) yield [path, realpathSync(path)]
		return
	}
}
