import { type Case, conform, expectSame } from './cases.js'
import { queueOf, withStreaming } from './scope.js'

interface Model extends Case {
	readonly algorithm: string
	readonly settings: Readonly<Record<string, unknown>>
	readonly batches: readonly (readonly unknown[])[]
	readonly expected: readonly { readonly batch: number; readonly predictions?: readonly unknown[] }[]
}

/** The module of the streaming models, in a variable so that the compiler does not look for it. */
const models = '../../engine/ml/index.js'

conform<Model>('mllib', ({ algorithm, settings, batches, expected }) =>
	withStreaming(async ({ ssc }) => {
		const ml = await import(/* @vite-ignore */ models)
		const model = new ml[algorithm]()
		for (const [name, value] of Object.entries(settings)) {
			model[`set${name.charAt(0).toUpperCase()}${name.slice(1)}`](value)
		}
		const stream = queueOf(ssc, batches)
		model.trainOn(stream)
		const seen: unknown[] = []
		model.predictOn(stream).foreachRDD(async (rdd: { collect(): Promise<unknown[]> }) => {
			seen.push(await rdd.collect())
		})
		await ssc.step(batches.length)
		expectSame(
			seen,
			expected.map(({ predictions }) => predictions),
		)
	}),
)
