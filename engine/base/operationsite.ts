/**
 * What the program called to make something, and where: `map at app.ts:12`.
 *
 * RDDs carry it in their names, as Spark's do; those that a stream makes for a batch carry the stream's. Many are made in
 * every batch, so frames are looked at raw, and a place in the program is turned into text once.
 */

import { callSite } from './callsite.js'

/** Frames that are looked at: engine frames between an operator and the program are few. */
const maxFrames = 10

/** Texts of the places in the program that were met. */
const known = new Map<string, string | undefined>()
/** So many places are remembered; cells that run again and again make new ones. */
const maxKnown = 2_000

let streamSite: string | undefined

/** Runs `body`; everything made in it is made at `site`. */
export function atSite<R>(site: string, body: () => R): R {
	const before = streamSite
	streamSite = site
	try {
		return body()
	} finally {
		streamSite = before
	}
}

/** The operator that the program called and the place of the call; undefined when no code of the program is on the stack. */
export function operationSite(): string | undefined {
	if (streamSite !== undefined) return streamSite
	const frames = rawFrames()
	const at = frames.findIndex((frame) => !isEngine(frame.getFileName()))
	const caller = frames[at]
	const file = caller?.getFileName()
	if (caller === undefined || file === null || file === undefined || file.startsWith('node:')) return undefined
	const operator = frames[at - 1]?.getFunctionName()?.split('.').at(-1) ?? ''
	const key = `${operator} ${file} ${caller.getPosition()}`
	if (known.has(key)) return known.get(key)
	const place = callSite()
	const site = place === undefined ? undefined : `${operator === '' ? '' : `${operator} at `}${place}`
	if (known.size >= maxKnown) known.clear()
	known.set(key, site)
	return site
}

const engineFiles = new Map<string, boolean>()

function isEngine(file: string | null | undefined): boolean {
	if (file === null || file === undefined) return false
	let isOurs = engineFiles.get(file)
	if (isOurs === undefined) {
		isOurs = /\/engine\/[^/]*\/?[^/]+\.[jt]s$/.test(file)
		if (engineFiles.size >= maxKnown) engineFiles.clear()
		engineFiles.set(file, isOurs)
	}
	return isOurs
}

/** The frames above this file's, without the text that V8 would make of them. */
function rawFrames(): readonly NodeJS.CallSite[] {
	const { prepareStackTrace, stackTraceLimit } = Error
	const holder: { stack?: unknown } = {}
	Error.stackTraceLimit = maxFrames
	Error.prepareStackTrace = (_, frames) => frames
	try {
		Error.captureStackTrace(holder, operationSite)
		return holder.stack as readonly NodeJS.CallSite[]
	} finally {
		Error.prepareStackTrace = prepareStackTrace
		Error.stackTraceLimit = stackTraceLimit
	}
}
