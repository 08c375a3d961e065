import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { commands } from '../../../repl/cli/commands.js'
import { rivulet } from './process.js'

const folder = mkdtempSync(join(tmpdir(), 'rivulet-cli-'))
writeFileSync(join(folder, 'notes.txt'), '')
afterAll(() => rmSync(folder, { recursive: true }))

describe('a wrong call', () => {
	it.each<[readonly string[], string]>([
		[['foo'], "unknown command 'foo' – see rivulet help"],
		[['instal'], "unknown command 'instal' – did you mean 'install'?"],
		[['app.ts'], "unknown command 'app.ts' – to run that file: rivulet run app.ts"],
		[['help', 'foo'], "unknown command 'foo' – see rivulet help"],
		[['--bogus'], 'unknown option --bogus – see rivulet shell --help'],
		[['--batches', '0'], "--batches must be a whole number at least 1, but got '0'"],
		[['--interval', 'soon'], "--interval 'soon' is no positive duration – write '500ms', '2s' or '1 min'"],
		[['run'], '<file.ts> is missing – see rivulet run --help'],
		[['run', 'nowhere.ts'], 'no such file: nowhere.ts'],
		[['run', 'notes.txt'], 'notes.txt is no program – give a .ts, .mts, .js or .mjs file'],
		[['serve-text'], '<port> is missing – see rivulet serve-text --help'],
		[['serve-text', '99999'], "the port must be a whole number from 0 to 65535, but got '99999'"],
		[['serve-text', '0', '--file', 'nowhere.txt'], 'no such file: nowhere.txt'],
		[['serve-text', '0', '--file', 'notes.txt'], 'notes.txt is empty'],
		[['serve-text', '0', '--host', 'a/b'], "'a/b' is no host name or address"],
		[['install', '--user', '--sys-prefix'], '--user and --sys-prefix contradict each other – give one of them'],
		[['kernel', 'nowhere.json'], 'no such connection file: nowhere.json'],
	])('rivulet %j is said in one line and exit code 2', async (args, line) => {
		const { code, out, err } = await rivulet(args, folder)
		expect([code, out, err]).toEqual([2, '', `rivulet: ${line}\n`])
	})

	it('a port in use is one', async () => {
		const server = createServer()
		await new Promise<void>((resolve) => server.listen(0, 'localhost', resolve))
		const address = server.address()
		const port = typeof address === 'object' ? address?.port : undefined
		const { code, err } = await rivulet(['serve-text', String(port)], folder)
		server.close()
		const line = `rivulet: port ${port} of localhost is in use – choose another port, or 0 for any free one\n`
		expect([code, err]).toEqual([2, line])
	})
})

describe('help', () => {
	it('lists every command and the options of the shell, and fits on a terminal of 110 columns', async () => {
		const { code, out } = await rivulet(['--help'], folder)
		const missing = commands.filter(({ name }) => !new RegExp(`^  ${name}\\b`, 'm').test(out))
		const wide = out.split('\n').filter((line) => line.length > 110)
		expect([code, missing, wide, out.includes('--batches N')]).toEqual([0, [], [], true])
	})

	it.each(commands.map(({ name }) => name))('is there for %s', async (name) => {
		const { code, out, err } = await rivulet([name, '--help'], folder)
		expect([code, err, out.startsWith(`Usage: rivulet ${name}`)]).toEqual([0, '', true])
	})

	it('version is a name and a number', async () =>
		expect((await rivulet(['version'], folder)).out).toMatch(/^rivulet \d+\.\d+\.\d+\n$/))
})
