import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, readlinkSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { contentHash, type TarEntry, writeTarball } from '../../engine/storage/tarball.js'

let folder: string
beforeAll(() => {
	folder = mkdtempSync(join(tmpdir(), 'rivulet-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe('an archive', () => {
	const long = `${'a'.repeat(90)}/${'b'.repeat(90)}/c.txt`
	it('is unpacked by tar as it was put in: long paths, links, modes, files of any length', async () => {
		writeFileSync(join(folder, 'big'), Buffer.alloc(100_001, 7))
		const path = join(folder, 'x.tgz')
		await writeTarball(path, [
			{ path: 'run', text: '#!/bin/sh\n', isExecutable: true },
			{ path: long, text: 'ü' },
			{ path: 'd/big', file: join(folder, 'big') },
			{ path: 'd/link', link: `../${long}` },
			{ path: 'empty', text: '' },
		])
		const out = join(folder, 'out')
		mkdirSync(out)
		execFileSync('tar', ['-xzf', path, '-C', out])
		expect(readFileSync(join(out, long), 'utf8')).toBe('ü')
		expect(readFileSync(join(out, 'd/big')).equals(Buffer.alloc(100_001, 7))).toBe(true)
		expect(readlinkSync(join(out, 'd/link'))).toBe(`../${long}`)
		expect(statSync(join(out, 'run')).mode & 0o777).toBe(0o755)
		expect(statSync(join(out, 'empty')).size).toBe(0)
	})
	it('is named by what is in it, in whatever order', () => {
		const a: TarEntry = { path: 'a', text: '1' }
		const b: TarEntry = { path: 'b', text: '2' }
		expect(contentHash([a, b])).toBe(contentHash([b, a]))
		for (const other of [
			{ ...a, path: 'c' },
			{ ...a, text: '3' },
			{ ...a, isExecutable: true },
		]) {
			expect(contentHash([other, b])).not.toBe(contentHash([a, b]))
		}
	})
})
