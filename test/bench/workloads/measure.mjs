// Measures one engine on one workload in this process and prints what it found as JSON: `measure.mjs W1 ours`.

import { parts, workloads } from './index.mjs'

const [name, engine] = process.argv.slice(2)
const { input, numBatches, numInputs = 1, hand, ours } = workloads[name] ?? parts[name]
const program = engine === 'hand' ? hand() : await ours(await import('../../../dist/engine/index.js'))
await program.before?.()
const next = input()
const batchMs = []
const cpuMs = []
for (let i = 0; i < numBatches; i++) {
	const inputs = numInputs === 1 ? [next()] : next()
	const cpu = process.cpuUsage()
	const began = performance.now()
	const pending = program.batch(...inputs)
	if (pending !== undefined) await pending
	batchMs.push(performance.now() - began)
	const { user, system } = process.cpuUsage(cpu)
	cpuMs.push((user + system) / 1000)
}
await program.end?.()
const { rss } = process.memoryUsage()
console.log(JSON.stringify({ batchMs, cpuMs, rssMb: rss / 2 ** 20, checksum: String(program.found) }))
