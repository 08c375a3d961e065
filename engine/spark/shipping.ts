/** A stage with its functions as bytes: captured as a whole, refused with the operator whose function cannot travel. */

import { StreamError } from '../base/errors.js'
import { host } from '../base/host.js'
import { type Shipped, shipFunction } from '../closure/ship.js'
import type { AnyRDD } from '../rdd/plan.js'
import { Cargo } from './cargo.js'
import type { StageProgram } from './program.js'

/** A captured stage. */
export interface ShippedStage {
	readonly bytes: Uint8Array
	readonly cargo: Cargo
}

/** Reasons that were told already, by text. */
const told = new Set<string>()

/**
 * Captures a stage. `owners` are the RDDs that its functions belong to, in the order of its steps.
 * @throws task/closure with the operator, the path to what cannot travel, and the cure
 */
export function shipStage(program: StageProgram, owners: readonly AnyRDD[]): ShippedStage {
	const cargo = new Cargo()
	const last = owners.at(-1)
	try {
		const shipped = shipFunction(program, operatorOf(last), cargo.carriers)
		tell(shipped)
		return { bytes: shipped.bytes, cargo }
	} catch (thrown) {
		if (!(thrown instanceof StreamError) || thrown.code !== 'task/closure') throw thrown
		// One by one they name the right operator.
		program.steps.forEach((step, i) => void shipFunction(step.fn, operatorOf(owners[i]), new Cargo().carriers))
		throw thrown
	}
}

/** The operator and place that made an RDD. */
function operatorOf(rdd: AnyRDD | undefined): { readonly name: string; readonly site: string | undefined } | undefined {
	const [name, site] = rdd?.callSite?.split(' at ') ?? []
	return name === undefined ? undefined : { name, site }
}

/** What a function does to variables of the driver does not happen there. */
function tell({ effects }: Shipped): void {
	const { reason } = effects
	if (reason === undefined || reason.kind !== 'assigns') return
	const place = reason.place === undefined ? '' : ` at ${reason.place}`
	const text = `a function${place} ${reason.text}: on a cluster this stays in the worker; ${reason.remedy}`
	if (told.has(text)) return
	told.add(text)
	host().notice({ level: 'warning', text, group: undefined })
}
