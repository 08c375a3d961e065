import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { LanguageService } from '../../kernel/language/service.js'

const folder = mkdtempSync(join(tmpdir(), 'rivulet-test-'))
const service = new LanguageService(folder, () => undefined)
let count = 0

/** The cell's findings as `place code`; a cell without any runs. */
function run(code: string): string[] {
	const prepared = service.prepare(code, { file: `cell-${++count}.ts`, directory: folder, types: 'check' })
	if (prepared.status === 'ready') service.ran(prepared.cell.file, prepared.cell.names)
	const found = prepared.status === 'ready' ? prepared.notes : prepared.diagnostics
	return found.map((one) => `${one.elsewhere?.file ?? 'cell'}:${one.line}:${one.column} ${one.code}`)
}
const write = (name: string, text: string): void => writeFileSync(join(folder, name), text)

beforeAll(() => {
	for (const _ of service.warmUp());
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

it('types of local files follow the files when the import runs again', () => {
	write('lib.ts', 'export const v = 1')
	expect(run("import { v } from './lib.ts'")).toEqual([])
	expect(run('v.toFixed()')).toEqual([])
	write('lib.ts', "export const v = 'text'")
	expect(run("import { v } from './lib.ts'")).toEqual([])
	expect(run('v.trim()')).toEqual([])
})

it('type errors of local files, also of those that they import, are those of the cell that imports them', () => {
	write('deep.ts', "export const n: number = 'one'")
	write('over.ts', "import { n } from './deep.js'\nexport const m: string = n")
	write('fine.ts', 'export const f = 1')
	run("import { f } from './fine'")
	expect(run("import { m } from './over.js'")).toEqual(['over.ts:2:14 2322', 'deep.ts:1:14 2322'])
	expect(run('f')).toEqual([])
})

it('a file that was missing is found when the same cell runs again', () => {
	expect(run("import { l } from './later.ts'")).toEqual(['cell:1:19 2307'])
	write('later.ts', 'export const l = 1')
	expect(run("import { l } from './later.ts'")).toEqual([])
})

it('a package that is missing is named with what installs it', () => {
	const remedies = [
		["import { a } from '@not/there/deep'", 'npm install @not/there, in a notebook %npm add @not/there'],
		["import { b } from 'not-there'", 'npm install not-there, in a notebook %npm add not-there'],
		["import { c } from './not-there'", undefined],
	] as const
	for (const [code, remedy] of remedies) {
		const prepared = service.prepare(code, { file: `cell-${++count}.ts`, directory: folder, types: 'check' })
		const [found] = prepared.status === 'ready' ? [] : prepared.diagnostics
		expect(found?.message.split('what to do: ')[1], code).toBe(remedy)
	}
})
