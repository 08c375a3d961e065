/** What every cell sees without an import: the session's own names, as a module of the checker. */

import { existsSync } from 'node:fs'
import { packageFile } from '../../engine/index.js'

/** The prelude's text. Without the declarations of `rivulet` there is no `sc` and no `ssc`. */
export function preludeText(): string {
	const hasEngine = existsSync(packageFile('dist', 'engine', 'index.d.ts'))
	const hasDisplay = existsSync(packageFile('dist', 'kernel', 'display', 'index.d.ts'))
	const engine = `
import type { BatchInfo, SparkContext, StreamingContext } from 'rivulet'
/** The session's SparkContext, made at first use. */
export declare const sc: SparkContext
/** The session's newest StreamingContext that is not stopped; made at first use. */
export declare const ssc: StreamingContext
/** The last completed batch. */
export declare const $: BatchInfo | undefined
`
	return `${hasEngine ? engine : ''}${hasDisplay ? "export { Comm, comms } from 'rivulet/display'\n" : ''}
/** How \`display\` shows a value. */
export interface DisplayOptions {
	/** Names the display, so that it can be updated. */
	readonly displayId?: string
	/** Replaces what \`displayId\` shows instead of adding a display. */
	readonly update?: boolean
	readonly metadata?: Readonly<Record<string, unknown>>
	readonly [option: string]: unknown
}
/** Shows a value under this cell; a stream opens a live view. A MIME bundle is shown as it is. */
export declare function display(value: unknown, options?: DisplayOptions): any
/** Clears what this cell shows; with \`wait\` only when the next output comes. */
export declare function clearOutput(wait?: boolean): void
/** Asks the person at the front end for a line of text. */
export declare function prompt(question?: string, options?: { readonly password?: boolean }): Promise<string>
/** The same as \`prompt\`. */
export declare function input(question?: string, options?: { readonly password?: boolean }): Promise<string>
/** The value of the last cell that had one. */
export declare const _: any
/** The values of cells by their execution count. */
export declare const Out: Record<number, any>
`
}
