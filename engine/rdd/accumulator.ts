/** Counters that tasks add to and the program reads. Source: Spark's `AccumulatorV2` and its three kinds. */

import { StreamError } from '../base/errors.js'
import { textOf } from './text.js'

let nextId = 0

/** Lists as the JVM writes them. */
const shown = (value: unknown): string => (Array.isArray(value) ? `[${value.map(textOf).join(', ')}]` : textOf(value))

/** Adds values of `In` up to one of `Out`. Subclass it and `sc.register` it. */
export abstract class AccumulatorV2<In, Out> {
	#id: number | undefined
	#name: string | undefined

	abstract readonly value: Out
	abstract isZero(): boolean
	abstract copy(): AccumulatorV2<In, Out>
	abstract reset(): void
	abstract add(value: In): void
	/** @throws rdd/unsupported for one of another class */
	abstract merge(other: AccumulatorV2<In, Out>): void

	/** Gives it an identity; done by the SparkContext. @throws context/state the second time */
	register(name?: string): void {
		if (this.#id !== undefined) throw new StreamError('context/state', 'Cannot register an Accumulator twice.')
		this.#id = nextId++
		this.#name = name
	}
	get isRegistered(): boolean {
		return this.#id !== undefined
	}
	get name(): string | undefined {
		return this.#name
	}
	/** @throws context/state before it is registered */
	get id(): number {
		if (this.#id === undefined) {
			throw new StreamError('context/state', 'Cannot access metadata of unregistered accumulator', {
				remedy: 'register it first: sc.register(accumulator)',
			})
		}
		return this.#id
	}
	toString(): string {
		const kind = this.constructor.name
		if (this.#id === undefined) return `Un-registered Accumulator: ${kind}`
		return `${kind}(id: ${this.#id}, name: ${this.#name === undefined ? 'None' : `Some(${this.#name})`}, value: ${shown(this.value)})`
	}

	/** Says that `other` is of another class. */
	protected refuseMerge(other: object): never {
		throw new StreamError('rdd/unsupported', `Cannot merge ${this.constructor.name} with ${other.constructor.name}`)
	}
}

/** Sum, count and average of numbers. */
abstract class NumberAccumulator extends AccumulatorV2<number, number> {
	#sum = 0
	#count = 0

	get sum(): number {
		return this.#sum
	}
	get count(): number {
		return this.#count
	}
	/** NaN when nothing was added. */
	get avg(): number {
		return this.#sum / this.#count
	}
	get value(): number {
		return this.#sum
	}
	isZero(): boolean {
		return this.#sum === 0 && this.#count === 0
	}
	reset(): void {
		this.#sum = 0
		this.#count = 0
	}
	add(value: number): void {
		this.#sum += value
		this.#count++
	}
	/** Adds what was added up elsewhere by `count` calls. */
	addCounted(sum: number, count: number): void {
		this.#sum += sum
		this.#count += count
	}
	merge(other: AccumulatorV2<number, number>): void {
		if (!(other instanceof NumberAccumulator) || other.constructor !== this.constructor) this.refuseMerge(other)
		this.#sum += other.#sum
		this.#count += other.#count
	}
}

/** Whole numbers. */
export class LongAccumulator extends NumberAccumulator {
	copy(): LongAccumulator {
		const other = new LongAccumulator()
		other.merge(this)
		return other
	}
}

/** Any numbers. */
export class DoubleAccumulator extends NumberAccumulator {
	copy(): DoubleAccumulator {
		const other = new DoubleAccumulator()
		other.merge(this)
		return other
	}
}

/** A list of everything added. */
export class CollectionAccumulator<T> extends AccumulatorV2<T, readonly T[]> {
	readonly #all: T[] = []

	/** A copy. */
	get value(): readonly T[] {
		return [...this.#all]
	}
	isZero(): boolean {
		return this.#all.length === 0
	}
	copy(): CollectionAccumulator<T> {
		const other = new CollectionAccumulator<T>()
		other.merge(this)
		return other
	}
	reset(): void {
		this.#all.length = 0
	}
	add(value: T): void {
		this.#all.push(value)
	}
	merge(other: AccumulatorV2<T, readonly T[]>): void {
		if (!(other instanceof CollectionAccumulator)) this.refuseMerge(other)
		for (const value of other.value) this.#all.push(value)
	}
}
