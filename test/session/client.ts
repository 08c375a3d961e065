/** A scripted front: cells are hand-written JavaScript, as the language worker would prepare them. */

import { tmpdir } from 'node:os'
import { afterEach } from 'vitest'
import { type SessionHandle, startSession } from '../../kernel/session/client.js'
import type { FromSession, StreamShapes, ToSession } from '../../kernel/session/messages.js'

export type Done = Extract<FromSession, { readonly kind: 'done' }>

interface CellOptions {
	/** Default: a new owner for each cell. */
	readonly owner?: string
	readonly names?: readonly string[]
	readonly assigns?: readonly string[]
	readonly hasValue?: boolean
	readonly shapes?: StreamShapes
	/** Lines of `js` that stand before the user's first one. */
	readonly linesBefore?: number
	/** The session is interrupted at each message for which this holds. */
	readonly interruptWhen?: (message: FromSession) => boolean
}

export interface Scene {
	readonly session: SessionHandle
	/** Everything the session has said. */
	readonly said: FromSession[]
	/** Resolves with the cell's `done`; everything it caused is in `said` then. */
	run(js: string, options?: CellOptions): Promise<Done>
	/** The first message, said already or later, for which `test` holds. */
	heard<K extends FromSession['kind']>(
		kind: K,
		test?: (message: Extract<FromSession, { readonly kind: K }>) => boolean,
	): Promise<Extract<FromSession, { readonly kind: K }>>
	/** What an owner has printed to stdout. */
	text(owner: string): string
	readonly exit: Promise<{ readonly code: number | null; readonly signal: string | null }>
}

const open = new Set<SessionHandle>()
afterEach(async () => {
	for (const session of open) await session.stop(1_000)
	open.clear()
})

export async function scene(): Promise<Scene> {
	const said: FromSession[] = []
	const wakes: (() => void)[] = []
	let onExit: (exit: { code: number | null; signal: string | null }) => void = () => undefined
	const exit = new Promise<{ code: number | null; signal: string | null }>((resolve) => {
		onExit = resolve
	})
	let listen: (message: FromSession) => void = () => undefined
	const session = await startSession({
		directory: tmpdir(),
		onMessage: (message) => {
			said.push(message)
			listen(message)
			for (const wake of wakes.splice(0)) wake()
		},
		onExit: (ended) => onExit(ended),
	})
	open.add(session)
	let cells = 0

	const heard: Scene['heard'] = async (kind, test = () => true) => {
		for (;;) {
			const found = said.find((message) => message.kind === kind && test(message as never))
			if (found !== undefined) return found as never
			await new Promise<void>((resolve) => wakes.push(resolve))
		}
	}
	return {
		session,
		said,
		heard,
		exit,
		text: (owner) =>
			said
				.map((one) => (one.kind === 'stream' && one.owner === owner && one.name === 'stdout' ? one.text : ''))
				.join(''),
		run(js, { owner, names = [], assigns = [], hasValue = false, linesBefore = 0, shapes, interruptWhen } = {}) {
			cells += 1
			const id = `e${cells}`
			const source = js.split('\n').slice(linesBefore).join('\n')
			const known = shapes === undefined ? {} : { shapes }
			const cell = { js, file: `cell-${cells}.ts`, linesBefore, source, names, assigns, hasValue, ...known }
			const message: ToSession = {
				...{ kind: 'execute' as const, id, owner: owner ?? String(cells), label: `[${cells}]`, cell },
				...{ silent: false, allowInput: false, directory: tmpdir() },
			}
			listen = (heardNow) => {
				if (interruptWhen?.(heardNow) === true) session.interrupt()
			}
			session.send(message)
			return heard('done', (done) => done.id === id)
		},
	}
}
