// An hour of the drawn shell on a ManualClock: batches, live blocks and lines go through the real screen, transcript and Ink into nothing.
//
// `node --expose-gc test/bench/shell_hour.mjs 60` prints {minutes, lines, frames, sixthMb, endMb}.

import { Writable } from 'node:stream'

const dist = (file) => import(new URL(`../../dist/${file}`, import.meta.url))
const { ManualClock } = await dist('engine/index.js')
const { drawFrame } = await dist('repl/ink/app.js')
const { idle } = await dist('repl/ink/editorview.js')
const { known, noFacts } = await dist('repl/ink/facts.js')
const { noDashboard } = await dist('repl/ink/frame.js')
const { LiveScreen } = await dist('repl/ink/livescreen.js')
const { paletteFor } = await dist('repl/ink/palette.js')
const { Store } = await dist('repl/ink/store.js')
const { styleFor } = await dist('repl/plain/style.js')
const { Transcript } = await dist('repl/plain/transcript.js')

const minutes = Number(process.argv[2] ?? 60)
const clock = new ManualClock()
const palette = paletteFor(true)
let bytes = 0
const stdout = Object.assign(
	new Writable({
		write(chunk, _, done) {
			bytes += chunk.length
			done()
		},
	}),
	{ columns: 120, rows: 40, isTTY: true },
)
let frame
const screen = new LiveScreen(
	clock,
	(text) => frame.write(text),
	() => 40,
)
const facts = new Store(noFacts)
const view = { ...idle, prompt: 'rivulet> ', isReading: true }
frame = drawFrame(
	{
		...{ editor: new Store(view), live: screen.live, facts, palette },
		...{ dashboard: new Store({ ...noDashboard, isShown: true }), size: new Store({ columns: 120, rows: 40 }) },
	},
	stdout,
	process.stdin,
)
const transcript = new Transcript(screen, styleFor(true), clock)
const turn = () => new Promise((resolve) => setImmediate(resolve))
const usedMb = async () => {
	for (let i = 0; i < 3; i++) {
		globalThis.gc()
		await turn()
	}
	return Math.round((process.memoryUsage().heapUsed / 2 ** 20) * 10) / 10
}

let lines = 0
let frames = 0
let sixthMb = 0
const steps = minutes * 600
for (let step = 1; step <= steps; step++) {
	// Ten steps a second: a batch each second, rows of two outputs, twenty lines of a program.
	const timeMs = step * 100
	if (step % 10 === 0) {
		const batchInfo = {
			...{ batchTime: timeMs, submissionTime: timeMs, schedulingDelay: 1, processingDelay: step % 40, totalDelay: 2 },
			...{ numRecords: 100, outputOperationInfos: {}, streamIdToInputInfo: {} },
		}
		facts.set(
			[
				{ kind: 'batchSubmitted', batchInfo },
				{ kind: 'batchCompleted', batchInfo },
			].reduce(known, facts.value),
		)
	}
	const rows = Array.from({ length: 8 }, (_, i) => `(key ${i},${step})`)
	const printed = { kind: 'printed', owner: '1', timeMs, lines: rows, hasMore: false, mode: 'live', text: 'x' }
	for (const outputId of [0, 1]) transcript.show({ ...printed, outputId, title: `out ${outputId}` })
	transcript.show({ kind: 'stream', owner: '2', name: 'stdout', text: `${`line ${step}\n`.repeat(20)}` })
	lines += 20
	frames++
	clock.advance(100)
	await turn()
	if (step === Math.floor(steps / 6)) sixthMb = await usedMb()
}
const endMb = await usedMb()
frame.close()
process.stdout.write(JSON.stringify({ minutes, lines, frames, bytes, sixthMb, endMb }))
process.exit(0)
