/**
 * Where Jupyter keeps a user's data and an environment's.
 *
 * Source: Jupyter's documentation, "Common Directories and File Locations".
 */

import { execFileSync } from 'node:child_process'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { StreamError } from '../../engine/index.js'

/** The user's Jupyter data folder. */
export function userDataFolder(env: NodeJS.ProcessEnv = process.env, platform: string = process.platform): string {
	const given = (name: string): string | undefined => (env[name] === '' ? undefined : env[name])
	const named = given('JUPYTER_DATA_DIR')
	if (named !== undefined) return named
	const home = given('HOME') ?? homedir()
	if (platform === 'darwin') return join(home, 'Library', 'Jupyter')
	if (platform === 'win32') return join(given('APPDATA') ?? join(home, 'AppData', 'Roaming'), 'jupyter')
	return join(given('XDG_DATA_HOME') ?? join(home, '.local', 'share'), 'jupyter')
}

/** The Jupyter data folder of an environment. */
export const prefixDataFolder = (prefix: string): string => join(prefix, 'share', 'jupyter')

/**
 * The prefix of the active Python environment: `VIRTUAL_ENV`, `CONDA_PREFIX`, else what python3 says.
 * @throws jupyter/install when none is active and python3 cannot be asked
 */
export function systemPrefix(env: NodeJS.ProcessEnv = process.env): string {
	const active = [env.VIRTUAL_ENV, env.CONDA_PREFIX].find((one) => one !== undefined && one !== '')
	if (active !== undefined) return active
	try {
		return execFileSync('python3', ['-c', 'import sys; print(sys.prefix)'], { encoding: 'utf8', env }).trim()
	} catch (cause) {
		throw new StreamError(
			'jupyter/install',
			'no active Python environment, and python3 cannot be asked for its prefix',
			{
				remedy: 'activate the environment, or name its folder with --prefix',
				cause,
			},
		)
	}
}
