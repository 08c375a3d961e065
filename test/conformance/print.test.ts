import { expect } from 'vitest'
import { setHost } from '../../engine/index.js'
import { type Case, conform, normal, runBody } from './cases.js'
import { queueOf, withStreaming } from './scope.js'

interface Printed extends Case {
	readonly ts: string
	readonly batches: readonly (readonly unknown[])[]
	readonly slices: number
	readonly text: string
}

conform<Printed>('print', ({ ts, batches, slices, text }) =>
	withStreaming(async ({ ssc }) => {
		let printed = ''
		setHost({
			print(batch) {
				printed += batch.text
			},
			batchError: () => undefined,
		})
		const s = queueOf(
			ssc,
			batches.map((batch) => batch.map(normal)),
			slices,
		)
		await runBody(ts, { s })
		await ssc.step(batches.length)
		expect(printed).toBe(text)
	}),
)
