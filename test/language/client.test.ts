import { afterAll, expect, it } from 'vitest'
import { startLanguage } from '../../kernel/language/client.js'

const late: unknown[] = []
const language = startLanguage({
	directory: '/somewhere',
	onLate: ({ file, lines }) => late.push([file, lines[0]]),
})
const options = (file: string) => ({ file, directory: '/somewhere', types: 'check' }) as const
afterAll(() => language.stop())

it('answers the first cell before the checker is warm, and tells its findings later', async () => {
	const first = await language.prepare('const n: number = "x"', options('cell-1.ts'))
	expect(first).toMatchObject({ status: 'ready', late: true })
	language.ran('cell-1.ts', ['n'])
	await language.warm
	expect(late).toEqual([
		['cell-1.ts', "cell-1.ts:1:7 - error TS2322: Type 'string' is not assignable to type 'number'."],
	])
	expect(await language.inspect('n', 1)).toMatchObject({ signature: 'const n: number' })
})

it('rejects what is pending when the worker ends, and starts afresh with the cells that ran', async () => {
	const pending = language.complete('n.toF', 5)
	await Promise.all([expect(pending).rejects.toMatchObject({ code: 'internal/state' }), language.stop()])
	expect((await language.complete('n.toF', 5)).items.map((item) => item.text)).toEqual(['toFixed'])
})
