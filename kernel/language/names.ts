/**
 * The names cells share: which are alive, who declared each, and the line that binds them in a later cell.
 *
 *     declare let x: typeof import("/home/me/~cell-3").x; import { f } from "/home/me/~cell-4";
 *
 * A plain `import { x }` of a variable would forbid `x = 5` in a later cell, hence the `declare`. A declaration in a cell
 * hides the name of an earlier one, and every name hides a global of Rivulet (`ssc`, `Seconds`) of the same spelling.
 */

import type { Binding } from './declarations.js'

/** A live name. */
export interface LiveName {
	readonly name: string
	readonly binding: Binding
	/** The module specifier of its declaring cell. */
	readonly module: string
}

/** The live names at one moment. */
export type Scope = ReadonlyMap<string, LiveName>

/** The line, without its line break, that binds names in front of a cell. */
export function bindingLine(names: Iterable<LiveName>): string {
	const parts: string[] = []
	for (const { name, binding, module } of names) {
		const from = JSON.stringify(module)
		if (binding === 'let' || binding === 'const') {
			parts.push(`declare ${binding} ${name}: typeof import(${from}).${name};`)
		} else parts.push(`import ${binding === 'type' ? 'type ' : ''}{ ${name} } from ${from};`)
	}
	return parts.length === 0 ? '' : `${parts.join(' ')} `
}

/** The names of cells that ran, later ones over earlier ones. */
export class Names {
	#scope: Scope = new Map()

	/** The live names now; never changes afterwards. */
	get scope(): Scope {
		return this.#scope
	}

	/** A cell has run: these names of it are alive now. */
	add(names: Iterable<LiveName>): void {
		const scope = new Map(this.#scope)
		for (const one of names) scope.set(one.name, one)
		this.#scope = scope
	}

	/** Forgets all. */
	clear(): void {
		this.#scope = new Map()
	}
}
