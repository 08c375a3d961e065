import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, expect, it } from 'vitest'
import { packageFile } from '../../engine/index.js'
import { codeOf } from '../../kernel/language/magics.js'
import { LanguageService } from '../../kernel/language/service.js'

interface Cell {
	readonly cell_type: string
	readonly source: string
	readonly metadata: { readonly tags?: readonly string[] }
}

const folder = packageFile('notebooks')
const service = new LanguageService(folder, () => undefined)

beforeAll(() => {
	for (const _ of service.warmUp());
})

// In a kernel the first cells run before the checker is warm, and which these are depends on the machine.
it.each(readdirSync(folder).filter((name) => name.endsWith('.ipynb')))('%s has no type error in any cell', (name) => {
	service.reset()
	const { cells }: { readonly cells: readonly Cell[] } = JSON.parse(readFileSync(join(folder, name), 'utf8'))
	const found: string[] = []
	for (const [i, { cell_type: type, source, metadata }] of cells.entries()) {
		if (type !== 'code') continue
		const file = `cell-${i}.ts`
		const prepared = service.prepare(codeOf(source), { file, directory: folder, types: 'check' })
		if (prepared.status === 'ready') service.ran(file, prepared.cell.names)
		else if (metadata.tags?.includes('raises-exception') !== true) found.push(...prepared.lines)
	}
	expect(found).toEqual([])
})
