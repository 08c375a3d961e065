import { expect } from 'vitest'
import { casesOf, conform } from './cases.js'
import { queueOf, withStreaming } from './scope.js'

interface Answer {
	readonly path: string
	readonly status: number
	readonly text: string
}

const answers = casesOf<Answer>('rest').map((answer, index) => ({ ...answer, id: `${index} ${answer.path}` }))

/** The names and the types of a JSON answer, values left out. */
const shape = (json: unknown): unknown => {
	if (Array.isArray(json)) return json.slice(0, 1).map(shape)
	if (typeof json !== 'object' || json === null) return typeof json
	return Object.entries(json).map(([name, value]) => [name, shape(value)])
}

conform<Answer & { readonly id: string }>(
	'rest',
	({ path, status, text }) =>
		withStreaming(async ({ sc, ssc }) => {
			queueOf(ssc, [[1]]).print()
			await ssc.step()
			const { uiWebUrl, applicationId } = sc as unknown as Readonly<Record<string, string>>
			const answer = await fetch(`${uiWebUrl}/api/v1/applications/${applicationId}/streaming/${path}`)
			expect(answer.status).toBe(status)
			if (status === 200) expect(shape(await answer.json())).toEqual(shape(JSON.parse(text)))
		}),
	answers,
)
