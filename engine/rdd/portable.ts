/**
 * Records of the engine that go to other processes as plain data, and are made again there: instances whose own state
 * nobody else can see.
 */

/** What a portable record is made of. */
export interface PortableParts {
	/** Makes it again: an exported function of the engine, so that it can be found by its name. */
	readonly make: (parts: readonly unknown[]) => unknown
	/** Plain data, or records of the program. */
	readonly parts: readonly unknown[]
}

/** The member that gives the parts. */
export const portable = Symbol('portable')

/** The parts of a portable record; undefined for any other one. */
export function portableParts(record: unknown): PortableParts | undefined {
	if (typeof record !== 'object' || record === null || !(portable in record)) return undefined
	return record[portable] as PortableParts
}
