/** Two programs on one checkpoint directory: the one that runs keeps it. */

import { readFileSync } from 'node:fs'
import { platform } from 'node:process'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { Lives, type Program } from './life.js'

let lives: Lives
beforeEach(() => {
	lives = new Lives()
})
afterEach(() => lives.end())

const program: Program = (ssc, see) => {
	ssc.rateStream(1, (i) => i).foreachRDD(see('numbers'))
}
const owner = (): string => lives.files.read('/cp/_owner').toString()
const put = (text: string): void => lives.files.put('/cp/_owner', text)

/** What the file says when the process that started this one has the directory. */
function another(): string {
	const stat = platform === 'linux' ? readFileSync(`/proc/${process.ppid}/stat`, 'utf8') : ''
	const started = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? ''
	return owner().replace(/process \d+, started at \d*/, `process ${process.ppid}, started at ${started}`)
}

describe('a checkpoint directory', () => {
	it('says which process has it, until that has stopped', async () => {
		const ssc = lives.begin(program)
		await ssc.step(2)
		expect(owner()).toMatch(new RegExp(`^process ${process.pid}, started at \\d*, on .+\n$`))
		await ssc.stop(true)
		expect(lives.names('_owner')).toEqual([])
	})
	it('is refused to a second program while the first one runs', async () => {
		const first = lives.begin(program)
		await first.step(2)
		const running = another()
		await first.stop(true)
		put(running)
		const before = lives.names('checkpoint-')
		await expect(async () => lives.begin(program).step(1)).rejects.toMatchObject({
			code: 'context/active',
			message: expect.stringMatching(new RegExp(`^process ${process.ppid} on .* runs with this checkpoint directory$`)),
			where: 'memory:/cp',
			remedy: 'stop one of them, or give each a checkpoint directory of its own',
		})
		expect([lives.names('checkpoint-'), owner()]).toEqual([before, running])
	})
	it.each<[string, () => string]>([
		['was killed', () => owner().replace(/process \d+, started at \d*/, 'process 999999999, started at 1')],
		['cannot be read from it', () => 'garbage'],
	])('is given to the next program when its process %s', async (_, left) => {
		const first = lives.begin(program)
		await first.step(1)
		const text = left()
		await first.stop(true)
		put(text)
		await lives.begin(program).step(1)
		expect([owner().includes(`process ${process.pid},`), lives.notices]).toEqual([true, []])
	})
	it('changes hands with a warning when nobody here knows whether its process runs', async () => {
		put('process 7, started at 12, on elsewhere 1234\n')
		await lives.begin(program).step(1)
		expect(lives.notices).toEqual(['process 7 on elsewhere had memory:/cp and may still run: stop it'])
	})
	it('gets no checkpoint of a program that has lost it, which is said once', async () => {
		const ssc = lives.begin(program)
		await ssc.step(2)
		put('process 7, started at 12, on elsewhere 1234\n')
		await ssc.step(3)
		expect(lives.names('checkpoint-').at(-1)).toBe('checkpoint-2000')
		expect(lives.notices).toEqual([
			expect.stringMatching(
				/^the checkpoint of batch \d+ ms is not written: process 7 on elsewhere has taken the directory$/,
			),
		])
		await ssc.stop(true)
		expect(owner()).toContain('elsewhere')
	})
})
