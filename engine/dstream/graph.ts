/**
 * The graph of a context: its inputs, outputs and observers, and how they change while batches run.
 *
 * Before the start an addition takes effect at once. While the graph is live it waits, in order, until its group is
 * released, and joins at the next batch boundary: what one group adds and removes happens together. A group is whoever
 * registered it (`base/host`); things without a group are released at once.
 *
 *   INITIALIZED   add ─────────────────────────▶ members
 *   ACTIVE        add ──▶ waiting ──release──▶ ready ──applyEdits (between two batches)──▶ members
 *                                 ──discard──▶ gone
 *
 * Source: Spark's `DStreamGraph` for start, generateJobs, clearMetadata; live edits are ours.
 */

import { asError, requireThat } from '../base/errors.js'
import { host } from '../base/host.js'
import type { Duration, Time } from '../base/time.js'
import type { AnyDStream } from './dstream.js'
import type { InputDStream } from './input.js'
import type { Observer } from './observer.js'
import type { Output, OutputRun } from './output.js'

/** Any input stream. */
// biome-ignore lint/suspicious/noExplicitAny: inputs of any record type
export type AnyInput = InputDStream<any>

type Member =
	| { readonly kind: 'input'; readonly input: AnyInput }
	| { readonly kind: 'output'; readonly output: Output }
	| { readonly kind: 'observer'; readonly observer: Observer }

type Edit = { readonly group: string | undefined } & (
	| { readonly kind: 'add'; readonly member: Member }
	| { readonly kind: 'remove'; readonly member: Member }
)

/** What a change of a running graph did. */
export interface AppliedEdits {
	readonly startedInputs: readonly AnyInput[]
	readonly stoppedInputs: readonly AnyInput[]
	/** Outputs and observers that joined. */
	readonly joined: readonly (Output | Observer)[]
	/** Additions that were refused by the checks of start(). */
	readonly failures: readonly Failure[]
	readonly isChanged: boolean
}

/** An error and the group it concerns. */
export interface Failure {
	readonly error: Error
	readonly group: string | undefined
}

export class DStreamGraph {
	#inputs: AnyInput[] = []
	#outputs: Output[] = []
	#observers: Observer[] = []
	#edits: Edit[] = []
	readonly #released = new Set<string>()
	readonly #groupOf = new WeakMap<AnyInput, string | undefined>()
	#zeroTime: Time | undefined
	#isRunning = false

	get inputs(): readonly AnyInput[] {
		return this.#inputs
	}
	get outputs(): readonly Output[] {
		return this.#outputs
	}
	get observers(): readonly Observer[] {
		return this.#observers
	}
	get zeroTime(): Time | undefined {
		return this.#zeroTime
	}
	/** Inputs and outputs that join at a later batch boundary. */
	get waiting(): { readonly inputs: readonly AnyInput[]; readonly outputs: readonly Output[] } {
		const members = this.#edits.filter((edit) => edit.kind === 'add').map((edit) => edit.member)
		return {
			inputs: members.flatMap((member) => (member.kind === 'input' ? [member.input] : [])),
			outputs: members.flatMap((member) => (member.kind === 'output' ? [member.output] : [])),
		}
	}

	addInput(input: AnyInput): void {
		this.#edit('add', { kind: 'input', input }, host().group())
	}
	addOutput(output: Output): void {
		this.#edit('add', { kind: 'output', output }, output.group)
	}
	addObserver(observer: Observer): void {
		this.#edit('add', { kind: 'observer', observer }, observer.group)
	}
	removeInput(input: AnyInput): void {
		this.#edit('remove', { kind: 'input', input }, undefined)
	}
	removeOutput(output: Output): void {
		this.#edit('remove', { kind: 'output', output }, undefined)
	}
	removeObserver(observer: Observer): void {
		this.#edit('remove', { kind: 'observer', observer }, undefined)
	}
	/** Removes a stream's own membership and every output and observer that hangs on it, directly or through others. */
	removeStream(stream: AnyDStream): void {
		for (const output of [...this.#outputs, ...this.waiting.outputs]) {
			if (reaches(output.stream, stream)) this.removeOutput(output)
		}
		for (const observer of this.#observers) if (reaches(observer.stream, stream)) this.removeObserver(observer)
		for (const input of [...this.#inputs, ...this.waiting.inputs]) if (input === stream) this.removeInput(input)
	}

	/** What `group` added joins at the next boundary. */
	release(group: string): void {
		if (this.#isRunning) this.#released.add(group)
	}
	/** What `group` added and has not joined yet is forgotten. */
	discard(group: string): void {
		this.#edits = this.#edits.filter((edit) => edit.group !== group)
		if (!this.#isRunning) this.#removeGroupNow(group)
	}
	/** Everything `group` ever added leaves at the next boundary (at once before the start). */
	removeGroup(group: string): void {
		this.#edits = this.#edits.filter((edit) => edit.group !== group)
		if (!this.#isRunning) this.#removeGroupNow(group)
		else for (const member of this.#membersOf(group)) this.#edits.push({ kind: 'remove', member, group: undefined })
	}
	#removeGroupNow(group: string): void {
		for (const member of this.#membersOf(group)) this.#remove(member)
	}
	#membersOf(group: string): Member[] {
		return [
			...this.#inputs.filter((x) => this.#groupOf.get(x) === group).map((input) => ({ kind: 'input' as const, input })),
			...this.#outputs.filter((x) => x.group === group).map((output) => ({ kind: 'output' as const, output })),
			...this.#observers.filter((x) => x.group === group).map((observer) => ({ kind: 'observer' as const, observer })),
		]
	}

	#edit(kind: Edit['kind'], member: Member, group: string | undefined): void {
		if (kind === 'add' && member.kind === 'input') this.#groupOf.set(member.input, group)
		if (this.#isRunning) {
			const before = this.#edits.length
			// Taking back what has not joined yet leaves no trace.
			if (kind === 'remove') this.#edits = this.#edits.filter((edit) => subject(edit.member) !== subject(member))
			if (this.#edits.length === before) this.#edits.push({ kind, member, group })
		} else if (kind === 'add') this.#add(member)
		else this.#remove(member)
	}
	#add(member: Member): void {
		if (member.kind === 'input') this.#inputs.push(member.input)
		else if (member.kind === 'output') this.#outputs.push(member.output)
		else this.#observers.push(member.observer)
	}
	#remove(member: Member): void {
		if (member.kind === 'input') this.#inputs = this.#inputs.filter((input) => input !== member.input)
		else if (member.kind === 'output') this.#outputs = this.#outputs.filter((output) => output !== member.output)
		else this.#observers = this.#observers.filter((observer) => observer !== member.observer)
	}

	/**
	 * Puts every stream on the time grid and checks it, as Spark does at start.
	 * @throws argument/illegal with Spark's texts
	 */
	start(zeroTime: Time, remember: Duration | undefined, checkpointDirectory: string | undefined): void {
		requireThat(this.#zeroTime === undefined, 'DStream graph computation already started')
		this.#zeroTime = zeroTime
		this.#isRunning = true
		for (const output of this.#outputs) output.stream.initialize(zeroTime)
		for (const output of this.#outputs) output.stream.remember(remember)
		for (const output of this.#outputs) output.stream.validateAtStart(checkpointDirectory)
		for (const observer of this.#observers) {
			observer.stream.initialize(zeroTime)
			observer.stream.remember(remember)
		}
	}

	/** Keeps what inputs bring for `backfill`, so that streams added later can see it. */
	rememberInputs(backfill: Duration): void {
		if (this.#zeroTime === undefined) return
		for (const input of this.#inputs) {
			if (!input.isInitialized) input.initialize(this.#zeroTime)
			input.remember(backfill)
		}
	}

	/** Applies what waits and is released. `floor` is the oldest time that new streams may ask for. */
	applyEdits(floor: Time, remember: Duration | undefined, checkpointDirectory: string | undefined): AppliedEdits {
		const due = this.#edits.filter((edit) => edit.group === undefined || this.#released.has(edit.group))
		this.#edits = this.#edits.filter((edit) => !due.includes(edit))
		this.#released.clear()
		const startedInputs: AnyInput[] = []
		const stoppedInputs: AnyInput[] = []
		const joined: (Output | Observer)[] = []
		const failures: Failure[] = []
		for (const { kind, member, group } of due) {
			if (kind === 'remove') {
				this.#remove(member)
				if (member.kind === 'input') stoppedInputs.push(member.input)
				continue
			}
			try {
				const stream = streamOf(member)
				stream.initialize(this.#zeroTime as Time, floor)
				stream.remember(remember)
				if (member.kind === 'output') stream.validateAtStart(checkpointDirectory)
			} catch (thrown) {
				failures.push({ error: asError(thrown), group })
				continue
			}
			this.#add(member)
			if (member.kind === 'input') startedInputs.push(member.input)
			else joined.push(member.kind === 'output' ? member.output : member.observer)
		}
		return { startedInputs, stoppedInputs, joined, failures, isChanged: due.length > 0 }
	}

	/**
	 * The runs of the batch at `time`, in order of registration. In a live graph every input is asked, and an output
	 * that cannot give its run is a failure of its own; otherwise the first failure is thrown, as in Spark.
	 */
	generateRuns(time: Time, isLive: boolean): { readonly runs: OutputRun[]; readonly failures: Failure[] } {
		if (isLive) for (const input of this.#inputs) if (input.isInitialized) input.getOrCompute(time)
		const runs: OutputRun[] = []
		const failures: Failure[] = []
		for (const output of this.#outputs) {
			try {
				const run = output.runAt(time)
				if (run !== undefined) runs.push(run)
			} catch (thrown) {
				if (!isLive) throw thrown
				failures.push({ error: asError(thrown), group: output.group })
			}
		}
		return { runs, failures }
	}

	clearMetadata(time: Time): void {
		for (const output of this.#outputs) output.stream.clearMetadata(time)
		for (const observer of this.#observers) observer.stream.clearMetadata(time)
		for (const input of this.#inputs) if (input.isInitialized) input.clearMetadata(time)
	}

	/** Back to before the first start; the members stay. */
	reset(): void {
		this.#isRunning = false
		this.#zeroTime = undefined
		for (const edit of this.#edits) {
			if (edit.kind === 'add') this.#add(edit.member)
			else this.#remove(edit.member)
		}
		this.#edits = []
		for (const stream of [...this.#outputs, ...this.#observers].map((x) => x.stream)) {
			if (stream.isInitialized) stream.resetTime()
		}
		for (const input of this.#inputs) if (input.isInitialized) input.resetTime()
	}
}

function subject(member: Member): object {
	return member.kind === 'input' ? member.input : member.kind === 'output' ? member.output : member.observer
}

function streamOf(member: Member): AnyDStream {
	return member.kind === 'input'
		? member.input
		: member.kind === 'output'
			? member.output.stream
			: member.observer.stream
}

/** True when `from` is `stream` or depends on it. */
function reaches(from: AnyDStream, stream: AnyDStream): boolean {
	return from === stream || from.dependencies.some((parent) => reaches(parent, stream))
}
