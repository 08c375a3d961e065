/** The magics that concern the front end: types, load, npm, reset, export, lsmagic. */

import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { StreamError } from '../../engine/index.js'
import type { Language, TypesMode } from '../language/contract.js'
import { type MagicIn, magicTable } from '../session/magics/catalog.js'
import { refuseArguments, wrongUse } from '../session/magics/usage.js'
import type { Backend } from './backend.js'
import type { CellRun } from './dispatch.js'
import { exportProgram } from './export.js'
import { npm } from './npm.js'
import type { Outputs } from './outputs.js'
import type { Sources } from './sources.js'

/** What these magics work with. */
export interface FrontWorld {
	readonly backend: Backend
	readonly language: Language
	readonly outputs: Outputs
	readonly directory: string
	/** The cells that have run. */
	readonly sources: Sources
	types(): TypesMode
	setTypes(mode: TypesMode): void
	/** Forgets what the session knew: it is a fresh one. */
	forgetAll(): void
}

/** What becomes of a magic: nothing more, or code that is run in its place. */
export type FrontResult = { readonly code?: string } | undefined

/** Prints, or gives code; rejects with an error for the cell. */
export type FrontMagic = (argument: string, run: CellRun, world: FrontWorld) => FrontResult | Promise<FrontResult>

const modes: readonly TypesMode[] = ['check', 'warn', 'off']
/** How long contexts may take to stop before their process is ended. */
const stopWithinMs = 5_000

const types: FrontMagic = (argument, { owner }, world) => {
	const mode = modes.find((one) => one === argument)
	if (argument !== '' && mode === undefined) throw wrongUse('types', `'${argument}' is no mode of %types`)
	if (mode !== undefined) world.setTypes(mode)
	world.outputs.stream(owner, 'stdout', `types: ${world.types()}\n`)
	return undefined
}

const lsmagic: FrontMagic = (argument, { owner }, { outputs }) => {
	refuseArguments('lsmagic', argument)
	const help = '\nMagics stand above the code of a cell; help: ?%step. ?name tells about a name.\n'
	outputs.stream(owner, 'stdout', `${magicTable()}\n${help}`)
	return undefined
}

const load: FrontMagic = (argument, _run, { directory }) => {
	if (argument === '') throw wrongUse('load', '%load needs a file')
	const path = argument.replace(/^(['"])(.*)\1$/, '$2')
	if (!/\.[cm]?[jt]s$/.test(path)) throw wrongUse('load', `${path} is no .ts or .js file`)
	try {
		return { code: readFileSync(resolve(directory, path), 'utf8') }
	} catch (cause) {
		throw new StreamError('input/path', `cannot read ${path}: ${String(cause)}`, {
			where: directory,
			remedy: 'check the path: it starts from the folder of the notebook',
			cause,
		})
	}
}

const reset: FrontMagic = async (argument, { owner }, { backend, outputs, forgetAll }) => {
	refuseArguments('reset', argument)
	await backend.restart(stopWithinMs)
	forgetAll()
	outputs.stream(owner, 'stdout', 'a fresh session: names and streams are gone\n')
	return undefined
}

/** What the magics of the front do, by name. */
export const frontMagics: Readonly<Record<MagicIn<'front'>, FrontMagic>> = {
	types,
	lsmagic,
	load,
	reset,
	npm,
	export: exportProgram,
}
