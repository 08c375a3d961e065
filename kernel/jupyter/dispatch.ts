/**
 * What the code of a request asks for: help, magics of the front, and code, which is prepared and run in the session.
 *
 *   cell ──steps──▶ front: done here         code: prepared, run in the session         shown: published as it is
 *
 * All executions of one cell belong to one run of it: the later ones continue the first, so that what the cell made
 * before is replaced once.
 */

import type { Language, TypesMode } from '../language/contract.js'
import { withMagics } from '../language/magiccell.js'
import { magicHelp } from '../language/magichelp.js'
import { codeOf, type Step, stepsOf } from '../language/magics.js'
import type { Backend } from './backend.js'
import { type Ended, endOf, interruptedError } from './ended.js'
import { type FrontWorld, frontMagics } from './frontmagics.js'
import type { Outputs } from './outputs.js'
import { helpAt } from './replies.js'
import { Sources } from './sources.js'

/** What cells are run with. */
export interface DispatchParts {
	readonly backend: Backend
	readonly language: Language
	readonly outputs: Outputs
	readonly directory: string
}

/** One run of one cell. */
export interface CellRun {
	readonly id: string
	readonly owner: string
	readonly count: number
	readonly isSilent: boolean
	/** Whether it has a number of its own. */
	readonly isCounted: boolean
	readonly allowInput: boolean
	/** The request's `user_expressions`. */
	readonly expressions: unknown
	/** Aborted when the cell is interrupted. */
	readonly signal: AbortSignal
}

type CodeStep = Extract<Step, { readonly kind: 'code' }>

/** Where an execution stands in its cell. */
interface Place {
	readonly nth: number
	/** The request's expressions are evaluated with it. */
	readonly isLast: boolean
	/** No code follows, so its value is the cell's. */
	readonly hasValue: boolean
}

const ok: Ended = { status: 'ok' }

/** Whether a step runs anything. */
const isCode = (step: Step): boolean =>
	step.kind === 'code'
		? step.calls.length > 0 || step.code.trim() !== ''
		: step.kind === 'front' && step.call.name === 'load'

/** Runs cells, one at a time. */
export class Dispatcher {
	readonly #parts: DispatchParts
	readonly #world: FrontWorld
	/** Which owner a cell file belonged to, for findings of the checker that come late. */
	readonly #ownerOfFile = new Map<string, string>()
	readonly #sources = new Sources()
	/** The names that cells have made. */
	readonly #names = new Set<string>()
	#types: TypesMode = 'check'

	constructor(parts: DispatchParts) {
		this.#parts = parts
		this.#world = {
			...parts,
			sources: this.#sources,
			types: () => this.#types,
			setTypes: (mode) => {
				this.#types = mode
			},
			forgetAll: () => {
				this.forgetAll()
				parts.language.reset()
				parts.outputs.reset()
			},
		}
	}

	/** The owner of a cell file that has been run. */
	ownerOf(file: string): string | undefined {
		return this.#ownerOfFile.get(file)
	}

	/** Runs a cell. Rejects with an error of the front. */
	async run(code: string, run: CellRun): Promise<Ended> {
		const help = /^\s*(?:\?{1,2}\s*(%{0,2}[\w$.]+)|(%{0,2}[\w$.]+)\?{1,2})\s*$/.exec(code)
		if (help !== null) return this.#help(help[1] ?? help[2] ?? '')
		return this.#steps(stepsOf(code), code, run)
	}

	/** These cells are gone. */
	deleted(owners: readonly string[]): void {
		this.#sources.deleted(owners)
	}

	/** The session has died, and with it all names. */
	forgetAll(): void {
		this.#names.clear()
		this.#sources.clear()
	}

	async #steps(steps: readonly Step[], source: string, run: CellRun): Promise<Ended> {
		let ended = ok
		let executions = 0
		const codes: string[] = []
		for (const [i, step] of steps.entries()) {
			if (run.signal.aborted) return { status: 'error', error: interruptedError }
			switch (step.kind) {
				case 'shown':
					this.#show(step, run.owner)
					break
				case 'front': {
					const said = await frontMagics[step.call.name as keyof typeof frontMagics](
						step.call.argument,
						run,
						this.#world,
					)
					if (said?.code !== undefined) {
						codes.push(said.code)
						const loaded: CodeStep = { kind: 'code', calls: [], code: said.code, manner: 'run', isJavaScript: false }
						const hasValue = !steps.slice(i + 1).some(isCode)
						const place = { nth: executions++, isLast: false, hasValue }
						ended = await this.#execute(loaded, said.code, run, place)
					}
					break
				}
				case 'code':
					ended = await this.#execute(step, source, run, {
						nth: executions++,
						isLast: i === steps.length - 1,
						hasValue: !steps.slice(i + 1).some(isCode),
					})
					break
				default:
					step satisfies never
			}
			if (ended.status === 'error') return ended
		}
		codes.push(codeOf(source))
		if (run.isCounted) this.#sources.ran({ owner: run.owner, count: run.count, code: codes.join('\n') })
		return ended
	}

	async #execute(step: CodeStep, source: string, run: CellRun, place: Place): Promise<Ended> {
		const { nth, isLast } = place
		const { language, outputs, backend, directory } = this.#parts
		const name = [`cell-${run.count}`, ...(run.isCounted ? [] : [run.id]), ...(isLast ? [] : [`part${nth + 1}`])].join(
			'-',
		)
		const file = `${name}.${step.isJavaScript ? 'js' : 'ts'}`
		this.#ownerOfFile.set(file, run.owner)
		const options = { file, directory, types: this.#types, ...(step.isJavaScript ? { language: 'js' as const } : {}) }
		const prepared = await language.prepare(step.code, options)
		if (run.signal.aborted) return { status: 'error', error: interruptedError }
		if (prepared.status === 'refused') {
			const error = { name: prepared.syntax ? 'SyntaxError' : 'TypeScriptError', frames: [] }
			const message = prepared.diagnostics[0]?.message ?? 'the cell cannot be run'
			return { status: 'error', error: { ...error, message, lines: prepared.lines } }
		}
		for (const { message, line, column, elsewhere } of prepared.notes) {
			outputs.stream(run.owner, 'stderr', `${elsewhere?.file ?? file}:${line}:${column} - ${message}\n`)
		}
		const { calls, manner } = step
		const facts = calls.some((call) => call.name === 'who') ? { who: await this.#namedTypes() } : {}
		const cell = withMagics(prepared.cell, { calls, manner, facts, source })
		const outcome = await backend.execute({
			kind: 'execute',
			id: run.id,
			owner: run.owner,
			label: `[${run.count}]`,
			cell: place.hasValue ? cell : { ...cell, hasValue: false },
			silent: run.isSilent,
			allowInput: run.allowInput,
			...(isLast ? { expressions: await this.#expressions(run.expressions, run.id) } : {}),
			directory,
			continues: nth > 0,
		})
		if (outcome.kind === 'done') {
			language.ran(file, outcome.names)
			for (const known of outcome.names) this.#names.add(known)
		}
		return endOf(outcome, run.signal.aborted)
	}

	async #help(name: string): Promise<Ended> {
		const magic = magicHelp(name)
		if (magic !== undefined && name.startsWith('%')) return { status: 'ok', page: { 'text/plain': magic } }
		const found = await helpAt(this.#parts.language, name, name.length)
		const none = `no help for '${name}': there is no such ${name.startsWith('%') ? 'magic, see %lsmagic' : 'name'}`
		return { status: 'ok', page: found ?? { 'text/plain': none } }
	}

	/** What the checker says the names of cells are. */
	async #namedTypes(): Promise<Readonly<Record<string, string>>> {
		const types: Record<string, string> = {}
		await this.#parts.language.warm
		for (const name of this.#names) {
			const found = await this.#parts.language.inspect(name, name.length)
			const type = found?.signature.replace(/\s+/g, ' ').replace(/^(const|let|var|function) [\w$]+(: )?/, '')
			// Of a constant the checker says its value, which is seen anyway.
			if (type !== undefined && !/^(|-?\d.*|["'`].*|true|false)$/.test(type)) types[name] = type
		}
		return types
	}

	/** User expressions as JavaScript; one that cannot be parsed throws what is wrong when it is evaluated. */
	async #expressions(asked: unknown, id: string): Promise<Record<string, string>> {
		const prepared: Record<string, string> = {}
		if (typeof asked !== 'object' || asked === null) return prepared
		for (const [name, code] of Object.entries(asked)) {
			const file = `expression-${id}-${name}.ts`
			const { language, directory } = this.#parts
			const one = await language.prepare(String(code), { file, directory, types: 'off' })
			const reason = one.status === 'ready' ? '' : (one.diagnostics[0]?.message ?? 'not an expression')
			prepared[name] = one.status === 'ready' ? one.cell.js : `throw new SyntaxError(${JSON.stringify(reason)})`
		}
		return prepared
	}

	#show({ mime, text }: Extract<Step, { readonly kind: 'shown' }>, owner: string): void {
		const bundle = { [mime]: text, 'text/plain': text }
		this.#parts.outputs.take({ kind: 'display', owner, bundle, metadata: {}, update: false })
	}
}
