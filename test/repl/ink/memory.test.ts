import { spawnSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import { packageFile } from '../../../engine/index.js'

describe('the memory of the drawn shell', () => {
	it('stays flat over minutes of batches, live blocks and lines', () => {
		const bench = packageFile('test', 'bench', 'shell_hour.mjs')
		const env = { ...process.env, NODE_ENV: 'production' }
		const { stdout, stderr } = spawnSync(process.execPath, ['--expose-gc', bench, '4'], { encoding: 'utf8', env })
		const { lines, sixthMb, endMb } = JSON.parse(stdout.slice(stdout.indexOf('{'))) as Record<string, number>
		// Ink kept each frame that it had measured: some 5 MB in this time.
		expect([lines, (endMb ?? 0) - (sixthMb ?? 0) < 2], `${stdout}${stderr}`).toEqual([48_000, true])
	})
})
