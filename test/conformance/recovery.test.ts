import { expect } from 'vitest'
import type { StreamingContext } from '../../engine/index.js'
import { casesOf, conform } from './cases.js'
import { withStreaming } from './scope.js'

interface Recovery {
	readonly id: string
	readonly first: number
	readonly second: number
	readonly expected: readonly { readonly life: number }[]
}

type Recoverable = { getOrCreate(directory: string, create: () => StreamingContext): StreamingContext }

conform<Recovery>(
	'recovery',
	({ first, second, expected }) =>
		withStreaming(async ({ ssc, api, tmp }) => {
			ssc.checkpoint(tmp)
			await ssc.step(first)
			await ssc.stop(true)
			const again = (api.StreamingContext as unknown as Recoverable).getOrCreate(tmp, () => ssc)
			await again.step(second)
			expect(expected.filter(({ life }) => life === 2)).toEqual([])
		}),
	casesOf<Recovery>('recovery'),
)
