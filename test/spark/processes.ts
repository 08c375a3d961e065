/** The processes of one test, found by a mark in their environment, which all that they start inherit. */

import { readdirSync, readFileSync } from 'node:fs'

/** Where the mark stands. */
export const markName = 'RIVULET_TEST_MARK'

export interface Running {
	readonly pid: number
	readonly command: string
}

/** The processes that have the mark. Those that end meanwhile are left out. */
export function processesWith(mark: string): Running[] {
	return readdirSync('/proc')
		.filter((name) => /^\d+$/.test(name))
		.flatMap((name): Running[] => {
			try {
				const environment = readFileSync(`/proc/${name}/environ`, 'latin1').split('\0')
				if (!environment.includes(`${markName}=${mark}`)) return []
				return [{ pid: Number(name), command: readFileSync(`/proc/${name}/cmdline`, 'latin1').replaceAll('\0', ' ') }]
			} catch {
				return []
			}
		})
}

/** What Spark's executors run as. */
export const isExecutor = ({ command }: Running): boolean => command.includes('CoarseGrainedExecutorBackend')
/** The processes that run functions, without those that start them. */
export const isWorker = ({ command }: Running): boolean => /spark\/worker\/main\.js/.test(command)
