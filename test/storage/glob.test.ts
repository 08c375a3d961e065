/** Patterns of paths, and which file system a path belongs to. */

import { resolve } from 'node:path'
import { expect, test } from 'vitest'
import { locate } from '../../engine/storage/filesystem.js'
import { globStatus } from '../../engine/storage/glob.js'
import '../../engine/storage/localfiles.js'
import { memoryFiles } from '../support/memoryfiles.js'

const tree = ['/a/1/x.txt', '/a/2/x.txt', '/a/2/y.log', '/b/1/x.txt', '/b/c+d.txt', '/b/[e].txt']

test.each([
	['/a/1/x.txt', ['/a/1/x.txt']],
	['/a/*', ['/a/1', '/a/2']],
	['/*/1/x.txt', ['/a/1/x.txt', '/b/1/x.txt']],
	['/a/?/*.txt', ['/a/1/x.txt', '/a/2/x.txt']],
	['/a/[2-9]/*', ['/a/2/x.txt', '/a/2/y.log']],
	['/a/[^2]/*', ['/a/1/x.txt']],
	['/a/2/{x.txt,y.log}', ['/a/2/x.txt', '/a/2/y.log']],
	['/{a/1,b/{1,2}}/x.txt', ['/a/1/x.txt', '/b/1/x.txt']],
	['/b/c+*.txt', ['/b/c+d.txt']],
	['/none/*', []],
	['/none', []],
])('the pattern %s names what it matches, in order', (pattern, expected) => {
	const files = memoryFiles()
	for (const path of tree) files.put(path, '')
	expect(globStatus(files, pattern).map(({ path }) => path)).toEqual(expected)
})

test.each([
	['data/x', resolve('data/x')],
	['/data/x', '/data/x'],
	['file:/data/x', '/data/x'],
	['file:///data/x', '/data/x'],
])('%s is a local path', (path, expected) => {
	const located = locate(path)
	expect([located.path, located.files.shown(located.path)]).toEqual([expected, `file:${expected}`])
})

test('an unknown scheme is refused with the known ones', () => {
	expect(() => locate('gopher://x/y')).toThrow('No FileSystem for scheme "gopher"')
})
