import { expect } from 'vitest'
import { type Case, conform, expectFailure, expectSame, isError, runBody } from './cases.js'
import { files, queueOf, withStreaming } from './scope.js'

interface Fact extends Case {
	readonly ts: string
	readonly expected: unknown
}

conform<Fact>('errors', ({ ts, expected }) =>
	withStreaming(async ({ sc, ssc, d, api, tmp }) => {
		const s = queueOf(ssc, [[1, 2], [3]])
		const p = queueOf(ssc, [
			[['a', 1]],
			[
				['a', 2],
				['b', 1],
			],
		])
		const run = async (n: number): Promise<void> => {
			// The first error of the batches is what awaitTermination throws afterwards.
			await ssc.step(n).catch(() => undefined)
			await ssc.awaitTerminationOrTimeout(0)
		}
		const ml = undefined
		const body = async (): Promise<unknown> => {
			const value = await runBody(ts, { sc, ssc, s, p, d, api, ml, tmp, run, ...files })
			// A stream as answer stands for its slide duration: that is what the recording took of it.
			return value instanceof api.DStream ? value.slideDuration.milliseconds : value
		}
		if (isError(expected)) await expectFailure(body, expected, tmp)
		else if (expected === null) await expect(body()).resolves.not.toThrow()
		else expectSame(await body(), expected)
	}),
)
