/** A process that tries stages as a worker would: gets their bytes and some records, and says whether they ran. */

import { receiveFunction } from '../../closure/ship.js'
import { inTask, type RunningTask } from '../../rdd/taskcontext.js'
import type { BroadcastContent } from '../broadcastfiles.js'
import { setBroadcast, unloadCargo } from '../cargo.js'
import type { StageProgram } from '../program.js'
import { runStage } from './stagework.js'

/** A stage to try. */
export interface Trial {
	readonly stage: Uint8Array
	readonly broadcasts: readonly Uint8Array[]
	readonly frames: readonly Uint8Array[]
}

/** What became of it: undefined when it ran, else what it said. */
export interface Verdict {
	readonly problem: string | undefined
}

const task: RunningTask = {
	partitionId: 0,
	stageId: 0,
	attemptNumber: 0,
	batchTime: undefined,
	addTaskCompletionListener: () => undefined,
}

async function run({ stage, broadcasts, frames }: Trial): Promise<void> {
	for (const bytes of broadcasts) {
		const { id, value } = (await receiveFunction(bytes, unloadCargo)) as BroadcastContent
		setBroadcast(id, id, value)
	}
	const program = (await receiveFunction(stage, unloadCargo)) as StageProgram
	const left = frames.map((frame) => Buffer.from(frame))
	const port = { next: () => left.shift(), write: () => undefined }
	await inTask(task, () => runStage(program, port, task))
}

const messageOf = (thrown: unknown): string =>
	thrown instanceof Error ? `${thrown.name}: ${thrown.message}` : String(thrown)

process.on('message', (trial: Trial) => {
	run(trial).then(
		() => process.send?.({ problem: undefined } satisfies Verdict),
		(thrown: unknown) => process.send?.({ problem: messageOf(thrown) } satisfies Verdict),
	)
})
