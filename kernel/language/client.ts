/**
 * The front's end of the language service: starts the worker thread, asks it, replaces it when it dies.
 *
 * Contract: a death of the worker rejects what is pending; the next request starts a fresh worker that is told the cells
 * that ran before. The thread keeps the process alive only while an answer, or `warm`, is waited for.
 */

import { pathToFileURL } from 'node:url'
import { Worker } from 'node:worker_threads'
import { packageFile, StreamError } from '../../engine/index.js'
import type { Recording } from '../session/magics/recording.js'
import type {
	Completeness,
	Completions,
	Diagnostic,
	Inspection,
	Language,
	Late,
	Prepared,
	Program,
	ProgramCell,
	ProgramFacts,
} from './contract.js'
import type { ModuleAnswer } from './modules.js'
import type { FromWorker, Request, ToWorker } from './protocol.js'

/** How a language service is started. */
export interface LanguageOptions {
	/** The folder that completions resolve relative imports from; each cell names its own. */
	readonly directory: string
	/** What is found about a cell that was prepared while the checker was cold. Called only when there is something. */
	readonly onLate?: (late: Late) => void
}

/** Starts the language worker; it warms up in the background. */
export function startLanguage(options: LanguageOptions): Language {
	return new Client(options)
}

interface Pending {
	resolve(value: unknown): void
	reject(reason: StreamError): void
}

interface KnownCell {
	readonly code: string
	readonly directory: string
	readonly language?: 'js'
	names?: readonly string[]
}

class Client implements Language {
	readonly #options: LanguageOptions
	readonly #pending = new Map<number, Pending>()
	readonly #cells = new Map<string, KnownCell>()
	readonly #warm: Promise<void>
	#settleWarm: { readonly resolve: () => void; readonly reject: (reason: StreamError) => void } | undefined
	#worker: Worker | undefined
	#nextId = 1
	#awaitsWarm = false
	#isWarm = false

	constructor(options: LanguageOptions) {
		this.#options = options
		this.#warm = new Promise((resolve, reject) => {
			this.#settleWarm = { resolve, reject }
		})
		// Whoever awaits it hears of a failure, and so does every request.
		this.#warm.catch(() => undefined)
		this.#start()
	}

	get warm(): Promise<void> {
		if (!this.#isWarm) {
			this.#awaitsWarm = true
			this.#worker?.ref()
		}
		return this.#warm
	}

	prepare(code: string, options: Parameters<Language['prepare']>[1]): Promise<Prepared> {
		this.#cells.set(options.file, { code, ...options })
		return this.#ask({ kind: 'prepare', code, ...options }) as Promise<Prepared>
	}

	ran(file: string, names: readonly string[]): void {
		const cell = this.#cells.get(file)
		if (cell !== undefined) cell.names = names
		this.#worker?.postMessage({ kind: 'ran', file, names } satisfies ToWorker)
	}

	complete(code: string, offset: number): Promise<Completions> {
		return this.#ask({ kind: 'complete', code, offset }) as Promise<Completions>
	}

	inspect(code: string, offset: number): Promise<Inspection | undefined> {
		return this.#ask({ kind: 'inspect', code, offset }) as Promise<Inspection | undefined>
	}

	explain(code: string, offset: number): Promise<string | undefined> {
		return this.#ask({ kind: 'explain', code, offset }) as Promise<string | undefined>
	}

	diagnose(code: string): Promise<readonly Diagnostic[]> {
		return this.#ask({ kind: 'diagnose', code }) as Promise<readonly Diagnostic[]>
	}

	isComplete(code: string): Promise<Completeness> {
		return this.#ask({ kind: 'isComplete', code }) as Promise<Completeness>
	}

	async compile({ id, file, source }: Parameters<Language['compile']>[0]): ReturnType<Language['compile']> {
		// A cell waits for the answer, whatever it is.
		const failed = (thrown: unknown): ModuleAnswer => ({ report: [String(thrown)] })
		const answer = await (this.#ask({ kind: 'compile', code: source, file }) as Promise<ModuleAnswer>).catch(failed)
		return { kind: 'compiled', id, ...answer }
	}

	program(cells: readonly ProgramCell[], facts: ProgramFacts): Promise<Program> {
		return this.#ask({ kind: 'program', cells, facts }) as Promise<Program>
	}

	test(cells: readonly ProgramCell[], facts: ProgramFacts, recording: Recording): Promise<Program> {
		return this.#ask({ kind: 'program', cells, facts, recording }) as Promise<Program>
	}

	forgetFiles(): void {
		this.#worker?.postMessage({ kind: 'forgetFiles' } satisfies ToWorker)
	}

	reset(): void {
		this.#cells.clear()
		this.#worker?.postMessage({ kind: 'reset' } satisfies ToWorker)
	}

	async stop(): Promise<void> {
		const worker = this.#worker
		this.#worker = undefined
		this.#fail('the language service was stopped')
		await worker?.terminate()
	}

	#ask(request: Request): Promise<unknown> {
		const worker = this.#worker ?? this.#start()
		const id = this.#nextId++
		return new Promise((resolve, reject) => {
			this.#pending.set(id, { resolve, reject })
			worker.ref()
			worker.postMessage({ kind: 'request', id, request } satisfies ToWorker)
		})
	}

	#start(): Worker {
		const worker = new Worker(pathToFileURL(packageFile('dist', 'front', 'language.js')), {
			workerData: { directory: this.#options.directory },
			// The front's own flags (a loader, an inspector) are not for the compiler's thread.
			execArgv: [],
			// Two thirds less than V8 takes by itself: some 15 MB for no time that could be measured.
			resourceLimits: { maxYoungGenerationSizeMb: 12 },
		})
		worker.unref()
		worker.on('message', (message: FromWorker) => {
			if (worker === this.#worker) this.#onMessage(message)
		})
		worker.on('error', (cause: Error) => this.#onDeath(worker, cause.message, cause))
		worker.on('exit', (code) => this.#onDeath(worker, `it ended with code ${code}`))
		this.#worker = worker
		for (const [file, { code, directory, language, names }] of this.#cells) {
			if (names === undefined) continue
			worker.postMessage({ kind: 'replay', code, file, directory, language, names } satisfies ToWorker)
		}
		return worker
	}

	#onMessage(message: FromWorker): void {
		switch (message.kind) {
			case 'answer':
				this.#take(message.id)?.resolve(message.value)
				return
			case 'failed': {
				const parts = { where: 'language service', cause: message.stack }
				this.#take(message.id)?.reject(new StreamError('internal/state', message.message, parts))
				return
			}
			case 'late':
				this.#options.onLate?.(message.late)
				return
			case 'warm':
				this.#isWarm = true
				this.#awaitsWarm = false
				this.#settleWarm?.resolve()
				this.#rest()
				return
			default:
				message satisfies never
		}
	}

	#take(id: number): Pending | undefined {
		const pending = this.#pending.get(id)
		this.#pending.delete(id)
		this.#rest()
		return pending
	}

	/** Lets the process end when nobody waits for the worker. */
	#rest(): void {
		if (this.#pending.size === 0 && !this.#awaitsWarm) this.#worker?.unref()
	}

	#onDeath(worker: Worker, reason: string, cause?: Error): void {
		if (worker !== this.#worker) return
		this.#worker = undefined
		this.#fail(`the language worker died: ${reason}`, cause)
	}

	#fail(what: string, cause?: Error): void {
		const error = new StreamError('internal/state', what, { remedy: 'ask again: a fresh worker is started', cause })
		this.#awaitsWarm = false
		this.#settleWarm?.reject(error)
		for (const pending of this.#pending.values()) pending.reject(error)
		this.#pending.clear()
	}
}
