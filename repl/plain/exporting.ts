/**
 * `.export`: the inputs of a session as a program that `rivulet run` runs, or as a notebook.
 *
 * A program has what is alive: the inputs that own streams, and those they need. A notebook has every input that ran.
 */

import { basename } from 'node:path'
import { StreamError } from '../../engine/index.js'
import type { Program, ProgramCell, ProgramFacts } from '../../kernel/language/contract.js'
import type { Alive } from '../../kernel/session/magics/alive.js'
import type { PastInput } from './shellactions.js'

/** What an export needs. */
export interface Exporting {
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
	const cells = ran.map(({ number, code }): ProgramCell => {
		const owner = String(number)
		const names = Object.entries(alive.makers).flatMap(([name, maker]) => (maker === owner ? [name] : []))
		return { label: `input [${number}]`, code, names, isAlive: names.length > 0 || alive.owners.includes(owner) }
	})
	if (!cells.some(({ isAlive }) => isAlive)) {
		throw new StreamError('cli/usage', 'there is nothing to export', { remedy: 'make streams first' })
	}
	const checkpoint = `${basename(path).replace(/\.m?ts$/, '')}-checkpoint`
	return parts.program(cells, { ...alive, file: path, checkpoint })
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
