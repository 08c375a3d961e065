import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import { Seconds } from '../../engine/index.js'
import { compileModule } from '../../kernel/language/modules.js'
import { Imports } from '../../kernel/session/imports.js'
import { scene } from './client.js'

let folder = ''
const folders: string[] = []
beforeEach(() => {
	folder = mkdtempSync(join(tmpdir(), 'rivulet-test-'))
	folders.push(folder)
})
afterAll(() => {
	for (const one of folders) rmSync(one, { recursive: true, force: true })
})

const write = (name: string, text: string): void => writeFileSync(join(folder, name), text)

/** Imports with a front that answers at once. */
const imports: Imports = new Imports(({ id, file, source }) => {
	void compileModule(source, file).then((answer) => imports.answered({ kind: 'compiled', id, ...answer }))
})
const load = async (specifier: string): Promise<Record<string, unknown>> => ({
	...(await imports.import(folder, specifier)),
})

const libWithoutPackage = [
	"import { Seconds } from 'rivulet'",
	"import { basename } from 'node:path'",
	"import data from './data.json'",
	'export const found = [Seconds(1), basename(import.meta.filename), data.n, typeof MagicString] as const',
].join('\n')

describe('local TypeScript files', () => {
	it.each(['./lib.ts', './lib.js', './lib'])('are imported as %s', async (specifier) => {
		write('lib.ts', 'export const one: number = 1')
		expect(await load(specifier)).toEqual({ one: 1 })
	})

	it('are loaded afresh when they, or files they lead to, have changed, and only then', async () => {
		write('deep.ts', 'export let n: number = 1')
		write('lib.ts', "import { n } from './deep.js'\nexport const box = { n }")
		const first = await load('./lib.ts')
		const again = await load('./lib.ts')
		write('deep.ts', 'export let n: number = 2')
		const changed = await load('./lib.ts')
		expect([first.box, again.box === first.box, changed.box]).toEqual([{ n: 1 }, true, { n: 2 }])
	})

	it('are one module for all that import them', async () => {
		write('shared.ts', 'export const box: number[] = []')
		write('a.ts', "export { box } from './shared.ts'")
		write('b.ts', "export { box } from './shared'")
		expect((await load('./a.ts')).box).toBe((await load('./b.ts')).box)
	})

	it('may import each other in a circle', async () => {
		write('a.ts', "import { b } from './b.ts'\nexport const a = (): number => b + 1")
		write('b.ts', "import { a } from './a.ts'\nexport const b: number = 1\nexport const viaA = () => a()")
		expect(((await load('./b.ts')).viaA as () => number)()).toBe(2)
	})

	it('import packages, Node, JSON and this very Rivulet, and know where they are', async () => {
		write('data.json', '{ "n": 5 }')
		// The package is found from the folder of this test only.
		write('lib.ts', `import MagicString from '${import.meta.resolve('magic-string')}'\n${libWithoutPackage}`)
		expect((await load('./lib.ts')).found).toEqual([Seconds(1), 'lib.ts', 5, 'function'])
	})

	it('tell where their syntax is wrong', async () => {
		write('lib.ts', 'export const one: number = 1\nexport const = 5')
		await expect(load('./lib.ts')).rejects.toMatchObject({
			code: 'language/import',
			message: expect.stringContaining('lib.ts:2:14 - error TS1134'),
		})
	})

	it('show their own lines in errors', async () => {
		write('lib.ts', 'interface A {\n\ta: 1\n}\nexport function boom(a?: A): void {\n\tthrow new TypeError(typeof a)\n}')
		const { run, heard, session } = await scene()
		const done = run(`let { boom } = await $rv.import('${join(folder, 'lib.ts')}', {}); boom()`)
		const { id, file, source } = await heard('compile')
		session.send({ kind: 'compiled', id, ...(await compileModule(source, file)) })
		const { lines, frames } = (await done).error ?? { lines: [], frames: [] }
		expect([lines[1]?.trim(), frames.map(({ line }) => line)]).toEqual(['5 |  throw new TypeError(typeof a)', [5, 1]])
	})
})

describe('local JavaScript files', () => {
	it('are loaded afresh when they have changed', async () => {
		write('plain.mjs', 'export const n = 1')
		const first = await load('./plain.mjs')
		write('plain.mjs', 'export const n = 2')
		expect([first, await load('./plain.mjs')]).toEqual([{ n: 1 }, { n: 2 }])
	})
})
