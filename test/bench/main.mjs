// Runs the benches: `npm run bench` the workloads beside the loops one would write by hand, `npm run bench -- kernel` another
// by name. Each writes its table into README.md, section "Figures", with `--write`.

import { existsSync, readdirSync } from 'node:fs'

const folder = new URL('./', import.meta.url)
const given = process.argv.slice(2)
// Workloads go by their names, `npm run bench -- W1 W2`, and are what is run when nothing is named.
const [name, ...rest] = /^(?!W\d|-)/.test(given[0] ?? '-') ? given : ['speed', ...given]
const names = readdirSync(folder)
	.filter((file) => file.endsWith('.bench.mjs'))
	.map((file) => file.replace('.bench.mjs', ''))
const options = ['--runs', '--check', '--write', '--only', '--seconds', '--keys', '--minutes']
const unknown = rest.find((arg) => arg.startsWith('-') && !options.includes(arg))

if (given.includes('--help')) {
	console.log(`npm run bench -- [${names.join(' | ')} | W1 W2 …] [options]

Without a name the workloads of the engine run (speed), each beside the loop one would write by hand.

--check        fails when a ratio of speed is below its floor
--write        puts the table into README.md
--runs N       runs of each, 3 or 5 without it (kernel, log, shell, speed, state)
--only a,b     of the kernels or shells only these
--seconds N    how long frames are counted
--keys N       keys that are typed into the shell
--minutes N    simulated minutes of the shell`)
} else if (!existsSync(new URL(`${name}.bench.mjs`, folder))) {
	console.error(`no bench is called ${name} – use one of: ${names.join(', ')}; npm run bench -- --help`)
	process.exitCode = 1
} else if (unknown !== undefined) {
	console.error(`no option is called ${unknown} – use ${options.join(', ')}; npm run bench -- --help`)
	process.exitCode = 1
} else {
	const { run } = await import(new URL(`${name}.bench.mjs`, folder))
	await run(rest)
}
