// The tables of README.md that benches write, and the note on the machine they ran on.

import { readFileSync, writeFileSync } from 'node:fs'
import { cpus, loadavg, totalmem } from 'node:os'

const path = new URL('../../README.md', import.meta.url)

/** One line on the machine: processor, cores, memory, Node, system, and how many processes wait for a core. */
export function machineNote() {
	const [first] = cpus()
	const model = first?.model.replace(/\s+/g, ' ').trim() || process.arch
	const memoryGb = Math.round(totalmem() / 2 ** 30)
	const load = loadavg()[1].toFixed(1)
	return `${model}, ${cpus().length} cores, ${memoryGb} GB, Node ${process.versions.node}, ${process.platform}, load ${load}`
}

/** A Markdown table of a head and rows of texts. */
export const table = (head, rows) =>
	[head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n')

/** Puts `text` between `<!-- bench name -->` and `<!-- end bench -->` of README.md. */
export function writeFigures(name, text) {
	const before = readFileSync(path, 'utf8')
	const place = new RegExp(`(<!-- bench ${name} -->\\n)[\\s\\S]*?(<!-- end bench -->)`)
	if (!place.test(before)) throw new Error(`README.md has no place for it: <!-- bench ${name} --> … <!-- end bench -->`)
	writeFileSync(
		path,
		before.replace(place, (_, start, end) => `${start}${text}\n${end}`),
	)
}

const sorted = (values) => [...values].sort((a, b) => a - b)
/** The value in the middle. */
export const median = (values) => sorted(values)[Math.floor(values.length / 2)]
const rounded = (value) => (value < 10 ? value.toFixed(1) : Math.round(value).toLocaleString('en'))

/** Median of the runs and, in brackets, the lowest and the highest run. */
export function spread(values) {
	const known = sorted(values.filter(Number.isFinite))
	if (known.length === 0) return '–'
	const [low, high] = [known[0], known[known.length - 1]].map(rounded)
	return low === high ? low : `${rounded(median(known))} (${low}–${high})`
}
