/**
 * Everything a session says, published under the right cell.
 *
 * An owner is a cell (or a request, for clients that send no cell id); its output goes to the request that ran it last,
 * also long after that request was idle. Only `update_display_data` goes to the request that runs now (the last one
 * when idle): front ends find the display by its id, and nbclient hears nothing else.
 */

import type { Clock } from '../../engine/index.js'
import type { Renderer } from '../display/render.js'
import type { Bundle } from '../display/view.js'
import type { ErrorData, FromSession } from '../session/messages.js'
import { LiveViews } from './liveviews.js'
import { Pages, type Shown } from './pages.js'
import type { Publish, PublishExtras } from './port.js'
import { PrintedBlock } from './printed.js'
import { StreamGatherer, type StreamName } from './streams.js'
import { Throttle } from './throttle.js'
import type { Header } from './wire.js'

/** The output of a session that needs no answer. */
export type OutputMessage = Extract<
	FromSession,
	{
		kind:
			| 'stream'
			| 'display'
			| 'clear'
			| 'printed'
			| 'viewOpened'
			| 'viewFrame'
			| 'viewClosed'
			| 'viewShown'
			| 'error'
			| 'notice'
	}
>

/** Ten updates a second a block or view: what notebooks draw without flicker. */
const updateGapMs = 100
/** Updates a second of all blocks and views together: Jupyter's server drops messages above 1,000. */
const updatesPerSecond = 100

/** Routes output by owner. */
export class Outputs {
	readonly #publish: Publish
	readonly #streams: StreamGatherer
	readonly #pages: Pages
	readonly #throttle: Throttle
	readonly #views: LiveViews
	readonly #parents = new Map<string, Header>()
	readonly #blocks = new Map<string, PrintedBlock>()
	readonly #session: string
	#last: { readonly owner: string; readonly parent: Header } | undefined

	/** @param session unique for the process: a part of display ids, which must not meet those of a kernel before */
	constructor(publish: Publish, renderer: Renderer, clock: Clock, session: string) {
		this.#publish = publish
		this.#session = session
		this.#throttle = new Throttle(clock, updateGapMs, updatesPerSecond)
		this.#pages = new Pages(clock, (owner, shown) => this.#publishShown(owner, shown))
		this.#streams = new StreamGatherer(clock, (owner, name, text) =>
			this.#pages.add(owner, { kind: 'stream', name, text }),
		)
		this.#views = new LiveViews(
			{
				show: (owner, displayId, data, isUpdate) => this.#show(owner, data, {}, displayId, isUpdate),
				fault: (owner, error) => this.error(owner, error),
			},
			renderer,
			this.#throttle,
			clock,
		)
	}

	/** From now on output of `owner` goes to `parent`; what the owner had shown before is gone from the page. */
	begin(owner: string, parent: Header): void {
		this.flush(owner)
		this.#parents.set(owner, parent)
		this.#last = { owner, parent }
		for (const key of [...this.#blocks.keys()]) if (key.startsWith(`${owner}\n`)) this.#dropBlock(key)
	}

	/** Sends everything that waits; resolves when charts are drawn too. To be awaited before a request's reply. */
	async settle(): Promise<void> {
		this.#throttle.flush()
		await this.#views.settled()
		this.#throttle.flush()
		this.#flushAll()
	}

	/** The session is gone, and with it whatever could still say something. */
	reset(): void {
		this.#flushAll()
		for (const key of [...this.#blocks.keys()]) this.#dropBlock(key)
		this.#views.reset()
	}

	/** Something has happened after which people look, or save: views are drawn in full. */
	rest(): void {
		this.#views.rest()
	}

	forget(owners: readonly string[]): void {
		for (const owner of owners) this.#parents.delete(owner)
	}

	take(message: OutputMessage): void {
		switch (message.kind) {
			case 'stream':
				this.stream(message.owner, message.name, message.text)
				break
			case 'display':
				this.#add(message.owner, { ...message, kind: 'display', data: message.bundle, displayId: message.displayId })
				break
			case 'clear':
				this.#add(message.owner, { kind: 'clear', wait: message.wait })
				break
			case 'printed':
				if (message.mode === 'log') this.stream(message.owner, 'stdout', message.text)
				else this.#print(message)
				break
			case 'viewOpened':
				this.flush(message.owner)
				this.#views.opened(message.owner, message.view, message.frame)
				break
			case 'viewFrame':
				this.#views.frame(message.frame)
				break
			case 'viewClosed':
				this.#views.closed(message.viewId)
				break
			case 'viewShown':
				this.flush(message.owner)
				this.#views.shown(message.owner, message.view, message.frame, message.isOver)
				break
			case 'error':
				this.error(message.owner, message.error)
				break
			case 'notice':
				this.stream(message.owner, message.level === 'info' ? 'stdout' : 'stderr', `${message.text}\n`)
				break
			default:
				message satisfies never
		}
	}

	/** Text under `owner`; under the last cell when nobody owns it. */
	stream(owner: string | undefined, name: StreamName, text: string): void {
		this.#streams.add(owner ?? this.#last?.owner ?? '', name, text)
	}

	error(owner: string, error: ErrorData): void {
		this.#views.rest()
		this.#send('error', errorContent(error), owner)
	}

	/** Publishes a message of the cell after the text it printed before. */
	#send(type: string, content: Readonly<Record<string, unknown>>, owner: string, extras: PublishExtras = {}): void {
		this.flush(owner)
		this.#publish(type, content, this.#parentOf(owner), extras)
	}

	/** A comm message of a cell. */
	comm(owner: string, type: string, content: Readonly<Record<string, unknown>>, extras: PublishExtras): void {
		this.#send(type, content, owner, extras)
	}

	/** Sends what `owner` has printed and shown so far. */
	flush(owner: string): void {
		this.#streams.flush(owner)
		this.#pages.flush(owner)
	}

	#flushAll(): void {
		this.#streams.flushAll()
		this.#pages.flushAll()
	}

	/** Shows something behind the text that was printed before. */
	#add(owner: string, shown: Shown): void {
		this.#streams.flush(owner)
		this.#pages.add(owner, shown)
	}

	#publishShown(owner: string, shown: Shown): void {
		if (shown.kind === 'stream') this.#publish('stream', { name: shown.name, text: shown.text }, this.#parentOf(owner))
		else if (shown.kind === 'clear') this.#publish('clear_output', { wait: shown.wait }, this.#parentOf(owner))
		else this.#publishDisplay(owner, shown.data, shown.metadata, shown.displayId, shown.update)
	}

	/** The value of the running cell. */
	result(owner: string, executionCount: number, data: Bundle, metadata: Bundle): void {
		this.#send('execute_result', { execution_count: executionCount, data, metadata }, owner)
	}

	#show(owner: string, data: Bundle, metadata: Bundle, displayId: string, isUpdate: boolean): void {
		this.flush(owner)
		this.#publishDisplay(owner, data, metadata, displayId, isUpdate)
	}

	#publishDisplay(
		owner: string,
		data: Bundle,
		metadata: Bundle,
		displayId: string | undefined,
		isUpdate: boolean,
	): void {
		const transient = displayId === undefined ? {} : { display_id: displayId }
		if (isUpdate) this.#publish('update_display_data', { data, metadata, transient }, this.#last?.parent)
		else this.#publish('display_data', { data, metadata, transient }, this.#parentOf(owner))
	}

	#print(batch: Extract<FromSession, { kind: 'printed' }>): void {
		const key = `${batch.owner}\n${batch.outputId}`
		const known = this.#blocks.get(key)
		const block = known ?? new PrintedBlock()
		// An output that has just been registered says so by a message without text.
		const text = batch.text === '' ? block.open(batch.title) : block.add(batch)
		const displayId = `print-${this.#session}-${batch.owner}-${batch.outputId}`
		const data = { 'text/plain': text }
		this.#blocks.set(key, block)
		this.#throttle.ask(key, () => this.#show(batch.owner, data, {}, displayId, known !== undefined))
	}

	#dropBlock(key: string): void {
		this.#throttle.drop(key)
		this.#blocks.delete(key)
	}

	#parentOf(owner: string): Header | undefined {
		return this.#parents.get(owner) ?? this.#last?.parent
	}
}

/** The content of an `error` message, and of a reply with status `error`. */
export const errorContent = (error: ErrorData): { ename: string; evalue: string; traceback: readonly string[] } => ({
	ename: error.name,
	evalue: error.message,
	traceback: error.lines,
})
