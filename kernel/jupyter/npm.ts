/**
 * `%npm`: npm as a child of the front, in the notebook's folder, its output streamed to the cell.
 *
 * An interrupt of the cell ends npm and what it has started. The next cell can import what was installed, its types too.
 */

import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { StringDecoder } from 'node:string_decoder'
import { StreamError } from '../../engine/index.js'
import { wrongUse } from '../session/magics/usage.js'
import type { FrontMagic } from './frontmagics.js'

/** Questions cannot be answered in a cell, and bars that draw over themselves cannot be seen. */
const quietly = { npm_config_yes: 'true', npm_config_progress: 'false', npm_config_color: 'false', CI: '1' }

/** `%npm install package …`, `%npm remove package …`, or any other command of npm. */
export const npm: FrontMagic = async (argument, { owner, signal }, { directory, outputs }) => {
	const words = (argument.match(/"[^"]*"|'[^']*'|\S+/g) ?? []).map((word) => word.replace(/^(['"])(.*)\1$/, '$2'))
	if (words.length === 0) throw wrongUse('npm', '%npm needs a command')
	// Without a package.json of its own npm would change that of some folder above.
	const place = existsSync(join(directory, 'package.json')) ? [] : ['--prefix', directory]
	const child = spawn('npm', [...words, ...place, '--no-fund', '--no-audit', '--no-update-notifier'], {
		cwd: directory,
		env: { ...process.env, ...quietly },
		stdio: ['ignore', 'pipe', 'pipe'],
		shell: process.platform === 'win32',
		detached: process.platform !== 'win32',
	})
	for (const name of ['stdout', 'stderr'] as const) {
		const decoder = new StringDecoder('utf8')
		child[name].on('data', (bytes: Buffer) => outputs.stream(owner, name, decoder.write(bytes)))
	}
	const interrupt = (): void => {
		if (child.pid !== undefined && child.exitCode === null) end(child.pid)
	}
	signal.addEventListener('abort', interrupt, { once: true })
	const code = await new Promise<number | null>((settle, reject) => {
		child.on('error', (cause) => {
			reject(
				new StreamError('cli/usage', 'npm cannot be started', {
					where: '%npm',
					remedy: 'install npm, or check that it is on the PATH of Jupyter',
					cause,
				}),
			)
		})
		child.on('close', (code) => settle(code))
	}).finally(() => signal.removeEventListener('abort', interrupt))
	if (code === 0 || signal.aborted) return undefined
	throw new StreamError('cli/usage', `npm ${words[0]} failed with code ${code}`, {
		where: `%npm in ${directory}`,
		remedy: 'see the lines of npm above',
	})
}

/** Ends a process and those that it has started. */
function end(pid: number): void {
	if (process.platform === 'win32') process.kill(pid)
	else process.kill(-pid, 'SIGTERM')
}
