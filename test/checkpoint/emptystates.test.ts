import { afterEach, expect, it } from 'vitest'
import { ManualClock, Seconds, type State } from '../../engine/index.js'
import { Lives, type Program } from './life.js'

let lives: Lives
afterEach(() => lives.end())

/** Records come from batch 4 on; a state times out after 3 s. The clock stands at a time of today. */
const fromMs = 1_800_000_000_000
const program: Program = (ssc, see) => {
	const pairs = ssc.rateStream(1, (i): [string, number] => [`k${i}`, i]).filter(([, i]) => i >= 3)
	const hold = (key: string, value: number | undefined, state: State<number>): string => {
		if (state.isTimingOut()) return `${key} is over`
		state.update(value ?? 0)
		return `${key} is held`
	}
	pairs.mapWithState(hold, { timeout: '3 s' }).checkpoint(Seconds(2)).foreachRDD(see('mapped'))
}

it('a mapped state that was empty when it was written still times out in its time', async () => {
	lives = new Lives()
	const begin = () => lives.begin(program, { clock: new ManualClock(fromMs) })
	const first = begin()
	await first.step(3)
	await first.stop(true)
	const second = begin()
	await second.step(6)
	const seen = Object.fromEntries(
		lives.seen.map(([name, records]) => [Number(name.slice(7)) - fromMs / 1_000, records]),
	)
	expect(seen).toEqual({
		3: [],
		4: ['k3 is held'],
		5: ['k4 is held'],
		6: ['k5 is held'],
		7: ['k6 is held'],
		8: ['k3 is over', 'k7 is held'],
		9: ['k8 is held'],
	})
})
