/**
 * The commands of `rivulet`, one row each: what they take, what their help says, and the part that is loaded for them.
 *
 * Nothing of a part is loaded before its command is asked for; the shell's prompt must not wait for the kernel's sockets.
 */

import { type Given, type Grammar, type OptionRow, usage } from './arguments.js'
import { submitFlags } from './submitflags.js'

/** One command. */
export interface CommandRow extends Grammar {
	/** One sentence for the list of commands. */
	readonly summary: string
	/** Further sentences for its own help, one a line. */
	readonly details: readonly string[]
	/** Calls as they are typed, each with what it does. */
	readonly examples: readonly (readonly [string, string])[]
	/** Does the work; resolves to the exit code. */
	readonly run: (given: Given) => Promise<number>
}

const shellOptions: readonly OptionRow[] = [
	{ name: 'batches', value: 'N', summary: 'stop and leave after N batches' },
	{ name: 'interval', value: 'DURATION', summary: "batch interval of ssc, such as '500ms' or '2s' (1s)" },
	{ name: 'master', value: 'URL', summary: 'master URL of sc (local)' },
	{ name: 'plain', summary: 'line mode, as for pipes and dumb terminals' },
	{ name: 'json', summary: 'results, rows and batch events as JSON lines, for scripts' },
]

const installOptions: readonly OptionRow[] = [
	{ name: 'user', summary: "into the user's own Jupyter folder (the default)" },
	{ name: 'prefix', value: 'DIR', summary: 'into DIR/share/jupyter/kernels' },
	{ name: 'sys-prefix', summary: 'into the active Python environment' },
]

const shell: CommandRow = {
	name: 'shell',
	summary: 'Open the shell: sc and ssc are ready at the prompt (what plain `rivulet` does).',
	details: [
		'Each input is TypeScript, checked and run in a session of its own; streams go on while you type.',
		'With a pipe instead of a terminal, inputs are read line by line; the exit code is 1 when one of them failed.',
	],
	positionals: [],
	options: [{ name: 'demo', summary: 'count the words of a shipped text in a 10 s window' }, ...shellOptions],
	examples: [
		['rivulet', 'the prompt'],
		['rivulet --demo --batches 10', 'ten batches of the demonstration'],
		['rivulet < session.ts', 'run the inputs of a file'],
	],
	run: async (given) => (await import('./shell.js')).openShell(given, given.has('demo')),
}

async function runOrSupervise(given: Given): Promise<number> {
	const [file = ''] = given.positionals
	const restarts = given.count('restarts', 0)
	if (given.has('supervise')) {
		return (await import('./supervise.js')).superviseProgram(file, given.rest, restarts ?? 10)
	}
	if (restarts !== undefined) throw usage('--restarts says nothing without --supervise', 'add --supervise')
	return (await import('./run.js')).runProgram(file, given.rest)
}

/** All commands, in the order of the help. */
export const commands: readonly CommandRow[] = [
	shell,
	{
		name: 'demo',
		summary: 'Count the words of a shipped text in a 10 s window; needs no second program.',
		details: ['The same as `rivulet --demo`: the code it runs is shown, and the prompt stays usable.'],
		positionals: [],
		options: shellOptions,
		examples: [['rivulet demo --batches 10', 'ends after ten batches']],
		run: async (given) => (await import('./shell.js')).openShell(given, true),
	},
	{
		name: 'run',
		summary: 'Check and run a TypeScript program.',
		details: [
			'Types are checked first; nothing runs when there is an error (exit code 1).',
			"`rivulet` and `rivulet/…` are this package. Everything after the file goes to the program's process.argv.",
			'SIGTERM and Ctrl-C stop the active StreamingContext gracefully, within spark.streaming.gracefulStopTimeout',
			'(ten batches, 10 s at least); a second one ends the program at once.',
			'With --supervise a program that crashes is started again, after 0.5 s, 1 s, 2 s … 30 s, and goes on from its',
			'checkpoint when it was made by StreamingContext.getOrCreate. It reads nothing from stdin.',
		],
		positionals: ['file.ts'],
		options: [
			{ name: 'supervise', summary: 'start the program again when it crashes' },
			{ name: 'restarts', value: 'N', summary: 'give up after N restarts without a minute of work between (10)' },
		],
		passesRest: true,
		examples: [
			['rivulet run notebooks/programs/network-word-count.ts localhost 9999', "Spark's first example"],
			['rivulet run --supervise app.ts', 'kept alive; the last checkpoint is where it goes on'],
		],
		run: runOrSupervise,
	},
	{
		name: 'submit',
		summary: 'Run a TypeScript program on a real Apache Spark, as spark-submit would.',
		details: [
			'The flags are those of spark-submit; what they set goes behind what the program sets itself (setMaster).',
			'Executors are sent the engine and the packages that the program imports, and with --with-node this Node, so that',
			'they need neither Node nor Python. The driver runs here, or with --deploy-mode cluster in the cluster.',
			'Needs a Spark (pip install pyspark has one) and Java 17; a local master needs neither.',
		],
		positionals: ['app.ts'],
		options: submitFlags,
		passesRest: true,
		examples: [
			['rivulet submit --master spark://host:7077 app.ts', 'executors have Node on their PATH'],
			['rivulet submit --master yarn --with-node --executor-memory 2g app.ts in out', 'Node is sent along'],
		],
		run: async (given) => (await import('./submit.js')).submit(given),
	},
	{
		name: 'check',
		summary: 'Tell which functions of a program would not travel to a cluster.',
		details: [
			'Runs the program here until its first batch has ended (or its end, without streams). Each function is captured as',
			'for an executor, and run on a few records in another process; functions may so run twice. Needs no Spark.',
		],
		positionals: ['app.ts'],
		options: [{ name: 'for', value: 'cluster', summary: 'what to check for' }],
		passesRest: true,
		examples: [['rivulet check --for cluster app.ts', 'what would be refused, with the way to it and the cure']],
		run: async (given) => (await import('./check.js')).check(given),
	},
	{
		name: 'serve-text',
		summary: 'Send lines of text to every client of a TCP port, as `nc -lk` would.',
		details: [
			'Sends the shipped text (or a file) line by line, again and again, and what is typed here as well.',
			'With --per-second 0 only what is typed is sent.',
		],
		positionals: ['port'],
		options: [
			{ name: 'file', value: 'FILE', summary: 'send the lines of FILE' },
			{ name: 'per-second', value: 'N', summary: 'lines a second to each client (10)' },
			{ name: 'host', value: 'HOST', summary: 'address to listen on (localhost)' },
			{ name: 'once', summary: 'send the text once, then end the connection and leave' },
		],
		examples: [
			['rivulet serve-text 9999', 'ten lines a second'],
			['rivulet serve-text 9999 --per-second 0', 'only what is typed'],
		],
		run: async (given) => (await import('./servetext.js')).serveText(given),
	},
	{
		name: 'install',
		summary: 'Write the Jupyter kernelspec `rivulet`; needs no Python.',
		details: [],
		positionals: [],
		options: installOptions,
		examples: [['rivulet install --user', 'for all your notebooks']],
		run: async (given) => (await import('./jupyter.js')).install(given),
	},
	{
		name: 'uninstall',
		summary: 'Remove the kernelspec again.',
		details: [],
		positionals: [],
		options: installOptions,
		examples: [],
		run: async (given) => (await import('./jupyter.js')).uninstall(given),
	},
	{
		name: 'doctor',
		summary: 'Tell what is wrong with this installation.',
		details: ['The exit code is 1 when something is.'],
		positionals: [],
		options: [],
		examples: [],
		run: async () => (await import('./jupyter.js')).doctor(),
	},
	{
		name: 'kernel',
		summary: 'Run the Jupyter kernel (Jupyter calls this itself).',
		details: [],
		positionals: ['connection_file'],
		options: [],
		examples: [],
		run: async (given) => (await import('./jupyter.js')).kernel(given.positionals[0] ?? ''),
	},
]

/** The command that runs when none is named. */
export const defaultCommand = shell
