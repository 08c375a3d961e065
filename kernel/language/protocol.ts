/** What the client and the language worker say to each other: plain messages, answered in order. */

import type { Recording } from '../session/magics/recording.js'
import type { Late, ProgramCell, ProgramFacts, TypesMode } from './contract.js'

/** What a worker is asked. */
export type Request =
	| {
			readonly kind: 'prepare'
			readonly code: string
			readonly file: string
			readonly directory: string
			readonly types: TypesMode
			readonly language?: 'js' | undefined
	  }
	| { readonly kind: 'complete' | 'inspect' | 'explain'; readonly code: string; readonly offset: number }
	| { readonly kind: 'isComplete' | 'diagnose'; readonly code: string }
	/** Answered when it is done, out of order. */
	| { readonly kind: 'compile'; readonly code: string; readonly file: string }
	| {
			readonly kind: 'program'
			readonly cells: readonly ProgramCell[]
			readonly facts: ProgramFacts
			/** Present when a test is wanted. */
			readonly recording?: Recording
	  }

/** A request with the number its answer carries, or something a worker is told. */
export type ToWorker =
	| { readonly kind: 'request'; readonly id: number; readonly request: Request }
	| { readonly kind: 'ran'; readonly file: string; readonly names: readonly string[] }
	/** A cell that ran before a fresh worker took over. */
	| {
			readonly kind: 'replay'
			readonly code: string
			readonly file: string
			readonly directory: string
			readonly language?: 'js' | undefined
			readonly names: readonly string[]
	  }
	| { readonly kind: 'reset' | 'forgetFiles' }

/** What a worker says. */
export type FromWorker =
	| { readonly kind: 'answer'; readonly id: number; readonly value: unknown }
	| { readonly kind: 'failed'; readonly id: number; readonly message: string; readonly stack: string | undefined }
	| { readonly kind: 'late'; readonly late: Late }
	| { readonly kind: 'warm' }
