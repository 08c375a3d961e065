/**
 * `%export`: the cells that own what is alive as a program, in a file or shown.
 *
 * The session says what is alive, the front knows what the cells were, the language worker puts them together.
 */

import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { basename, resolve } from 'node:path'
import { StreamError } from '../../engine/index.js'
import type { Alive } from '../session/magics/alive.js'
import { wrongUse } from '../session/magics/usage.js'
import type { CellRun } from './dispatch.js'
import type { FrontMagic, FrontWorld } from './frontmagics.js'

/** What a file that was exported begins with: no other file is written over. */
const mark = '// Written by %export'

/** `%export [file.ts]`. */
export const exportProgram: FrontMagic = async (argument, run, world) => {
	const name = argument.replace(/^(['"])(.*)\1$/, '$2')
	if (name !== '' && !/\.m?ts$/.test(name)) throw wrongUse('export', `${name} is no .ts file`)
	const file = resolve(world.directory, name === '' ? 'app.ts' : name)
	if (name !== '' && existsSync(file) && !readFileSync(file, 'utf8').startsWith(mark)) {
		throw wrongUse('export', `${name} is there, and %export has not written it: choose another name`)
	}
	const alive = await askAlive(run, world)
	const { all } = world.sources
	const cells = all.map(({ owner, count, code }) => {
		const names = Object.entries(alive.makers).flatMap(([each, maker]) => (maker === owner ? [each] : []))
		const isAlive = !world.sources.isDeleted(owner) && (names.length > 0 || alive.owners.includes(owner))
		return { label: `cell [${count}]`, code, names, isAlive }
	})
	if (!cells.some(({ isAlive }) => isAlive)) {
		throw new StreamError('cli/usage', 'there is nothing to export', {
			where: '%export',
			remedy: 'make streams in cells first',
		})
	}
	const stem = basename(file).replace(/\.m?ts$/, '')
	const facts = { ...alive, file: name === '' ? 'app.ts' : name, checkpoint: `${stem}-checkpoint` }
	const { text, notes } = await world.language.program(cells, facts)
	const { owner } = run
	if (name === '') {
		const bundle = { 'text/markdown': `\`\`\`typescript\n${text}\`\`\``, 'text/plain': text }
		world.outputs.take({ kind: 'display', owner, bundle, metadata: {}, update: false })
	} else {
		write(file, text)
		world.outputs.stream(owner, 'stdout', `written: ${name} – rivulet run ${name}\n`)
	}
	for (const note of notes) world.outputs.stream(owner, 'stderr', `${note}\n`)
	return undefined
}

/** Asks the session what is alive, as a part of this run. */
async function askAlive(run: CellRun, { backend, directory }: FrontWorld): Promise<Alive> {
	const outcome = await backend.execute({
		kind: 'execute',
		id: run.id,
		owner: run.owner,
		label: `[${run.count}]`,
		cell: { js: '', file: `export-${run.id}.js`, linesBefore: 0, source: '', names: [], hasValue: false },
		silent: true,
		allowInput: false,
		expressions: { alive: '$rv.last($rv.alive())' },
		directory,
	})
	const told = outcome.kind === 'done' ? outcome.expressions?.alive : undefined
	if (told !== undefined && 'bundle' in told) return told.bundle['application/json'] as Alive
	throw new StreamError('session/lost', 'the session does not say what is alive', {
		where: '%export',
		cause: told,
		remedy: 'run %export again',
	})
}

function write(file: string, text: string): void {
	try {
		writeFileSync(file, text)
	} catch (cause) {
		throw new StreamError('output/path', `cannot write ${file}: ${String(cause)}`, {
			where: '%export',
			remedy: 'name a file in a folder that is there',
			cause,
		})
	}
}
