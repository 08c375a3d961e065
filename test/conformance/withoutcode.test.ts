/** The recorded cases once more, where code may not be generated. */

import { expect, it } from 'vitest'

const { Function: own } = globalThis
let numRefused = 0
const refusing = function refuse(): never {
	numRefused += 1
	throw new EvalError('Code generation from strings disallowed for this context')
}
try {
	// Stages ask once, when they are loaded.
	globalThis.Function = refusing as never
	await import('../../engine/compute/stage.js')
} finally {
	globalThis.Function = own
}
it('stages ask whether they may generate code', () => expect(numRefused).toBe(1))

await import('./dstream.test.js')
await import('./rdd.test.js')
