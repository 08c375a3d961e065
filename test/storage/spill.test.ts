/** The directory of files: there when needed, gone with the context, the process, or the next process. */

import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { packageFile } from '../../engine/index.js'
import { SpillDirectory, type SpilledFile } from '../../engine/storage/spill.js'

let parent = ''
beforeEach(() => {
	parent = mkdtempSync(join(tmpdir(), 'rivulet-test-'))
})
afterEach(() => rmSync(parent, { recursive: true, force: true }))

const some = Buffer.from('some bytes')

describe('the directory', () => {
	it('is made by the first write, and removed with its files', () => {
		const spill = new SpillDirectory(parent)
		expect([spill.path, readdirSync(parent)]).toEqual([undefined, []])
		const file = spill.write(some)
		expect(Buffer.from(spill.read(file) as Uint8Array)).toEqual(some)
		spill.remove()
		expect([spill.read(file), readdirSync(parent)]).toEqual([undefined, []])
	})
	it('is made where nothing was, and is nobody else’s to read', () => {
		const spill = new SpillDirectory(join(parent, 'not', 'there'))
		spill.write(some)
		expect(statSync(spill.path as string).mode & 0o077).toBe(0)
		spill.remove()
	})
	it('says what to do when it cannot be made', () => {
		writeFileSync(join(parent, 'taken'), '')
		expect(() => new SpillDirectory(join(parent, 'taken')).write(some)).toThrow(join(parent, 'taken'))
	})
	it('is made again by a later write', () => {
		const spill = new SpillDirectory(parent)
		spill.write(some)
		spill.remove()
		expect(spill.read(spill.write(some))).toBeDefined()
		spill.remove()
	})
	it('of a dead process of this host is removed, others stay', () => {
		const dead = spawnSync(process.execPath, ['-e', '']).pid
		const names = [
			`rivulet-kept-${hostname()}-${dead}-1`,
			`rivulet-kept-${hostname()}-${process.pid}-1`,
			`rivulet-kept-elsewhere-${dead}-1`,
			'rivulet-kept',
		]
		for (const name of names) mkdirSync(join(parent, name))
		const spill = new SpillDirectory(parent)
		spill.write(some)
		const left = readdirSync(parent)
		expect(names.map((name) => left.includes(name))).toEqual([false, true, true, true])
		spill.remove()
	})
	it.each([
		['ends', 0, 'process.exit(3)'],
		['fails', 0, 'throw new TypeError("x")'],
		['is killed', 1, 'process.kill(process.pid, "SIGKILL")'],
	])('of a process that %s leaves %i behind', (_, left, end) => {
		const module = pathToFileURL(packageFile('dist', 'engine', 'storage', 'spill.js')).href
		const script = `import { SpillDirectory } from '${module}'
			new SpillDirectory(${JSON.stringify(parent)}).write(Buffer.from('x'))
			${end}`
		spawnSync(process.execPath, ['--input-type=module', '-e', script])
		expect(readdirSync(parent)).toHaveLength(left)
	})
})

describe('a file', () => {
	const damages: [string, (file: SpilledFile) => void][] = [
		['is gone', ({ path }) => rmSync(path)],
		['is cut short', ({ path }) => writeFileSync(path, readFileSync(path).subarray(1))],
		['was overwritten', ({ path, sizeBytes }) => writeFileSync(path, Buffer.alloc(sizeBytes))],
	]
	it.each(damages)('that %s is not read', (_, damage) => {
		const spill = new SpillDirectory(parent)
		const file = spill.write(some)
		damage(file)
		expect(spill.read(file)).toBeUndefined()
		spill.remove()
	})
	it('that cannot be written says where', () => {
		writeFileSync(join(parent, 'taken'), '')
		const spill = new SpillDirectory(parent)
		spill.write(some)
		rmSync(spill.path as string, { recursive: true })
		writeFileSync(spill.path as string, '')
		expect(() => spill.write(some)).toThrow(spill.path)
		rmSync(spill.path as string)
		spill.remove()
	})
})
