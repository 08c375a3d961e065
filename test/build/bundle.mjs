// Bundles the front (command, shell, kernel front) into few files and the language worker, for their start. Streams
// live in other processes; third-party modules stay outside.

import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const { dependencies } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'))

/** What a front uses of the engine, which has no streams: the bundle starts without the rest of it. */
const ofEngine = {
	'clock.js': ['stopwatch', 'systemClock'],
	'errors.js': ['StreamError'],
	'nearest.js': ['nearestNames'],
	'package.js': ['packageFile', 'packageVersion'],
	'time.js': ['Duration'],
}
const folder = fileURLToPath(new URL('../../dist/engine/base/', import.meta.url))
const partOfEngine = {
	name: 'part of the engine',
	setup({ onResolve, onLoad }) {
		onResolve({ filter: /\/engine\/index\.js$/ }, () => ({ path: 'engine', namespace: 'part' }))
		onLoad({ filter: /.*/, namespace: 'part' }, () => ({
			contents: Object.entries(ofEngine)
				.map(([file, names]) => `export { ${names.join(', ')} } from './${file}'`)
				.join('\n'),
			resolveDir: folder,
		}))
	},
}

const drawing = new Set(['ink', 'react', 'js-tokens'])
// CommonJS packages inside an ES module bundle ask for `require`.
const requireForBundled =
	"import { createRequire as rivuletRequire } from 'node:module'; const require = rivuletRequire(import.meta.url);"

await build({
	entryPoints: { rivulet: 'dist/repl/cli/main.js', language: 'dist/kernel/language/worker.js' },
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
	plugins: [partOfEngine],
	logLevel: 'warning',
})
