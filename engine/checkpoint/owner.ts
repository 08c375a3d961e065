/**
 * Which program writes to a checkpoint directory: two would number batches twice and remove each other's files.
 *
 *   claim ──▶ `_owner` says which process, on which machine ──▶ looked at before each checkpoint ──▶ release
 *
 * A program that runs on this machine keeps its directory. The file of one that was killed means nothing. Of another
 * machine nobody knows here whether it runs: the directory changes hands with a warning, and whoever had it writes no
 * checkpoint any more. Spark has nothing of the kind.
 */

import { readFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { asError, StreamError } from '../base/errors.js'
import { host } from '../base/host.js'
import { locate, readNow } from '../storage/filesystem.js'

const name = '_owner'

/** A process. `started` tells it from a later one with its number; empty where that cannot be known. */
interface Process {
	readonly machine: string
	readonly pid: number
	readonly started: string
}

export class DirectoryOwner {
	readonly #directory: string
	#taken: string | undefined
	/** Time and length of the file when it said so last: a look at them is enough until they change. */
	#ours = ''

	/** @throws context/active when a program that runs on this machine has the directory; output/path */
	constructor(directory: string) {
		this.#directory = directory
		const owner = ownerOf(directory)
		if (owner !== undefined && !isSame(owner, here)) {
			if (owner.machine === here.machine && isRunning(owner)) throw taken(directory, owner)
			if (owner.machine !== here.machine) tell(`${words(owner)} had ${directory} and may still run: stop it`)
		}
		write(directory)
	}

	/** @throws context/active when another program has taken the directory since */
	check(): void {
		const { files, path } = locate(this.#directory)
		const found = files.status(`${path}/${name}`)
		const seen = found === undefined ? undefined : `${found.modifiedMs} ${found.sizeBytes}`
		if (seen === this.#ours) return
		if (this.#taken === undefined) {
			const owner = ownerOf(this.#directory)
			if (owner === undefined) write(this.#directory)
			else if (isSame(owner, here)) this.#ours = seen ?? ''
			else this.#taken = words(owner)
		}
		if (this.#taken !== undefined)
			throw new StreamError('context/active', `${this.#taken} has taken the directory`, { remedy })
	}

	/** Nobody writes here any more. */
	release(): void {
		const { files, path } = locate(this.#directory)
		try {
			const owner = ownerOf(this.#directory)
			if (owner !== undefined && isSame(owner, here)) files.remove(`${path}/${name}`)
		} catch (thrown) {
			tell(`${files.shown(`${path}/${name}`)} could not be removed: ${asError(thrown).message}`)
		}
	}
}

const remedy = 'stop one of them, or give each a checkpoint directory of its own'

const taken = (directory: string, owner: Process): StreamError =>
	new StreamError('context/active', `${words(owner)} runs with this checkpoint directory`, {
		where: directory,
		remedy: owner.started === '' ? `${remedy}; remove ${name} there if that process is another program` : remedy,
	})

const words = ({ machine, pid }: Process): string => `process ${pid} on ${machine.replace(/ .*/, '')}`

/** What the directory says; undefined when it says nothing that can be read. */
function ownerOf(directory: string): Process | undefined {
	const { files, path } = locate(directory)
	const file = `${path}/${name}`
	if (files.status(file) === undefined) return undefined
	const line = Buffer.from(readNow(files, file)).toString('utf8')
	const match = /^process (\d+), started at (\d*), on (.+)\n$/.exec(line)
	return match === null ? undefined : { pid: Number(match[1]), started: String(match[2]), machine: String(match[3]) }
}

function write(directory: string): void {
	const { files, path } = locate(directory)
	const { pid, started, machine } = here
	const text = `process ${pid}, started at ${started}, on ${machine}\n`
	const written = files.write(`${path}/${name}`, Buffer.from(text))
	if (written instanceof Promise) written.catch((thrown) => tell(`${directory}: ${asError(thrown).message}`))
}

const isSame = (a: Process, b: Process): boolean =>
	a.pid === b.pid && a.started === b.started && a.machine === b.machine

/** True for a process that runs now and is no later one with the same number. */
function isRunning({ pid, started }: Process): boolean {
	if (started !== '') return startOf(pid) === started
	try {
		process.kill(pid, 0)
		return true
	} catch (thrown) {
		return (thrown as NodeJS.ErrnoException).code === 'EPERM'
	}
}

/** When a process began, in ticks since the machine did; empty where that cannot be known, or when it is over. */
function startOf(pid: number): string {
	const stat = factOf(`/proc/${pid}/stat`)
	const [state = '', ...fields] = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
	// Killed, and its parent has not looked yet; proc(5) counts from the two fields before these.
	return state === 'Z' || state === 'X' ? '' : (fields[18] ?? '')
}

function factOf(path: string): string {
	try {
		return readFileSync(path, 'utf8').trim()
	} catch (thrown) {
		// Other systems have no such files, and a process that is gone has none.
		const { code } = thrown as NodeJS.ErrnoException
		if (code === 'ENOENT' || code === 'ESRCH' || code === 'EACCES') return ''
		throw thrown
	}
}

/** A machine that was started anew runs nothing of what ran before. */
const here: Process = {
	machine: `${hostname()} ${factOf('/proc/sys/kernel/random/boot_id')}`.trim(),
	pid: process.pid,
	started: startOf(process.pid),
}

const tell = (text: string): void => host().notice({ level: 'warning', text, group: undefined })
