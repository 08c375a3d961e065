/** Where the package's own files lie, the same from source, from dist and from a bundle. */

import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { StreamError } from './errors.js'

let root: string | undefined

/** The folder of Rivulet's package.json. */
function packageRoot(): string {
	if (root !== undefined) return root
	for (let folder = dirname(fileURLToPath(import.meta.url)); ; folder = dirname(folder)) {
		const manifest = join(folder, 'package.json')
		if (existsSync(manifest) && JSON.parse(readFileSync(manifest, 'utf8')).name === 'rivulet') {
			root = folder
			return folder
		}
		if (folder === dirname(folder)) {
			throw new StreamError('internal/state', `no package.json of rivulet above ${fileURLToPath(import.meta.url)}`, {
				remedy: 'install the package again',
			})
		}
	}
}

/** The absolute path of a file inside the package. */
export const packageFile = (...segments: string[]): string => join(packageRoot(), ...segments)

/** The package's version. */
export const packageVersion = (): string => JSON.parse(readFileSync(packageFile('package.json'), 'utf8')).version
