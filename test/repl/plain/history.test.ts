import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { History, historyFile } from '../../../repl/plain/history.js'

const folder = mkdtempSync(join(tmpdir(), 'rivulet-history-'))
afterAll(() => rmSync(folder, { recursive: true }))

describe('the history', () => {
	it('gives whole inputs back to the next session, without repetitions', () => {
		const file = join(folder, 'kept')
		const first = new History(file, () => undefined)
		for (const input of ['const a = 1', 'const a = 1', 'for (;;) {\n\tbreak\n}', '  ']) first.add(input)
		expect(new History(file, () => undefined).inputs).toEqual(['const a = 1', 'for (;;) {\n\tbreak\n}'])
	})

	it('passes over lines it has not written', () => {
		const file = join(folder, 'foreign')
		writeFileSync(file, '"a"\nnonsense\n"b')
		expect(new History(file, () => undefined).inputs).toEqual(['a'])
	})

	it('is cut to the newest thousand when it has grown to twice that', () => {
		const file = join(folder, 'long')
		writeFileSync(file, Array.from({ length: 2_001 }, (_, index) => `"${index}"\n`).join(''))
		expect(new History(file, () => undefined).inputs.length).toBe(1_000)
		expect(readFileSync(file, 'utf8').split('\n')[0]).toBe('"1001"')
	})

	it('that cannot be written is said once and goes on in memory', () => {
		const file = join(folder, 'folder')
		mkdirSync(file)
		const said: string[] = []
		const history = new History(file, (text) => said.push(text))
		history.add('a')
		history.add('b')
		expect([said.length, history.inputs]).toEqual([1, ['a', 'b']])
	})

	it.each([
		[{ RIVULET_HISTORY: '/x/h' }, '/x/h'],
		[{ RIVULET_HISTORY: '' }, undefined],
	])('%j names the file %s', (env, file) => expect(historyFile(env)).toBe(file))
})
