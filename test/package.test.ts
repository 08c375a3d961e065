import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const root = new URL('..', import.meta.url).pathname
let folder = ''

/** The packed package in an empty folder, its dependencies beside it. */
beforeAll(() => {
	folder = mkdtempSync(join(tmpdir(), 'rivulet-pack-'))
	const modules = join(folder, 'node_modules')
	mkdirSync(join(modules, 'rivulet'), { recursive: true })
	execFileSync('npm', ['pack', '--ignore-scripts', '--pack-destination', folder], { cwd: root, stdio: 'ignore' })
	const archive = readdirSync(folder).find((name) => name.endsWith('.tgz')) as string
	execFileSync('tar', ['-xzf', join(folder, archive), '-C', join(modules, 'rivulet'), '--strip-components=1'])
	for (const name of readdirSync(join(root, 'node_modules'))) {
		if (!name.startsWith('.')) symlinkSync(join(root, 'node_modules', name), join(modules, name))
	}
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const node = (...args: string[]): string => execFileSync(process.execPath, args, { cwd: folder, encoding: 'utf8' })
const command = 'node_modules/rivulet/dist/front/rivulet.js'

describe('the packed package', () => {
	it('runs its demonstration', () => {
		expect(node(command, '--demo', '--batches', '2')).toContain('sampleStream')
	})

	it('is imported by a program with its types', () => {
		writeFileSync(
			join(folder, 'app.ts'),
			`import { ManualClock, Seconds, SparkConf, StreamingContext, type DStream } from 'rivulet'
const ssc = new StreamingContext(new SparkConf().setMaster('local').setAppName('x'), Seconds(1), { clock: new ManualClock() })
const counts: DStream<[string, number]> = ssc.script([['a b a']]).flatMap((l) => l.split(' ')).map((w) => [w, 1]).reduceByKey((a, b) => a + b)
counts.print()
await ssc.step()
await ssc.stop()
`,
		)
		expect(node(command, 'run', 'app.ts')).toContain('(a,2)')
	})

	it('has everything that its manifest names', () => {
		const manifest = JSON.parse(readFileSync(join(folder, 'node_modules/rivulet/package.json'), 'utf8'))
		const files = [...Object.values<string>(manifest.bin), 'dist/engine/index.d.ts', 'dist/kernel/display/index.d.ts']
		for (const file of files) expect(readFileSync(join(folder, 'node_modules/rivulet', file), 'utf8')).not.toBe('')
	})
})
