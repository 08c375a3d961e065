// The data of the workloads: the same for every engine and every run.

/** Numbers in [0, 1) from a 32-bit seed. */
export function mulberry32(seed) {
	let a = seed
	return () => {
		a = (a + 0x6d2b79f5) | 0
		let t = Math.imul(a ^ (a >>> 15), 1 | a)
		t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
		return ((t ^ (t >>> 14)) >>> 0) / 4294967296
	}
}

const numWords = 100_000

/** Words by rank: 1 to 11 letters, rare words longer. */
function vocabulary(random) {
	const words = []
	const seen = new Set()
	for (let rank = 0; rank < numWords; rank++) {
		const length = 1 + Math.floor((10.99 * Math.log(rank + 1)) / Math.log(numWords))
		for (let tries = 0; ; tries++) {
			let word = ''
			const letters = length + (tries > 20 ? 1 : 0)
			for (let i = 0; i < letters; i++) word += String.fromCharCode(97 + Math.floor(random() * 26))
			if (seen.has(word)) continue
			seen.add(word)
			words.push(word)
			break
		}
	}
	return words
}

/** Lines of 10 to 100 characters, their words drawn by Zipf's law (s = 1): call it for the next one. */
export function lines(seed = 42) {
	const random = mulberry32(seed)
	const words = vocabulary(random)
	const upTo = new Float64Array(numWords)
	let total = 0
	for (let rank = 0; rank < numWords; rank++) {
		total += 1 / (rank + 1)
		upTo[rank] = total
	}
	const word = () => {
		const wanted = random() * total
		let low = 0
		let high = numWords - 1
		while (low < high) {
			const middle = (low + high) >> 1
			if (upTo[middle] < wanted) low = middle + 1
			else high = middle
		}
		return words[low]
	}
	return () => {
		const target = 10 + Math.floor(random() * 91)
		let line = word()
		for (;;) {
			const next = word()
			if (line.length + 1 + next.length > target) return line
			line += ` ${next}`
		}
	}
}

/** `n` of what `next` gives. */
export const many = (n, next) => Array.from({ length: n }, next)

/** Whole numbers below what it is called with, from a linear congruential generator. */
export function lcg(seed) {
	let x = seed
	return (n) => {
		x = (Math.imul(x, 1664525) + 1013904223) >>> 0
		return Math.floor((x * n) / 4294967296)
	}
}

/** Count, sum and sum of squares of what results hold, over all batches. */
export class Checksum {
	count = 0
	sum = 0
	squares = 0
	add(value) {
		this.count++
		this.sum += value
		this.squares += value * value
	}
	/** A pair of values counts by its sum and its product. */
	addPair(a, b) {
		this.count++
		this.sum += a + b
		this.squares += a * b
	}
	toString() {
		return `${this.count}:${this.sum}:${this.squares}`
	}
}
