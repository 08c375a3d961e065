/** States that bytes cannot hold are refused: what it is, and whose state. */

import { afterEach, expect, it } from 'vitest'
import { type DStream, Seconds, type State, type StreamingContext } from '../../engine/index.js'
import { Lives, type Program } from './life.js'

let lives: Lives
afterEach(() => lives.end())

class Account {
	total = 0
}
type Pairs = DStream<[string, number]>
const pairs = (ssc: StreamingContext): Pairs => ssc.rateStream(1, (i): [string, number] => ['ann', i])

const table: readonly [string, (pairs: Pairs) => DStream<unknown>, RegExp][] = [
	[
		'a function',
		(s) => s.updateStateByKey(() => ({ total: () => 1 })),
		/the state of key ann: a function at total cannot be written as bytes – checkpoint of updateStateByKey at refused\.test\.ts:\d+/,
	],
	[
		'an instance of a class',
		(s) => s.updateStateByKey(() => new Account()),
		/the state of key ann: an instance of Account cannot be written as bytes – checkpoint of updateStateByKey at refused\.test\.ts:\d+/,
	],
	[
		'a promise in a mapped state',
		(s) => s.mapWithState((_key, _value, state: State<unknown>) => state.update([Promise.resolve(1)])),
		/the state of key ann: an instance of Promise at 0 cannot be written as bytes – checkpoint of mapWithState at refused\.test\.ts:\d+/,
	],
]
for (const [title, state, message] of table) {
	it(`${title} is refused by name when the state is written`, async () => {
		lives = new Lives()
		const program: Program = (ssc, see) => {
			const stream = state(pairs(ssc))
			stream.checkpoint(Seconds(1)).foreachRDD(see('totals'))
		}
		const error = await lives
			.begin(program)
			.step(2)
			.then(
				() => undefined,
				(thrown: unknown) => thrown,
			)
		expect(String(error)).toMatch(message)
	})
}
