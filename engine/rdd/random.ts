/** Seeded random numbers: one generator for samples, and Spark's own where it decides where records go. */

/** A generator of numbers in [0, 1); the same seed gives the same numbers. Source: mulberry32. */
export function randomNumbers(seed: number): () => number {
	let state = seed | 0
	return () => {
		state = (state + 0x6d2b79f5) | 0
		let t = Math.imul(state ^ (state >>> 15), 1 | state)
		t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
		return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296
	}
}

/** A seed for those who gave none. */
export const anySeed = (): number => Math.floor(Math.random() * 2 ** 31)

/** A number of copies drawn from Poisson's distribution. Source: Knuth's product of uniforms. */
export function poisson(mean: number, random: () => number): number {
	const limit = Math.exp(-mean)
	let n = 0
	for (let product = random(); product > limit; product *= random()) n++
	return n
}

/** The first `nextInt(bound)` of Spark's `XORShiftRandom(seed)`: the bucket at which a repartitioned partition starts. */
export function xorShiftStart(seed: number, bound: number): number {
	const low = bytesHash(seed, 0x3c074a61)
	const high = bytesHash(seed, low)
	let state = BigInt.asIntN(64, (BigInt(high) << 32n) | BigInt(low >>> 0))
	const next31 = (): number => {
		let next = BigInt.asIntN(64, state ^ (state << 21n))
		next ^= BigInt.asUintN(64, next) >> 35n
		next = BigInt.asIntN(64, next ^ (next << 4n))
		state = next
		return Number(BigInt.asUintN(31, next))
	}
	if ((bound & -bound) === bound) return Number((BigInt(bound) * BigInt(next31())) >> 31n)
	for (;;) {
		const drawn = next31()
		const rest = drawn % bound
		if (drawn - rest + (bound - 1) < 2 ** 31) return rest
	}
}

/** MurmurHash3 of a small seed's eight bytes, big-endian, as Scala's `MurmurHash3.bytesHash`. */
function bytesHash(value: number, seed: number): number {
	const bytes = new DataView(new ArrayBuffer(8))
	bytes.setBigInt64(0, BigInt(value))
	let h = seed
	for (const at of [0, 4]) {
		let k = Math.imul(bytes.getInt32(at, true), 0xcc9e2d51)
		k = Math.imul((k << 15) | (k >>> 17), 0x1b873593)
		h ^= k
		h = (h << 13) | (h >>> 19)
		h = (Math.imul(h, 5) + 0xe6546b64) | 0
	}
	h ^= 8
	h = Math.imul(h ^ (h >>> 16), 0x85ebca6b)
	h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
	return h ^ (h >>> 16)
}
