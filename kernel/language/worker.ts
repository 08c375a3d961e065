/**
 * The thread of the language service: takes requests in order, warms up in between.
 *
 * Warming up is cut into steps; between two of them waiting requests are answered, so the first cell runs at once.
 */

import { parentPort, workerData } from 'node:worker_threads'
import { StreamError } from '../../engine/index.js'
import { compileModule } from './modules.js'
import { programOf } from './program.js'
import type { FromWorker, Request, ToWorker } from './protocol.js'
import { LanguageService } from './service.js'
import { testOf } from './testprogram.js'

const port = parentPort
if (port === null) {
	throw new StreamError('internal/state', 'the language worker runs in a thread of its own', {
		remedy: 'use startLanguage of client.ts',
	})
}

const say = (message: FromWorker): void => port.postMessage(message)
const { directory } = workerData as { readonly directory: string }
const service = new LanguageService(directory, (late) => say({ kind: 'late', late }))

function answer(request: Request): unknown | Promise<unknown> {
	switch (request.kind) {
		case 'prepare':
			return service.prepare(request.code, request)
		case 'complete':
			return service.complete(request.code, request.offset)
		case 'inspect':
			return service.inspect(request.code, request.offset)
		case 'explain':
			return service.explain(request.code, request.offset)
		case 'diagnose':
			return service.diagnose(request.code)
		case 'isComplete':
			return service.isComplete(request.code)
		case 'compile':
			return compileModule(request.code, request.file)
		case 'program':
			return request.recording === undefined
				? programOf(request.cells, request.facts)
				: testOf(request.cells, request.facts, request.recording)
		default:
			return request satisfies never
	}
}

function reply(id: number, request: Request): void {
	const fail = (thrown: unknown): void => {
		const { message, stack } = thrown instanceof Error ? thrown : new TypeError(String(thrown))
		say({ kind: 'failed', id, message: `the language service failed: ${message}`, stack })
	}
	try {
		const value = answer(request)
		if (value instanceof Promise) value.then((late) => say({ kind: 'answer', id, value: late })).catch(fail)
		else say({ kind: 'answer', id, value })
	} catch (thrown) {
		fail(thrown)
	}
}

port.on('message', (message: ToWorker) => {
	switch (message.kind) {
		case 'request':
			return reply(message.id, message.request)
		case 'ran':
			return service.ran(message.file, message.names)
		case 'replay':
			return service.replay(message.code, message, message.names)
		case 'forgetFiles':
			return service.forgetFiles()
		case 'reset':
			return service.reset()
		default:
			message satisfies never
	}
})

const steps = service.warmUp()[Symbol.iterator]()
function step(): void {
	if (steps.next().done === true) say({ kind: 'warm' })
	else setImmediate(step)
}
setImmediate(step)
