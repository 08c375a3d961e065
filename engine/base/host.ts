/**
 * The one seam between the engine and whatever program holds it.
 *
 * A plain program is the default host. A session puts itself in place with `setHost`: it says who registers streams
 * now (a group), takes printed batches instead of stdout, and hears of notices. The engine never knows what a cell is.
 */

/** What `print()` has to say about one batch of one output operation. */
export interface PrintedBatch {
	/** Stable id of the output operation within its context. */
	readonly outputId: number
	/** The name of the printed stream where it has one, otherwise its operator: `counts`, `reduceByKey`. */
	readonly title: string
	/** The group that registered the output operation. */
	readonly group: string | undefined
	readonly timeMs: number
	/** One entry an element, at most as many as asked for. */
	readonly lines: readonly string[]
	/** True when the batch has more elements than `lines`. */
	readonly hasMore: boolean
	/** `live`: empty batches may be folded and one block may be kept up to date; `log`: exactly Spark's text. */
	readonly mode: 'live' | 'log'
	/** Spark's exact text, final newline included. */
	readonly text: string
}

/** A registered `print()`. */
export interface Printing extends Pick<PrintedBatch, 'outputId' | 'group' | 'mode'> {
	readonly title: () => string
}

/** Something a person should know that is no error of an output: a receiver that retries, a dropped view. */
export interface Notice {
	readonly level: 'info' | 'warning' | 'error'
	readonly text: string
	/** The group it concerns, when there is one. */
	readonly group: string | undefined
}

export interface Host {
	/** The group that owns what is registered now: an opaque name, undefined in plain programs. */
	group(): string | undefined
	print(batch: PrintedBatch): void
	/** A `print()` was registered: its first batch comes later. `title` may still change. */
	printRegistered(printing: Printing): void
	notice(notice: Notice): void
	/** An error in a batch (an output operation or the generation of jobs), with the group of the output it hit. */
	batchError(error: Error, batch: { readonly timeMs: number; readonly group: string | undefined }): void
	/** Runs a function of the program without waiting in between; a host may let an interrupt end it. */
	guard<R>(body: () => R): R
	/** The code that runs now begins to wait for a batch: what its group added takes effect from here. */
	waitsForBatch(): void
	/** The code of the program that ran between two instants, as a person calls it: `cell [7]`; it may have held the thread. */
	holder(fromMs: number, toMs: number): string | undefined
	/** How a line of the program reads in names and errors: `app.ts:12`. */
	place(file: string, line: number): string
	/** The default of the setting `rivulet.liveGraph`. */
	readonly liveGraph: boolean
	/** A SparkContext is about to be constructed: a session stops an untouched one of its own. */
	makeRoom(): void
	/** A StreamingContext was constructed. */
	contextMade(context: object): void
}

/** A plain program: Spark's text on stdout, notices on stderr. */
const program: Host = {
	group: () => undefined,
	print: (batch) => void process.stdout.write(batch.text),
	printRegistered: () => undefined,
	notice: ({ level, text }) => void process.stderr.write(`${level}: ${text}\n`),
	batchError: () => undefined,
	guard: (body) => body(),
	waitsForBatch: () => undefined,
	holder: () => undefined,
	place: (file, line) => `${file}:${line}`,
	liveGraph: false,
	makeRoom: () => undefined,
	contextMade: () => undefined,
}

let current: Host = program

export const host = (): Host => current

/** Puts `next` in the place of the default host; what it leaves out stays as in a plain program. */
export function setHost(next: Partial<Host>): void {
	current = { ...program, ...next }
}
