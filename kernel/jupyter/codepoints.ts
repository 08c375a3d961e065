/** Positions in Unicode code points, as Jupyter counts, and in UTF-16 units, as JavaScript does. */

/** The UTF-16 offset of a code point position; positions beyond the end give the end. */
export function unitsOf(text: string, codePoints: number): number {
	let units = 0
	for (let left = codePoints; left > 0 && units < text.length; left--) {
		units += (text.codePointAt(units) ?? 0) > 0xffff ? 2 : 1
	}
	return units
}

/** The code point position of a UTF-16 offset; an offset inside a pair counts as the pair's start. */
export function codePointsOf(text: string, units: number): number {
	let count = 0
	for (let at = 0; at < Math.min(units, text.length); count++) {
		at += (text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1
		if (at > units) return count
	}
	return count
}
