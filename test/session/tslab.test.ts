import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { setDisplaySink } from '../../kernel/display/index.js'
import { Imports } from '../../kernel/session/imports.js'

const imports = new Imports(() => undefined)

/** The parts of tslab 1.0.22 that its display API goes through; the real package is in test/integration. */
const transport = 'exports.lastWriteDisplayData = null'
const api = `
	const jupyter = require('./jupyter')
	exports.newDisplay = (id = 'd1', update) => ({
		html(s) {
			jupyter.lastWriteDisplayData({ data: { 'text/html': s }, metadata: {}, transient: { display_id: id } }, update)
			update = true
		},
	})
	exports.display = { html: (s) => exports.newDisplay(undefined).html(s) }`

let folder: string
const shown: unknown[] = []
beforeEach(() => {
	folder = mkdtempSync(join(tmpdir(), 'rv-'))
	shown.length = 0
	setDisplaySink({
		display: (bundle, _metadata, displayId, update) => shown.push([bundle, displayId, update]),
		clear: () => undefined,
		viewOpened: () => undefined,
		viewFrame: () => undefined,
		viewClosed: () => undefined,
		viewShown: () => undefined,
	})
})
afterEach(() => {
	setDisplaySink()
	rmSync(folder, { recursive: true, force: true })
})

function install(files: Readonly<Record<string, string>>): void {
	const dist = join(folder, 'node_modules', 'tslab', 'dist')
	mkdirSync(dist, { recursive: true })
	writeFileSync(join(dist, '..', 'package.json'), JSON.stringify({ name: 'tslab', main: 'dist/public.js' }))
	for (const [name, text] of Object.entries(files)) writeFileSync(join(dist, name), text)
}

describe('tslab in a cell', () => {
	it('shows its displays in the cell, one that is written again in place', async () => {
		install({ 'jupyter.js': transport, 'public.js': api })
		const tslab = (await imports.import(folder, 'tslab')) as { newDisplay(): { html(s: string): void } }
		const one = tslab.newDisplay()
		one.html('<b>a</b>')
		one.html('<b>b</b>')
		expect(shown).toEqual([
			[{ 'text/html': '<b>a</b>', 'text/plain': 'a' }, 'd1', false],
			[{ 'text/html': '<b>b</b>', 'text/plain': 'b' }, 'd1', true],
		])
	})

	it.each([
		['is not installed', undefined, 'npm install tslab'],
		['has no such transport', { 'jupyter.js': '', 'public.js': 'exports.display = {}' }, 'tslab@1.0.22'],
		['has another layout', { 'public.js': 'exports.display = {}' }, 'tslab@1.0.22'],
	])('that %s says how to install it', async (_, files, remedy) => {
		if (files !== undefined) install(files)
		await expect(imports.import(folder, 'tslab')).rejects.toMatchObject({
			code: 'language/import',
			remedy: expect.stringContaining(remedy),
		})
	})
})
