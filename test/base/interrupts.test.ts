import { afterEach, describe, expect, it } from 'vitest'
import { inBatch } from '../../engine/base/batchscope.js'
import { setHost } from '../../engine/base/host.js'
import { interruptTasks, whileInterruptible, whileStepping } from '../../engine/base/interrupts.js'
import { Time } from '../../engine/base/time.js'

afterEach(() => setHost({}))

/** Work of two cells, of which the second also has an output operation that runs; gives what an interrupt ended. */
function interrupted(group: string | undefined): string[] {
	const ended: string[] = []
	const works = (
		[
			['view of cell 1', 'cell 1', false],
			['job of cell 2', 'cell 2', false],
			['batch of cell 2', 'cell 2', true],
		] as const
	).map(([name, owner, isOfBatch]) => {
		setHost({ group: () => owner })
		const listen = () => whileInterruptible(() => void ended.push(name))
		return isOfBatch ? inBatch({ time: new Time(1_000), outputId: 0 }, listen) : listen()
	})
	interruptTasks(new Error('Interrupted'), group)
	for (const over of works) over()
	interruptTasks(new Error('Interrupted'))
	return ended
}

describe('an interrupt', () => {
	it('of a cell that runs ends its jobs, and nothing of batches and views', () =>
		expect(interrupted('cell 2')).toEqual(['job of cell 2']))
	it('ends everything when no cell runs', () =>
		expect(interrupted(undefined)).toEqual(['view of cell 1', 'job of cell 2', 'batch of cell 2']))
	it('ends the batches that a cell steps through', async () =>
		expect(await whileStepping(() => Promise.resolve(interrupted('cell 2')))).toHaveLength(3))
})
