/**
 * `.export`: the inputs of a session as a program that `rivulet run` runs, or as a notebook.
 *
 * A program has what is alive: the inputs that own streams, and those they need. A notebook has every input that ran,
 * and commands about streams as magics.
 */

import { basename } from 'node:path'
import { StreamError } from '../../engine/index.js'
import type { Program, ProgramCell, ProgramFacts } from '../../kernel/language/contract.js'
import type { Alive } from '../../kernel/session/magics/alive.js'
import type { Recording } from '../../kernel/session/magics/recording.js'
import type { PastInput } from './shellactions.js'

/** What an export needs. */
export interface Exporting {
	/** Commands among them are for notebooks only. */
	readonly inputs: readonly PastInput[]
	alive(): Promise<Alive>
	program(cells: readonly ProgramCell[], facts: ProgramFacts): Promise<Program>
}

/**
 * The text of the file, and what its reader should know.
 * @throws cli/usage when the file is neither .ts nor .ipynb, or nothing is there to be written
 */
export async function exported(path: string, parts: Exporting): Promise<Program> {
	const ran = parts.inputs.filter(({ hasRun }) => hasRun)
	if (/\.ipynb$/.test(path)) return { text: notebookOf(ran), notes: [] }
	if (!/\.m?ts$/.test(path)) {
		throw new StreamError('cli/usage', `.export writes .ts programs and .ipynb notebooks, not '${path}'`, {
			remedy: 'name a file that ends with .ts or .ipynb',
		})
	}
	const alive = await parts.alive()
	const cells = cellsOf(
		ran.filter(({ isCommand }) => isCommand !== true),
		alive,
	)
	if (!cells.some(({ isAlive }) => isAlive)) {
		throw new StreamError('cli/usage', 'there is nothing to export', { remedy: 'make streams first' })
	}
	return parts.program(cells, { ...alive, file: path, checkpoint: checkpointOf(path) })
}

/**
 * The text of a test that replays what was recorded.
 * @throws cli/usage when a call that has made an input is not found
 */
export async function testOf(
	path: string,
	recording: Recording,
	parts: Omit<Exporting, 'program'> & { test: Exporting['program'] },
): Promise<string> {
	const alive = await parts.alive()
	const ran = parts.inputs.filter(({ hasRun }) => hasRun)
	const { text, refused } = await parts.test(cellsOf(ran, alive), { ...alive, file: path, checkpoint: '' })
	if (refused === undefined) return text
	const remedy = 'make each input by a call of its own at the prompt'
	throw new StreamError('cli/usage', refused, { where: `.test ${recording.name}`, remedy })
}

const checkpointOf = (path: string): string => `${basename(path).replace(/\.m?ts$/, '')}-checkpoint`

function cellsOf(inputs: readonly PastInput[], alive: Alive): readonly ProgramCell[] {
	return inputs.map(({ number, code }) => {
		const owner = String(number)
		const names = Object.entries(alive.makers).flatMap(([name, maker]) => (maker === owner ? [name] : []))
		return { label: `input [${number}]`, code, names, isAlive: names.length > 0 || alive.owners.includes(owner) }
	})
}

/** A notebook of the inputs (nbformat 4.5). */
function notebookOf(inputs: readonly PastInput[]): string {
	const cells = inputs.map(({ number, code }) => ({
		cell_type: 'code',
		execution_count: null,
		id: `input-${number}`,
		metadata: {},
		outputs: [],
		source: code.split(/(?<=\n)/),
	}))
	const metadata = {
		kernelspec: { display_name: 'Rivulet (TypeScript)', language: 'typescript', name: 'rivulet' },
		language_info: { file_extension: '.ts', mimetype: 'text/typescript', name: 'typescript' },
	}
	return `${JSON.stringify({ cells, metadata, nbformat: 4, nbformat_minor: 5 }, undefined, 1)}\n`
}
