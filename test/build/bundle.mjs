// Bundles the front (command, shell, kernel front) into few files for its start. The engine stays one instance for
// everybody, third-party modules stay outside.

import { readFileSync } from 'node:fs'
import { build } from 'esbuild'

const { dependencies } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'))

const sharedEngine = {
	name: 'shared engine',
	setup: ({ onResolve }) =>
		onResolve({ filter: /\/engine\/index\.js$/ }, () => ({ path: '../engine/index.js', external: true })),
}

await build({
	entryPoints: { rivulet: 'dist/repl/cli/main.js' },
	outdir: 'dist/front',
	bundle: true,
	splitting: true,
	format: 'esm',
	platform: 'node',
	target: 'node20',
	external: Object.keys(dependencies),
	plugins: [sharedEngine],
	logLevel: 'warning',
})
