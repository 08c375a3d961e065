import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'

const root = new URL('..', import.meta.url).pathname
const readme = readFileSync(join(root, 'README.md'), 'utf8')
const programs = [...readme.matchAll(/```ts\n([\s\S]*?)```/g)].map((match) => match[1] as string)

describe('README', () => {
	it('has tables that are up to date', () => {
		execFileSync(process.execPath, ['test/build/readme.mjs', '--check'], { cwd: root })
	})

	it.each(programs.map((program, i) => [i + 1, program] as const))(
		'program %i runs',
		(_, program) => {
			const folder = mkdtempSync(join(tmpdir(), 'rivulet-readme-'))
			try {
				const file = join(folder, 'program.ts')
				writeFileSync(file, program)
				const main = join(root, 'dist/repl/cli/main.js')
				expect(execFileSync(process.execPath, [main, 'run', file], { cwd: folder, encoding: 'utf8' })).toContain(
					'Time: ',
				)
			} finally {
				rmSync(folder, { recursive: true, force: true })
			}
		},
		60_000,
	)
})
