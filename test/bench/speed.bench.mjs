// Measures workloads against the loops one would write by hand, in turns, each in a fresh process.
//
// `npm run build && npm run bench -- W1 W2 [--runs 3] [--check] [--write]`, or `speed` for all. `--check` fails when a ratio is
// below its floor, `--write` puts the table into README.md. A ratio compares what both do in the same time of a processor, so that
// a busy machine changes it little; records a second are those of the wall clock.

import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { machineNote, table, writeFigures } from './figures.mjs'
import { workloads } from './workloads/index.mjs'

const measure = fileURLToPath(new URL('workloads/measure.mjs', import.meta.url))
const engines = ['hand', 'ours']
/** So many batches at the end are taken to be the steady state, half of them where there are fewer. */
const steadyBatches = 60

/** What the columns of `compared` are. */
export const head = ['', 'aim', 'ratio', 'records/s', 'records/s by hand', 'MB']

const median = (numbers) => [...numbers].sort((a, b) => a - b)[numbers.length >> 1]
const digits = (n) => (n >= 100 ? Math.round(n).toLocaleString('en') : n.toPrecision(2))
const spread = (numbers) =>
	`${digits(median(numbers))} (${digits(Math.min(...numbers))}–${digits(Math.max(...numbers))})`

/** What one engine did in a process of its own, in steady state. */
function measured(name, engine) {
	const options = { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'], maxBuffer: 2 ** 24 }
	const found = JSON.parse(execFileSync(process.execPath, [measure, name, engine], options))
	const { batchMs, cpuMs } = found
	const last = -Math.min(steadyBatches, Math.ceil(batchMs.length / 2))
	return { ...found, batchMs: median(batchMs.slice(last)), cpuMs: median(cpuMs.slice(last)) }
}

/** The row of a workload, and what is wrong with it. */
export function compared(name, runs) {
	const { title, aim, floor, recordsPerBatch, checksum } = workloads[name]
	const wrong = []
	const ratios = []
	const rates = { hand: [], ours: [] }
	const megabytes = []
	for (let i = 0; i < runs; i++) {
		const [hand, ours] = engines.map((engine) => measured(name, engine))
		ratios.push(hand.cpuMs / ours.cpuMs)
		for (const [engine, found] of Object.entries({ hand, ours })) {
			rates[engine].push((1_000 * recordsPerBatch) / found.batchMs)
			const wanted = checksum ?? hand.checksum
			if (found.checksum !== wanted) wrong.push(`${name}: ${engine} gives ${found.checksum}, not ${wanted}`)
		}
		megabytes.push(ours.rssMb)
	}
	if (median(ratios) < floor) wrong.push(`${name}: ratio ${digits(median(ratios))} is below its floor, ${floor}`)
	const row = [
		`${name} ${title}`,
		`≥ ${aim}`,
		spread(ratios),
		spread(rates.ours),
		spread(rates.hand),
		spread(megabytes),
	]
	return { row, wrong }
}

/** Runs the bench and prints its tables. */
export async function run(args) {
	const runs = args.includes('--runs') ? Number(args[args.indexOf('--runs') + 1]) : 3
	const named = args.filter((arg) => /^W\d/.test(arg))
	const unknown = named.find((name) => workloads[name] === undefined)
	if (unknown !== undefined) {
		throw new Error(`no workload is called ${unknown} – use one of: ${Object.keys(workloads).join(', ')}`)
	}
	const names = named.length > 0 ? named : Object.keys(workloads)
	const rows = []
	const figures = []
	const wrong = []
	for (const name of names) {
		if (workloads[name].alone === undefined) {
			const found = compared(name, runs)
			rows.push(found.row)
			wrong.push(...found.wrong)
			continue
		}
		for (const { what, aim, isLeast, limit, found, unit } of await workloads[name].alone()) {
			figures.push([`${name} ${what}`, aim, `${digits(found)} ${unit}`])
			if (isLeast ? found < limit : found > limit) wrong.push(`${name}: ${what} is ${digits(found)} ${unit}`)
		}
	}
	const text = [
		...(rows.length > 0 ? [table(head, rows), ''] : []),
		...(figures.length > 0 ? [table(['', 'aim', 'found'], figures), ''] : []),
		`Median of ${runs} runs, lowest and highest in brackets; ${machineNote()}.`,
	].join('\n')
	console.log(text)
	if (args.includes('--write')) writeFigures('speed', text)
	if (!args.includes('--check')) return
	for (const line of wrong) console.error(line)
	if (wrong.length > 0) process.exitCode = 1
}
