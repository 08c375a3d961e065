// The workloads by name. Floors are what `--check` refuses to go below, aims what is hoped for.

import { afterOthers } from './after.mjs'
import { files } from './files.mjs'
import { interval } from './interval.mjs'
import { join } from './join.mjs'
import { longWindow } from './longwindow.mjs'
import { socket } from './socket.mjs'
import { start } from './start.mjs'
import { mapState, updateState } from './state.mjs'
import { textfile, threadedWordcount } from './threads.mjs'
import { windowed } from './windowed.mjs'
import { wordcount } from './wordcount.mjs'

const afterPipelines = afterOthers(wordcount)

export const workloads = {
	W1: wordcount,
	W1T: threadedWordcount(wordcount),
	W1A: afterPipelines.W1A,
	W2: {
		...windowed(10_000),
		title: 'window of 60 batches with an inverse, 10,000 keys',
		aim: 1.2,
		floor: 0.3,
		checksum: '1194083:271441738:74136255262',
	},
	W2L: {
		...windowed(100_000),
		title: 'the same, 100,000 keys',
		aim: 1.5,
		floor: 0.9,
		checksum: '11039901:271441738:8955743604',
	},
	W3: {
		...updateState,
		title: 'updateStateByKey, 1,000,000 keys, 10,000 of them updated',
		aim: 3,
		floor: 1.5,
		checksum: '20000000:22100000:26586578',
	},
	W3M: {
		...mapState,
		title: 'mapWithState on the same',
		aim: 1,
		floor: 0.5,
		checksum: '200000:420015:902725',
	},
	W2F: {
		...windowed(10_000, false),
		title: 'the same without an inverse, 10,000 keys',
		aim: 2,
		floor: 2,
		checksum: '1194083:271441738:74136255262',
	},
	W2M: longWindow,
	W4: socket,
	W5: interval,
	W6: join,
	W7: start,
	W8: files,
	W8T: textfile,
}

/** What other workloads are measured by. */
export const parts = { N: afterPipelines.N, NA: afterPipelines.NA }
