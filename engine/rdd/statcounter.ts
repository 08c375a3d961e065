/** Count, mean, variance and extremes of numbers in one pass. Source: Spark's `StatCounter` (Welford; Chan for merges). */

/** Count, mean, sum of squared differences, greatest, least. @internal */
export type StatParts = readonly [n: number, mean: number, m2: number, max: number, min: number]

export class StatCounter {
	#n = 0
	#mean = 0
	#m2 = 0
	#max = Number.NEGATIVE_INFINITY
	#min = Number.POSITIVE_INFINITY

	constructor(values: Iterable<number> = []) {
		for (const value of values) this.merge(value)
	}

	/** Adds a number, or all that another counter has seen. */
	merge(value: number | StatCounter): this {
		if (value instanceof StatCounter) return this.#mergeCounter(value)
		const delta = value - this.#mean
		this.#n += 1
		this.#mean += delta / this.#n
		this.#m2 += delta * (value - this.#mean)
		this.#max = Math.max(this.#max, value)
		this.#min = Math.min(this.#min, value)
		return this
	}
	#mergeCounter(that: StatCounter): this {
		if (that.#n === 0) return this
		if (this.#n === 0) {
			this.#mean = that.#mean
			this.#m2 = that.#m2
		} else {
			const delta = that.#mean - this.#mean
			const total = this.#n + that.#n
			if (that.#n * 10 < this.#n) this.#mean += (delta * that.#n) / total
			else if (this.#n * 10 < that.#n) this.#mean = that.#mean - (delta * this.#n) / total
			else this.#mean = (this.#mean * this.#n + that.#mean * that.#n) / total
			this.#m2 += that.#m2 + (delta * delta * this.#n * that.#n) / total
		}
		this.#n += that.#n
		this.#max = Math.max(this.#max, that.#max)
		this.#min = Math.min(this.#min, that.#min)
		return this
	}

	/** What it is made of, for `of`. @internal */
	get parts(): StatParts {
		return [this.#n, this.#mean, this.#m2, this.#max, this.#min]
	}
	/** A counter of these parts. @internal */
	static of([n, mean, m2, max, min]: StatParts): StatCounter {
		const counter = new StatCounter()
		counter.#n = n
		counter.#mean = mean
		counter.#m2 = m2
		counter.#max = max
		counter.#min = min
		return counter
	}

	/** Another counter that has seen the same. */
	copy(): StatCounter {
		return new StatCounter().merge(this)
	}
	count(): number {
		return this.#n
	}
	mean(): number {
		return this.#mean
	}
	sum(): number {
		return this.#n * this.#mean
	}
	max(): number {
		return this.#max
	}
	min(): number {
		return this.#min
	}
	variance(): number {
		return this.popVariance()
	}
	popVariance(): number {
		return this.#n === 0 ? Number.NaN : this.#m2 / this.#n
	}
	sampleVariance(): number {
		return this.#n <= 1 ? Number.NaN : this.#m2 / (this.#n - 1)
	}
	stdev(): number {
		return this.popStdev()
	}
	popStdev(): number {
		return Math.sqrt(this.popVariance())
	}
	sampleStdev(): number {
		return Math.sqrt(this.sampleVariance())
	}
	toString(): string {
		const [mean, stdev, max, min] = [this.mean(), this.stdev(), this.max(), this.min()].map(fixed)
		return `(count: ${this.#n}, mean: ${mean}, stdev: ${stdev}, max: ${max}, min: ${min})`
	}
}

const fixed = (n: number): string => (Number.isFinite(n) ? n.toFixed(6) : String(n))
