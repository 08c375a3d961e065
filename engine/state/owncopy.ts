/**
 * Hot loops with type feedback of their own: V8 keeps what it has learned of a loop by source text, so a loop that two
 * programs' functions run through is slow for both. Where code may not be generated, the loop itself is used.
 */

let numCopies = 0

/** The same loop for each function it calls; `loop` refers to nothing outside. */
export function copiesOf<L extends (...args: never[]) => unknown>(loop: L): (fn: object) => L {
	const copies = new WeakMap<object, L>()
	return (fn) => {
		let copy = copies.get(fn)
		if (copy === undefined) {
			copy = copied(loop)
			copies.set(fn, copy)
		}
		return copy
	}
}

function copied<L extends (...args: never[]) => unknown>(loop: L): L {
	numCopies += 1
	try {
		// The number makes the text unique.
		return new Function(`'use strict';return ${loop}\n//# sourceURL=rivulet:${loop.name}${numCopies}`)() as L
	} catch (thrown) {
		if (thrown instanceof EvalError) return loop
		throw thrown
	}
}
