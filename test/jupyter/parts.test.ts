import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { codePointsOf, unitsOf } from '../../kernel/jupyter/codepoints.js'
import { readConnection } from '../../kernel/jupyter/connection.js'
import { prefixDataFolder, userDataFolder } from '../../kernel/jupyter/datafolder.js'
import { kernelspec, nodeVersion } from '../../kernel/jupyter/doctor.js'
import { History } from '../../kernel/jupyter/history.js'
import { kernelSpec, refuseThrowAway } from '../../kernel/jupyter/install.js'
import { PrintedBlock, timeText } from '../../kernel/jupyter/printed.js'

const folder = mkdtempSync(join(tmpdir(), 'rv-'))
afterAll(() => rmSync(folder, { recursive: true }))
const fileWith = (name: string, text: string): string => {
	writeFileSync(join(folder, name), text)
	return join(folder, name)
}

describe('positions', () => {
	it.each([
		['abc', 2, 2],
		['a🍎b', 2, 3],
		['🍎🍎', 1, 2],
		['ab', 9, 2],
	])('in %j code point %i is unit %i', (text, points, units) => {
		expect(unitsOf(text, points)).toBe(units)
		expect(codePointsOf(text, units)).toBe(Math.min(points, [...text].length))
	})
	it('inside a pair count as its start', () => expect(codePointsOf('a🍎', 2)).toBe(1))
})

describe('a connection file', () => {
	const ports = { shell_port: 1, control_port: 2, stdin_port: 3, iopub_port: 4, hb_port: 5 }
	it.each([
		['no JSON', '{'],
		['no ip', JSON.stringify(ports)],
		['a port that is none', JSON.stringify({ ...ports, ip: '127.0.0.1', hb_port: 0 })],
		['an unknown transport', JSON.stringify({ ...ports, ip: '127.0.0.1', transport: 'udp' })],
		['an unknown signature scheme', JSON.stringify({ ...ports, ip: '127.0.0.1', signature_scheme: 'rot13' })],
	])('with %s is refused', (_, text) => {
		const file = fileWith('c.json', text)
		expect(() => readConnection(file)).toThrow(expect.objectContaining({ code: 'jupyter/connection', where: file }))
	})
	it('that is missing is refused', () =>
		expect(() => readConnection(join(folder, 'none'))).toThrow('the connection file cannot be read'))
})

describe('the history', () => {
	it('is kept over restarts, with the same session number in tail and range', () => {
		const file = join(folder, 'deep', 'history.jsonl')
		new History(file).add(1, 'old', null)
		const history = new History(file)
		history.add(1, 'a + 1', '2')
		expect(history.find({ hist_access_type: 'tail', n: 2 })).toEqual([
			[1, 1, 'old'],
			[2, 1, 'a + 1'],
		])
		expect(history.find({ hist_access_type: 'range', session: 0, start: 1, stop: 2, output: true })).toEqual([
			[2, 1, ['a + 1', '2']],
		])
		expect(history.find({ hist_access_type: 'range', session: -1 })).toEqual([[1, 1, 'old']])
	})
	it('is searched by globs; unique keeps the newest of each', () => {
		const history = new History(undefined)
		for (const [line, source] of ['x = 1', 'y', 'x = 2', 'x = 1'].entries()) history.add(line, source, null)
		const search = { hist_access_type: 'search', pattern: 'x*?' }
		expect(history.find({ ...search, n: 2 }).map(([line]) => line)).toEqual([1, 1])
		expect(history.find({ ...search, unique: true })).toEqual([
			[1, 2, 'x = 2'],
			[1, 3, 'x = 1'],
		])
	})
	it('goes on past a half-written line', () => {
		const file = fileWith('half.jsonl', '{"session":4,"line":1,"source":"a","output":null}\n{"sess')
		expect(new History(file).find({ hist_access_type: 'tail', n: 9 })).toEqual([[4, 1, 'a']])
	})
})

describe('a printed block', () => {
	const batch = (timeMs: number, ...lines: string[]) => ({ title: 'counts', timeMs, lines, hasMore: false })
	it('waits, folds empty batches and shows the others under their time', () => {
		const block = new PrintedBlock()
		expect(block.open('map')).toBe('map\n  waiting for the first batch')
		block.add(batch(1000))
		block.add(batch(2000))
		expect(block.add({ ...batch(3000, '(a,1)'), hasMore: true })).toBe(
			'counts\n… 2 empty batches\n3000 ms\n  (a,1)\n  ...',
		)
		expect(block.add(batch(4000)).endsWith('  ...\n… 1 empty batch')).toBe(true)
	})
	it('begins anew when time does', () => {
		const block = new PrintedBlock()
		block.add({ title: 's', timeMs: 2_000, lines: ['old'], hasMore: false })
		expect(block.add({ title: 's', timeMs: 1_000, lines: ['new'], hasMore: false })).toBe('s\n1000 ms\n  new')
	})

	it('stays bounded', () => {
		const block = new PrintedBlock()
		const lines = Array.from({ length: 100 }, (_, i) => `${i}`)
		for (let i = 0; i < 50; i++) block.add(batch(i, ...lines))
		expect(block.text.split('\n')).toHaveLength(62)
	})
	it('writes times of the calendar as such', () =>
		expect(timeText(new Date(2026, 0, 2, 3, 4, 5).getTime() + 7)).toBe('03:04:05.007'))
})

describe('an installation', () => {
	it.each([
		[{ JUPYTER_DATA_DIR: '/d', XDG_DATA_HOME: '/x' }, 'linux', '/d'],
		[{ XDG_DATA_HOME: '/x' }, 'linux', '/x/jupyter'],
		[{ HOME: '/h' }, 'linux', '/h/.local/share/jupyter'],
		[{ HOME: '/h' }, 'darwin', '/h/Library/Jupyter'],
	])('for the user with %j on %s lies in %s', (env, platform, expected) =>
		expect(userDataFolder(env, platform)).toBe(expected),
	)
	it('for an environment lies in its share folder', () => expect(prefixDataFolder('/p')).toBe('/p/share/jupyter'))
	it.each(['/h/.npm/_npx/1a2b/node_modules/rivulet/main.js', '/tmp/a/main.js'])('from %s is refused', (script) =>
		expect(() => refuseThrowAway(script, '/home/ann/.local', '/tmp')).toThrow(
			expect.objectContaining({ code: 'jupyter/install' }),
		),
	)

	it('is allowed in a temporary folder for a kernelspec that is temporary too', () =>
		expect(() => refuseThrowAway('/tmp/a/dist/main.js', '/tmp/venv/share', '/tmp')).not.toThrow())
	it('is found wrong when the script is gone or the file is no JSON', () => {
		const gone = JSON.stringify(kernelSpec(process.execPath, '/nowhere/main.js'))
		expect(kernelspec(fileWith('kernel.json', gone))[1]).toContain('names /nowhere/main.js, which is not there')
		expect(kernelspec(fileWith('kernel.json', '{'))[0]).toBe('wrong')
		expect(kernelspec(fileWith('kernel.json', JSON.stringify(kernelSpec(process.execPath, folder))))[0]).toBe('ok')
	})
	it.each([
		['20.18.3', 'wrong'],
		['20.19.0', 'ok'],
		['24.1.0', 'ok'],
	])('on Node %s is %s', (version, grade) => expect(nodeVersion(version)[0]).toBe(grade))
})
