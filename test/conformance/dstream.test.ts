import { type Case, conform, expectSame, type Order, runBody } from './cases.js'
import { queueOf, withStreaming } from './scope.js'

interface Pipeline extends Case {
	readonly ts: string
	readonly inputs: readonly (readonly (readonly unknown[])[])[]
	readonly batches: number
	readonly order: Order
	readonly expected: readonly { readonly batch: number; readonly rows: readonly unknown[] }[]
}

conform<Pipeline>('dstream', ({ ts, inputs, batches, order, expected }) =>
	withStreaming(async ({ sc, ssc, d, api, tmp }) => {
		sc.setCheckpointDir(tmp)
		const [s, s2, s3] = inputs.map((input) => queueOf(ssc, input))
		const stream = (await runBody(ts, { ssc, s, s2, s3, d, api })) as InstanceType<typeof api.DStream>
		const seen = new Map<number, unknown[]>()
		stream.foreachRDD(async (rdd, time) => void seen.set(d.index(time), await rdd.collect()))
		await ssc.step(batches)
		expectSame(
			[...seen.keys()],
			expected.map(({ batch }) => batch),
		)
		for (const { batch, rows } of expected) expectSame(seen.get(batch), rows, order)
	}),
)
