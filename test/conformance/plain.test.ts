/**
 * The recorded answers once more on one thread, where code may not be generated: what
 * `node --disallow-code-generation-from-strings` does to the engine.
 */

import { expect, it } from 'vitest'

const generating = globalThis.Function
const refusing = new Proxy(generating, {
	construct() {
		throw new EvalError('Code generation from strings disallowed for this context')
	},
})
globalThis.Function = refusing
const { pushing } = await import('../../engine/compute/stage.js')
globalThis.Function = generating

it('runs no generated loop', () => {
	expect(String(pushing([{ op: 'map', fn: (x: unknown) => x }]))).not.toContain('function stage')
})

const { settings } = await import('../support/settings.js')
settings.push(['rivulet.threads', 'never'])
await import('./rdd.test.js')
await import('./dstream.test.js')
