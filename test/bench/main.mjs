// Runs the benches by name: `npm run bench -- kernel`. Each writes its table into README.md, section "Figures", with `--write`.

import { existsSync, readdirSync } from 'node:fs'

const folder = new URL('./', import.meta.url)
const given = process.argv.slice(2)
// Workloads go by their names: `npm run bench -- W1 W2`.
const [name, ...rest] = /^W\d/.test(given[0] ?? '') ? ['speed', ...given] : given
const names = readdirSync(folder)
	.filter((file) => file.endsWith('.bench.mjs'))
	.map((file) => file.replace('.bench.mjs', ''))

if (name === undefined || !existsSync(new URL(`${name}.bench.mjs`, folder))) {
	console.error(
		`${name === undefined ? 'no bench named' : `no bench is called ${name}`} – use one of: ${names.join(', ')}`,
	)
	process.exitCode = 1
} else {
	const { run } = await import(new URL(`${name}.bench.mjs`, folder))
	await run(rest)
}
