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

const drawing = new Set(['ink', 'react', 'js-tokens'])
// CommonJS packages inside an ES module bundle ask for `require`.
const requireForBundled =
	"import { createRequire as rivuletRequire } from 'node:module'; const require = rivuletRequire(import.meta.url);"

await build({
	entryPoints: { rivulet: 'dist/repl/cli/main.js' },
	outdir: 'dist/front',
	bundle: true,
	splitting: true,
	format: 'esm',
	platform: 'node',
	target: 'node20',
	// What the shell draws with is bundled: it loads in a third of the time.
	external: [...Object.keys(dependencies).filter((name) => !drawing.has(name)), 'react-devtools-core'],
	define: { 'process.env.NODE_ENV': '"production"' },
	banner: { js: requireForBundled },
	plugins: [sharedEngine],
	logLevel: 'warning',
})
