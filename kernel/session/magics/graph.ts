/** `%graph` and `%metrics`: what the context itself shows. */

import { StreamError } from '../../../engine/index.js'
import { refuseArguments } from './usage.js'
import type { MagicWorld, SessionMagic } from './world.js'

/** Calls a method of the context that displays something. */
const shown =
	(name: 'graph' | 'metrics'): SessionMagic =>
	(argument, { contexts }: MagicWorld) => {
		refuseArguments(name, argument)
		const ssc = contexts.streamingContext
		const method: unknown = Reflect.get(ssc, name)
		if (typeof method === 'function') return method.call(ssc)
		throw new StreamError('session/input', `ssc.${name}() is not there in this version`, {
			where: `%${name}`,
			remedy: 'use %streams',
		})
	}

export const graph = shown('graph')
export const metrics = shown('metrics')
