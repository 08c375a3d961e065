/** Members of a graph, the edits that change which there are, and what applying them did. */

import type { Duration, Time } from '../base/time.js'
import type { AnyDStream } from './dstream.js'
import type { AnyInput } from './input.js'
import type { Observer } from './observer.js'
import type { Output } from './output.js'
import type { Carried, Replacement } from './replacement.js'

/** What takes part in a graph. */
export type Member =
	| { readonly kind: 'input'; readonly input: AnyInput }
	| { readonly kind: 'output'; readonly output: Output }
	| { readonly kind: 'observer'; readonly observer: Observer }

/** A change that waits for the next batch boundary, and the group that asked for it. */
export type Edit = { readonly group: string | undefined } & (
	| { readonly kind: 'add'; readonly member: Member }
	| { readonly kind: 'remove'; readonly member: Member }
	| { readonly kind: 'replace'; readonly replacement: Replacement }
)

/** Where edits take effect. */
export interface Boundary {
	/** The batch that comes. */
	readonly time: Time
	/** The batch time before. */
	readonly last: Time
	/** The oldest time that new streams may ask for. */
	readonly floor: Time
	readonly remember: Duration | undefined
	readonly checkpointDirectory: string | undefined
}

/** What a change of a running graph did. */
export interface AppliedEdits {
	readonly startedInputs: readonly AnyInput[]
	readonly stoppedInputs: readonly AnyInput[]
	/** Outputs and observers that joined. */
	readonly joined: readonly (Output | Observer)[]
	/** Additions that were refused by the checks of start(). */
	readonly failures: readonly Failure[]
	/** States that go on in operators that took the place of others. */
	readonly carried: readonly Carried[]
	readonly isChanged: boolean
}

/** An error and the group it concerns. */
export interface Failure {
	readonly error: Error
	readonly group: string | undefined
}

/** No edits were due. */
export const nothing: AppliedEdits = {
	startedInputs: [],
	stoppedInputs: [],
	joined: [],
	failures: [],
	carried: [],
	isChanged: false,
}

/** The thing itself. */
export function subject(member: Member): object {
	return member.kind === 'input' ? member.input : member.kind === 'output' ? member.output : member.observer
}
/** True for an edit of that very member. */
export const isAbout = (edit: Edit, member: Member): boolean =>
	edit.kind !== 'replace' && subject(edit.member) === subject(member)
/** The member as a list of inputs: one or none. */
export const inputOf = (member: Member): AnyInput[] => (member.kind === 'input' ? [member.input] : [])

/** True for an edit that changes who looks at batches, and nothing that they compute. */
export function isOfObservers(edit: Edit, membersOf: (group: string) => readonly Member[]): boolean {
	if (edit.kind !== 'replace') return edit.member.kind === 'observer'
	const { groups, successions } = edit.replacement
	return successions.length === 0 && groups.flatMap(membersOf).every(({ kind }) => kind === 'observer')
}

/** The stream that a member computes. */
export function streamOf(member: Member): AnyDStream {
	return member.kind === 'input'
		? member.input
		: member.kind === 'output'
			? member.output.stream
			: member.observer.stream
}

/** What the groups are about to replace. */
export const replacementsBy = (edits: readonly Edit[], groups: readonly string[]): Replacement[] =>
	edits.flatMap((edit) => (edit.kind === 'replace' && groups.includes(edit.replacement.by) ? [edit.replacement] : []))
