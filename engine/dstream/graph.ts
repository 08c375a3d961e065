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
 * What is removed, and what one group puts in the place of others (`replace`), waits and joins in the same way. Streams
 * that nothing hangs on any more forget what they had generated when the batches that may read it are over.
 *
 * Source: Spark's `DStreamGraph` for start, generateJobs, clearMetadata; live edits are ours.
 */

import { asError, requireThat } from '../base/errors.js'
import { host } from '../base/host.js'
import type { Duration, Time } from '../base/time.js'
import type { AnyDStream } from './dstream.js'
import {
	type AppliedEdits,
	type Boundary,
	type Edit,
	type Failure,
	inputOf,
	isAbout,
	isOfObservers,
	type Member,
	nothing,
	replacementsBy,
	streamOf,
	subject,
} from './edits.js'
import type { AnyInput, Backfill } from './input.js'
import type { Observer } from './observer.js'
import type { Output, OutputRun } from './output.js'
import {
	carriedBy,
	joinReplacements,
	placeStream,
	type Replacement,
	reachable,
	reaches,
	sameInputs,
} from './replacement.js'

export class DStreamGraph {
	#inputs: AnyInput[] = []
	#outputs: Output[] = []
	#observers: Observer[] = []
	#edits: Edit[] = []
	readonly #released = new Set<string>()
	/** Inputs that went on under another group than the one that made them. */
	readonly #groupOf = new WeakMap<AnyInput, string | undefined>()
	/** Streams that left, and the batch after which nobody reads what they generated. */
	#leaving: { readonly streams: readonly AnyDStream[]; readonly untilMs: number }[] = []
	#zeroTime: Time | undefined
	#isRunning = false
	/** How many want to know the records of every stream, see `meterGraph`. */
	numMeters = 0

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
		const members = this.#edits.flatMap((edit) => (edit.kind === 'add' ? [edit.member] : []))
		return {
			inputs: members.flatMap((member) => (member.kind === 'input' ? [member.input] : [])),
			outputs: members.flatMap((member) => (member.kind === 'output' ? [member.output] : [])),
		}
	}

	addInput(input: AnyInput): void {
		this.#edit('add', { kind: 'input', input }, input.group)
	}
	addOutput(output: Output): void {
		this.#edit('add', { kind: 'output', output }, output.group)
	}
	addObserver(observer: Observer): void {
		this.#edit('add', { kind: 'observer', observer }, observer.group)
	}
	removeInput(input: AnyInput): void {
		this.#edit('remove', { kind: 'input', input }, host().group())
	}
	removeOutput(output: Output): void {
		this.#edit('remove', { kind: 'output', output }, host().group())
	}
	removeObserver(observer: Observer): void {
		this.#edit('remove', { kind: 'observer', observer }, host().group())
	}
	/** Removes a stream's own membership and every output and observer that hangs on it, directly or through others. */
	removeStream(stream: AnyDStream): void {
		for (const output of [...this.#outputs, ...this.waiting.outputs]) {
			if (reaches(output.stream, stream)) this.removeOutput(output)
		}
		for (const observer of this.#observers) if (reaches(observer.stream, stream)) this.removeObserver(observer)
		for (const input of [...this.#inputs, ...this.waiting.inputs]) if (input === stream.current) this.removeInput(input)
	}

	/** What `group` added, and adds from here on, joins at the next boundary. */
	release(group: string): void {
		this.#released.add(group)
	}
	/** What `group` changed and has not taken effect is forgotten. */
	discard(group: string): void {
		this.#edits = this.#edits.filter((edit) => edit.group !== group)
		if (!this.#isRunning) for (const member of this.#membersOf(group)) this.#remove(member)
	}
	/** Everything `group` ever added leaves at the next boundary (at once before the start). */
	removeGroup(group: string): void {
		const pending = replacementsBy(this.#edits, [group])
		this.#edits = this.#edits.filter((edit) => edit.group !== group)
		this.#released.delete(group)
		for (const member of this.#membersOf(group)) this.#edit('remove', member, undefined)
		// What the group was about to replace is still there.
		for (const { groups } of pending) for (const before of groups) this.removeGroup(before)
	}
	/** What a group made takes the place of others at the next boundary (at once before the start). */
	replace(replacement: Replacement): void {
		const { by, groups } = replacement
		const pending = replacementsBy(this.#edits, groups)
		this.#edits = this.#edits.filter(({ group }) => group === undefined || !groups.includes(group))
		for (const group of groups) this.#released.delete(group)
		const edit: Edit = { kind: 'replace', replacement: pending.reduceRight(joinReplacements, replacement), group: by }
		if (this.#isRunning) this.#edits.push(edit)
		else this.#apply([edit])
	}
	#membersOf(group: string): Member[] {
		const groupOf = (input: AnyInput): string | undefined => this.#groupOf.get(input) ?? input.group
		return [
			...this.#inputs.filter((x) => groupOf(x) === group).map((input) => ({ kind: 'input' as const, input })),
			...this.#outputs.filter((x) => x.group === group).map((output) => ({ kind: 'output' as const, output })),
			...this.#observers.filter((x) => x.group === group).map((observer) => ({ kind: 'observer' as const, observer })),
		]
	}
	/** What batches are computed for. */
	get ends(): AnyDStream[] {
		return [...this.#inputs, ...this.#outputs.map((x) => x.stream), ...this.#observers.map((x) => x.stream)]
	}

	#edit(kind: 'add' | 'remove', member: Member, group: string | undefined): void {
		if (this.#isRunning) {
			const before = this.#edits.length
			// Taking back what has not joined yet leaves no trace.
			if (kind === 'remove') this.#edits = this.#edits.filter((edit) => !isAbout(edit, member))
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

	/** Keeps what inputs bring, so that streams added later can see it. */
	rememberInputs(backfill: Backfill): void {
		if (this.#zeroTime === undefined) return
		for (const input of this.#inputs) {
			if (!input.isInitialized) input.initialize(this.#zeroTime)
			input.rememberFor(backfill)
		}
	}

	get #due(): readonly Edit[] {
		return this.#edits.filter(({ group }) => group === undefined || this.#released.has(group))
	}
	/** True when what waits and is released concerns observers only. */
	get waitsForViews(): boolean {
		return this.#due.every((edit) => isOfObservers(edit, (group) => this.#membersOf(group)))
	}
	/** Applies what waits and is released. */
	applyEdits(boundary: Boundary): AppliedEdits {
		const due = this.#due
		if (due.length === 0) return nothing
		this.#edits = this.#edits.filter((edit) => !due.includes(edit))
		const before = reachable(this.ends)
		const edits = this.#apply(due, boundary)
		const after = reachable(this.ends)
		const gone = [...before].filter((stream) => !after.has(stream))
		const kept = due.some(({ kind }) => kind === 'replace')
			? gone.map((x) => x.rememberDuration?.milliseconds ?? 0)
			: []
		this.#leaving.push({ streams: gone, untilMs: boundary.time.milliseconds + Math.max(0, ...kept) })
		const carried = due.flatMap((edit) => (edit.kind === 'replace' ? carriedBy(edit.replacement, before, after) : []))
		if (carried.length > 0) for (const stream of after) if (!before.has(stream)) stream.followParents()
		return { ...edits, carried, isChanged: true }
	}

	#apply(due: readonly Edit[], boundary?: Boundary): Omit<AppliedEdits, 'carried' | 'isChanged'> {
		const stoppedInputs: AnyInput[] = []
		const startedInputs: AnyInput[] = []
		const joined: (Output | Observer)[] = []
		const failures: Failure[] = []
		const goOn = new Set<AnyInput>()
		for (const edit of due)
			if (edit.kind === 'replace') for (const input of this.#keepInputs(edit.replacement, due)) goOn.add(input)
		const leave = (member: Member): void => {
			if (member.kind === 'input' && goOn.has(member.input)) return
			this.#remove(member)
			if (member.kind === 'input') stoppedInputs.push(member.input)
		}
		for (const edit of due) {
			if (edit.kind === 'remove') leave(edit.member)
			if (edit.kind === 'replace') {
				for (const group of edit.replacement.groups) for (const member of this.#membersOf(group)) leave(member)
				for (const input of this.#succeed(edit.replacement, boundary)) leave({ kind: 'input', input })
			}
			if (edit.kind !== 'add') continue
			const { member, group } = edit
			if (member.kind === 'input' && member.input.current !== member.input) continue
			try {
				if (boundary !== undefined) this.#place(member, boundary)
			} catch (thrown) {
				failures.push({ error: asError(thrown), group })
				continue
			}
			this.#add(member)
			if (member.kind === 'input') startedInputs.push(member.input)
			else joined.push(member.kind === 'output' ? member.output : member.observer)
		}
		return { startedInputs, stoppedInputs, joined, failures }
	}

	/** Gives a member its place on the time grid; an input begins with the batch that comes. */
	#place(member: Member, { last, floor, remember, checkpointDirectory }: Boundary): void {
		const stream = streamOf(member)
		if (member.kind === 'input') stream.initialize(this.#zeroTime as Time, last)
		else placeStream(stream, this.#zeroTime as Time, floor)
		stream.remember(remember)
		if (member.kind === 'output') stream.validateAtStart(checkpointDirectory)
	}

	/** Lets inputs that are made as before go on as the ones that are there; gives those. */
	#keepInputs({ by, groups, successions }: Replacement, due: readonly Edit[]): AnyInput[] {
		const made = due.flatMap((edit) => (edit.kind === 'add' && edit.group === by ? inputOf(edit.member) : []))
		const news = [...made, ...(this.#isRunning ? [] : this.#membersOf(by).flatMap(inputOf))]
		const olds = this.#inputs.filter(
			(input) =>
				groups.some((group) => this.#membersOf(group).some((x) => subject(x) === input)) ||
				successions.some((x) => x.before.current === input),
		)
		const same = sameInputs(news, olds)
		for (const [input, old] of same) {
			if (input.name !== undefined) old.named(input.name)
			this.#remove({ kind: 'input', input })
			input.succeedBy(old)
			this.#groupOf.set(old, by)
		}
		return [...same.values()]
	}

	/** Puts streams in the places of those that a name held before; gives the inputs that leave with that. */
	#succeed({ successions }: Replacement, boundary: Boundary | undefined): AnyInput[] {
		const left: AnyInput[] = []
		for (const { before, after } of successions) {
			const old = before.current
			if (old === after.current || reaches(after, old)) continue
			if (boundary !== undefined && this.#zeroTime !== undefined) {
				placeStream(after.current, this.#zeroTime, boundary.floor)
				after.current.remember(boundary.remember)
			}
			old.succeedBy(after.current)
			const input = this.#inputs.find((x) => x === old)
			if (input !== undefined) left.push(input)
		}
		return left
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

	/** @throws graph/duration for a window or slide that does not fit its parent, after the batch interval has changed */
	checkDurations(): void {
		for (const stream of reachable(this.ends)) stream.checkDurations()
	}

	clearMetadata(time: Time): void {
		for (const output of this.#outputs) output.stream.clearMetadata(time)
		for (const observer of this.#observers) observer.stream.clearMetadata(time)
		for (const input of this.#inputs) if (input.isInitialized) input.clearMetadata(time)
		const over = this.#leaving.filter(({ untilMs }) => untilMs <= time.milliseconds)
		if (over.length === 0) return
		this.#leaving = this.#leaving.filter((each) => !over.includes(each))
		const needed = reachable(this.ends)
		for (const stream of over.flatMap(({ streams }) => streams)) if (!needed.has(stream)) stream.abandon()
	}

	/** Back to before the first start; the members stay. */
	reset(): void {
		this.#isRunning = false
		this.#zeroTime = undefined
		const before = reachable(this.ends)
		this.#apply(this.#edits.splice(0))
		const left = this.#leaving.splice(0).flatMap(({ streams }) => streams)
		const ends = [...this.#outputs, ...this.#observers].map((x) => x.stream)
		for (const stream of [...before, ...left, ...ends, ...this.#inputs]) if (stream.isInitialized) stream.resetTime()
	}
}
