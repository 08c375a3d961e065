/** What Spark's driver process holds for this program: grows for ever where something is not freed. */

import type { Application } from './application.js'
import { JavaRef } from './py4j.js'

/** Counted after Spark's driver has collected its garbage. */
export interface HeldFacts {
	/** Objects that the gateway keeps for this program. */
	readonly numObjects: number
	/** RDDs that are persisted. */
	readonly numKept: number
	readonly heapBytes: number
}

/** The gateway itself. */
const gatewayServer = new JavaRef('GATEWAY_SERVER')

/** Asks it. @throws cluster/gateway when it has ended */
export function heldFacts({ jvm, java }: Application): Promise<HeldFacts> {
	const { plan } = jvm
	return jvm.scope(async (brief) => {
		await plan.call('java.lang.System', 'gc')
		const gateway = brief(await plan.call<JavaRef>(gatewayServer, 'getGateway'))
		const bindings = brief(await plan.call<JavaRef>(gateway, 'getBindings'))
		const kept = brief(await plan.call<JavaRef>(java, 'getPersistentRDDs'))
		const runtime = brief(await plan.call<JavaRef>('java.lang.Runtime', 'getRuntime'))
		const total = await plan.call<number>(runtime, 'totalMemory')
		const free = await plan.call<number>(runtime, 'freeMemory')
		return {
			numObjects: await plan.call<number>(bindings, 'size'),
			numKept: await plan.call<number>(kept, 'size'),
			heapBytes: Number(total) - Number(free),
		}
	})
}
