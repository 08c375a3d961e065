/**
 * The magics: lines of a cell that begin with `%`, one row each, as data.
 *
 * From these rows come `%lsmagic`, the help of `?%step`, completion after `%`, errors about wrong use and the reference.
 * What a row does is in the file that `place` names: `session` runs beside the streams (rows.ts), `front` in the front
 * end, `code` changes how the code of its cell is run.
 */

/** One magic. */
export interface MagicRow {
	readonly name: string
	/** `line`: `%name …`; `cell`: `%%name` with the rest of the cell as its body. */
	readonly forms: readonly ('line' | 'cell')[]
	readonly place: 'session' | 'front' | 'code'
	/** What may follow the name: `[n]`. */
	readonly usage: string
	/** One sentence. */
	readonly summary: string
	/** What each form does, a line each. */
	readonly details: readonly string[]
}

const rows = [
	{
		name: 'streams',
		forms: ['line'],
		place: 'session',
		usage: '',
		summary: 'Lists streams and outputs, whose they are, and how to stop each.',
		details: ['rate: records of the last batch; state: keys an operator remembers'],
	},
	{
		name: 'start',
		forms: ['line'],
		place: 'session',
		usage: '',
		summary: 'Starts ssc, or starts it again after a stop.',
		details: [],
	},
	{
		name: 'stop',
		forms: ['line'],
		place: 'session',
		usage: '[stream | #output …]',
		summary: 'Stops ssc and keeps sc, or takes streams and outputs out of the graph.',
		details: [
			'%stop          stops the streams; sc and all names stay, %start goes on',
			'%stop counts   takes the stream counts out, with every output and view that hangs on it',
			'%stop #4       takes out the stream or output that %streams lists with that number',
		],
	},
	{
		name: 'step',
		forms: ['line'],
		place: 'session',
		usage: '[n]',
		summary: 'Moves a manual clock on by n batches (1) and says what they did.',
		details: ['%clock manual comes first'],
	},
	{
		name: 'clock',
		forms: ['line'],
		place: 'session',
		usage: '[manual | system]',
		summary: 'Shows what drives the batches, or chooses it.',
		details: [
			'%clock manual  time stands still until %step or ssc.step(); streams that were made are kept unless batches ran',
			'%clock system  batches at every interval of real time',
		],
	},
	{
		name: 'rate',
		forms: ['line'],
		place: 'session',
		usage: '[stream [perSecond]]',
		summary: 'Shows how many records each input brings and may bring, or sets the limit of one.',
		details: ['%rate lines 100   at most 100 records a second, for receivers; for rateStream the rate itself'],
	},
	{
		name: 'graph',
		forms: ['line'],
		place: 'session',
		usage: '',
		summary: 'Draws the graph of ssc.',
		details: [],
	},
	{
		name: 'metrics',
		forms: ['line'],
		place: 'session',
		usage: '',
		summary: 'Shows rates and delays of the batches, live.',
		details: [],
	},
	{
		name: 'master',
		forms: ['line'],
		place: 'session',
		usage: '[url]',
		summary: 'Shows where jobs run, or moves there: the streams of ssc come along with their state.',
		details: [
			'%master local[2]            threads of this machine',
			'%master spark://host:7077   a cluster; or local-cluster[2,1,1024], yarn, k8s://…',
			'batches that run are ended first; windows and queued RDDs come along as data; where no cluster answers, everything stays where it was',
		],
	},
	{
		name: 'who',
		forms: ['line'],
		place: 'session',
		usage: '[name …]',
		summary: 'Lists the names that cells have made, with their types.',
		details: [],
	},
	{
		name: 'time',
		forms: ['line', 'cell'],
		place: 'code',
		usage: '[code]',
		summary: 'Runs code once and says how long it took, on the wall and on the processor.',
		details: ['%time await rdd.count()   times that line', '%time                     alone: times the cell below it'],
	},
	{
		name: 'timeit',
		forms: ['line', 'cell'],
		place: 'code',
		usage: '[code]',
		summary: 'Runs code many times and says how long one run takes.',
		details: ['repeats until a fifth of a second is filled, seven times; names that it declares are its own'],
	},
	{
		name: 'types',
		forms: ['line'],
		place: 'front',
		usage: '[check | warn | off]',
		summary: 'Type errors stop a cell (check), are notes (warn), or are not looked for (off).',
		details: [],
	},
	{
		name: 'load',
		forms: ['line'],
		place: 'front',
		usage: 'file',
		summary: 'Runs the text of a .ts or .js file as this cell.',
		details: ['the path starts from the folder of the notebook'],
	},
	{
		name: 'npm',
		forms: ['line'],
		place: 'front',
		usage: 'install | remove package …',
		summary: "Runs npm in the notebook's folder.",
		details: ['%npm install lodash   then: import _ from "lodash"', 'any other command of npm works, too: %npm ls'],
	},
	{
		name: 'reset',
		forms: ['line'],
		place: 'front',
		usage: '',
		summary: 'Puts a fresh session in the place of this one: names and streams are gone.',
		details: [],
	},
	{
		name: 'export',
		forms: ['line'],
		place: 'front',
		usage: '[file.ts]',
		summary: 'Writes the cells that own what is alive as a program for rivulet run; without a file it is shown.',
		details: [],
	},
	{
		name: 'lsmagic',
		forms: ['line'],
		place: 'front',
		usage: '',
		summary: 'Lists the magics.',
		details: [],
	},
	{
		name: 'js',
		forms: ['cell'],
		place: 'code',
		usage: '',
		summary: 'Runs the cell as JavaScript: no type is checked, none is taken away.',
		details: [],
	},
	{
		name: 'html',
		forms: ['cell'],
		place: 'code',
		usage: '',
		summary: 'Shows the cell as HTML.',
		details: [],
	},
	{
		name: 'markdown',
		forms: ['cell'],
		place: 'code',
		usage: '',
		summary: 'Shows the cell as Markdown.',
		details: [],
	},
] as const satisfies readonly MagicRow[]

type Row = (typeof rows)[number]

/** Every magic, streams first. */
export const magics: readonly MagicRow[] = rows

/** The names of magics that run in a place. */
export type MagicIn<Place extends MagicRow['place']> = Extract<Row, { readonly place: Place }>['name']

/** The row of a name, if there is one. */
export const magicNamed = (name: string): MagicRow | undefined => magics.find((row) => row.name === name)

/** `%step [n]`, or `%%js`. */
export function usageOf({ name, forms, usage }: MagicRow): string {
	return `${forms.includes('line') ? '%' : '%%'}${name} ${usage}`.trimEnd()
}

/** What `?%step` shows. */
export function helpOf(row: MagicRow): string {
	const also = row.forms.length > 1 ? [`%%${row.name} on the first line takes the whole cell.`] : []
	return [usageOf(row), '', row.summary, ...row.details.map((line) => `  ${line}`), ...also].join('\n')
}

/** What `%lsmagic` shows: usage and summary of every row, aligned. */
export function magicTable(): string {
	const cells = magics.map((row) => [usageOf(row), row.summary] as const)
	const width = Math.min(36, Math.max(...cells.map(([usage]) => usage.length)))
	return cells.map(([usage, summary]) => `${usage.padEnd(width)}  ${summary}`).join('\n')
}
