// Bundles the front (command line, shell, clients) into few files for its start; third-party modules stay outside.

import { readFileSync } from 'node:fs'
import { build } from 'esbuild'

const { dependencies } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'))

await build({
	entryPoints: { rivulet: 'dist/repl/cli/main.js' },
	outdir: 'dist/front',
	bundle: true,
	splitting: true,
	format: 'esm',
	platform: 'node',
	target: 'node20',
	external: Object.keys(dependencies),
	logLevel: 'warning',
})
