import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { packageFile } from '../../../engine/index.js'
import { isPlain } from '../../../repl/cli/plainmodules.js'

const folder = mkdtempSync(join(tmpdir(), 'rivulet-plain-'))
afterAll(() => rmSync(folder, { recursive: true }))
mkdirSync(join(folder, 'node_modules'))
symlinkSync(packageFile(), join(folder, 'node_modules', 'rivulet'))
for (const [name, text] of Object.entries({
	'one.js': "export * from './two.js'\n",
	'two.js': "import './one.js'\nimport { Seconds } from 'rivulet'\nexport const two = Seconds(2)\n",
	'typed.ts': 'export const n: number = 1\n',
	'usestyped.js': "import './typed.ts'\n",
})) {
	writeFileSync(join(folder, name), text)
}
const engine = JSON.stringify(packageFile('dist', 'engine', 'index.js'))

describe('a program is plain', () => {
	const cases: readonly (readonly [what: string, text: string, isPlain: boolean])[] = [
		['without imports', 'console.log(1)', true],
		['with modules of Node', 'import { join } from \'node:path\'\nimport fs from "fs"', true],
		['with this package', "import{Seconds}from'rivulet'", true],
		['with this package by its file', `import { Seconds } from ${engine}`, true],
		['with files of its own that import each other', "import { two } from './one.js'", true],
		['when it loads a file while it runs', "const { two } = await import('./one.js')", true],
		['but not with TypeScript', "import { n } from './typed.ts'", false],
		['but not with TypeScript under the name of what it becomes', "import { n } from './typed.js'", false],
		['but not with TypeScript behind another file', "import './usestyped.js'", false],
		['but not with other packages, which may import this one', "import x from 'some-package'", false],
		['but not with a name that is computed', "await import('./' + process.argv[2])", false],
		['but not with a name that is changed', "await import('./one.js'.replace('one', 'two'))", false],
		['but not with a name in a template', 'await import(`./one.js`)', false],
		['but not with a comment before a name', "import x from /* here */ './one.js'", false],
		['but not with require', "const fs = require('fs')", false],
		['but not with threads', "new Worker('./one.js')", false],
		['but not when it asks what a name means', "import.meta.resolve('rivulet')", false],
		['but not with a file that is not there', "import './missing.js'", false],
	]
	for (const [what, text, expected] of cases) {
		it(what, () => {
			const file = join(folder, 'program.mjs')
			writeFileSync(file, text)
			expect(isPlain(file, packageFile())).toBe(expected)
		})
	}

	it('but not where this package cannot be found without the hooks', () => {
		const elsewhere = mkdtempSync(join(tmpdir(), 'rivulet-plain-'))
		const file = join(elsewhere, 'program.mjs')
		writeFileSync(file, "import { Seconds } from 'rivulet'")
		expect(isPlain(file, packageFile())).toBe(false)
		rmSync(elsewhere, { recursive: true })
	})
})
