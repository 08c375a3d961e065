/**
 * Quantiles of the distributions that bounds of approximate results come from.
 *
 * Sources: Marsaglia's series for the normal distribution, Abramowitz and Stegun 26.7.3 and 26.7.4 for Student's t,
 * Lanczos for the logarithm of the gamma function.
 */

/** The point in [low, high] at which the rising function `f` reaches `target`. */
function bisect(f: (x: number) => number, target: number, low: number, high: number): number {
	let [a, b] = [low, high]
	for (let i = 0; i < 100; i++) {
		const middle = (a + b) / 2
		if (f(middle) < target) a = middle
		else b = middle
	}
	return (a + b) / 2
}

function normalBelow(z: number): number {
	let [sum, term] = [z, z]
	for (let i = 3; Math.abs(term) > 1e-17; i += 2) {
		term *= (z * z) / i
		sum += term
	}
	return 0.5 + (sum * Math.exp((-z * z) / 2)) / Math.sqrt(2 * Math.PI)
}

/** The number that a standard normal variable stays below with probability `p`, at least a half. */
export function normalQuantile(p: number): number {
	if (p >= 1) return Number.POSITIVE_INFINITY
	return bisect(normalBelow, p, 0, 9)
}

/** The probability that Student's t lies within `tan(angle)·√degrees` of 0. */
function studentWithin(angle: number, degrees: number): number {
	const [sine, cosine] = [Math.sin(angle), Math.cos(angle)]
	const isOdd = degrees % 2 === 1
	let term = isOdd ? cosine : 1
	let sum = degrees === 1 ? 0 : term
	for (let i = isOdd ? 3 : 2; i <= degrees - 2; i += 2) {
		term *= ((i - 1) / i) * cosine * cosine
		sum += term
	}
	return isOdd ? (2 / Math.PI) * (angle + sine * sum) : sine * sum
}

/** The number that Student's t with `degrees` of freedom stays below with probability `p`, at least a half. */
export function studentQuantile(p: number, degrees: number): number {
	if (p >= 1) return Number.POSITIVE_INFINITY
	const angle = bisect((x) => studentWithin(x, degrees), 2 * p - 1, 0, Math.PI / 2)
	return Math.tan(angle) * Math.sqrt(degrees)
}

const lanczos = [
	676.5203681218851, -1259.1392167224028, 771.3234287776531, -176.6150291621406, 12.507343278686905,
	-0.13857109526572012, 9.984369578019572e-6, 1.5056327351493116e-7,
]

/** The logarithm of the gamma function of `x`, at least 1. */
export function logGamma(x: number): number {
	const y = x - 1
	const sum = lanczos.reduce((total, c, i) => total + c / (y + i + 1), 0.9999999999998099)
	const t = y + 7.5
	return 0.5 * Math.log(2 * Math.PI) + (y + 0.5) * Math.log(t) - t + Math.log(sum)
}

/** A distribution of whole numbers from 0 on. */
export interface Discrete {
	readonly mean: number
	readonly deviation: number
	/** The logarithm of the probability of `k`. */
	logAt(k: number): number
	/** The probability of `k + 1` as a multiple of that of `k`. */
	ratio(k: number): number
}

/** The least number that the variable does not exceed with each probability of `targets`, which rise. */
export function discreteQuantiles(of: Discrete, targets: readonly number[]): number[] {
	// Below ten deviations nothing counts.
	let k = Math.max(0, Math.floor(of.mean - 10 * of.deviation))
	let log = of.logAt(k)
	let sum = Math.exp(log)
	const end = Math.ceil(of.mean + 60 * of.deviation)
	return targets.map((target) => {
		if (target >= 1) return of.deviation === 0 ? k : Number.POSITIVE_INFINITY
		for (; sum < target && k < end; k++) {
			log += Math.log(of.ratio(k))
			sum += Math.exp(log)
		}
		return k
	})
}

/** How many failures come before `successes` ones, each of probability `p`. */
export const failuresBefore = (successes: number, p: number): Discrete => ({
	mean: (successes * (1 - p)) / p,
	deviation: Math.sqrt(successes * (1 - p)) / p,
	logAt: (k) =>
		logGamma(k + successes) - logGamma(k + 1) - logGamma(successes) + successes * Math.log(p) + k * Math.log1p(-p),
	ratio: (k) => ((k + successes) / (k + 1)) * (1 - p),
})

/** Poisson's distribution. */
export const poissonOf = (mean: number): Discrete => ({
	mean,
	deviation: Math.sqrt(mean),
	logAt: (k) => k * Math.log(mean) - mean - logGamma(k + 1),
	ratio: (k) => mean / (k + 1),
})
