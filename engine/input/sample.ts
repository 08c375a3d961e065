/** Lines of a text that is shipped with the package, at a steady rate and again from the start when it ends. */

import { readFileSync } from 'node:fs'
import { StreamError } from '../base/errors.js'
import { packageFile } from '../base/package.js'
import type { Registry } from '../dstream/registry.js'
import { RateInputDStream } from './rate.js'

/** The texts there are. */
const texts = { alice: ['notebooks', 'data', 'alice.txt'] } as const

/** A shipped text. */
export type SampleName = keyof typeof texts

const read = new Map<string, readonly string[]>()

function linesOf(name: SampleName): readonly string[] {
	const path = texts[name]
	if (path === undefined) {
		throw new StreamError('argument/illegal', `there is no sample text ${JSON.stringify(name)}`, {
			where: 'sampleStream',
			remedy: `use one of ${Object.keys(texts).join(', ')}`,
		})
	}
	let lines = read.get(name)
	if (lines === undefined) {
		const all = readFileSync(packageFile(...path), 'utf8').split('\n')
		lines = all.map((line) => line.trim()).filter((line) => line !== '')
		read.set(name, lines)
	}
	return lines
}

/** A stream of the text's lines, `perSecond` of them each second. */
export function sampleStream(context: Registry, name: SampleName, perSecond: number): RateInputDStream<string> {
	const lines = linesOf(name)
	return new RateInputDStream(context, perSecond, (i) => lines[i % lines.length] as string, 'sampleStream')
}
