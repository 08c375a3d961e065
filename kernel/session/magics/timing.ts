/** How long the code of a cell takes, once (`%time`) or on average (`%timeit`). */

import { stopwatch } from '../../../engine/index.js'

/** The value of a cell, which may be a promise. */
interface Results {
	value: unknown
}

/** A round of `%timeit` lasts at least this long, as long as one run does not. */
const roundMs = 200
const rounds = 7

/** Starts measuring; the returned function waits for the cell's value and prints both times. */
export function timed(results: Results): () => Promise<void> {
	const wall = stopwatch()
	const cpu = process.cpuUsage()
	return async () => {
		await settle(results)
		const wallMs = wall()
		const { user, system } = process.cpuUsage(cpu)
		const [userMs, systemMs] = [user / 1_000, system / 1_000]
		const total = lengthOf(userMs + systemMs)
		console.log(`wall ${lengthOf(wallMs)}, processor ${total} (user ${lengthOf(userMs)}, system ${lengthOf(systemMs)})`)
	}
}

/** Runs code in rounds, each long enough to be measured, and prints mean and deviation of one run. */
export async function timeit(run: () => unknown, results: Results): Promise<void> {
	const measure = async (times: number): Promise<number> => {
		results.value = undefined
		const elapsed = stopwatch()
		for (let i = 0; i < times; i++) {
			const pending = run()
			if (pending instanceof Promise) await pending
			if (results.value instanceof Promise) await results.value
		}
		return elapsed()
	}
	// The first run compiles and loads: it is not counted.
	await measure(1)
	let times = 1
	let spentMs = await measure(times)
	while (spentMs < roundMs / 2 && times < 1e9) {
		times *= spentMs < roundMs / 20 ? 10 : 2
		spentMs = await measure(times)
	}
	const each: number[] = []
	for (let i = 0; i < rounds; i++) each.push((await measure(times)) / times)
	results.value = undefined
	const mean = each.reduce((sum, ms) => sum + ms, 0) / rounds
	const deviation = Math.sqrt(each.reduce((sum, ms) => sum + (ms - mean) ** 2, 0) / rounds)
	console.log(`${lengthOf(mean)} ± ${lengthOf(deviation)} a run (${rounds} rounds of ${times.toLocaleString('en')})`)
}

/** Waits for a value that is a promise; its error is the cell's, told when the cell ends. */
async function settle(results: Results): Promise<void> {
	if (results.value instanceof Promise) await results.value.catch(() => undefined)
}

/** A length of time in the unit that suits it, three digits. */
export function lengthOf(ms: number): string {
	const [value, unit] =
		ms >= 1_000
			? [ms / 1_000, 's']
			: ms >= 1 || ms === 0
				? [ms, 'ms']
				: ms >= 1e-3
					? [ms * 1e3, 'µs']
					: [ms * 1e6, 'ns']
	return `${Number(value.toPrecision(3))} ${unit}`
}
