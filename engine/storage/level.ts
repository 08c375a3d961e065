/** How persisted partitions and received blocks are kept. Source: Spark's `StorageLevel`. */

import { requireThat, StreamError } from '../base/errors.js'

/**
 * Disk, memory, off heap, kept as objects or serialized, and how many copies.
 *
 * On one machine there is one copy of everything, whatever `replication` says; off heap is serialized memory, which lies
 * outside the heap of objects at any level.
 */
export class StorageLevel {
	readonly useDisk: boolean
	readonly useMemory: boolean
	readonly useOffHeap: boolean
	readonly deserialized: boolean
	readonly replication: number

	/** @throws argument/illegal for objects off heap, and for 40 copies or more */
	constructor(useDisk: boolean, useMemory: boolean, useOffHeap: boolean, deserialized: boolean, replication = 1) {
		if (!(replication < 40)) {
			throw new StreamError(
				'argument/illegal',
				'assertion failed: Replication restricted to be less than 40 for calculating hash codes',
			)
		}
		requireThat(!useOffHeap || !deserialized, 'Off-heap storage level does not support deserialized storage')
		this.useDisk = useDisk
		this.useMemory = useMemory
		this.useOffHeap = useOffHeap
		this.deserialized = deserialized
		this.replication = replication
	}

	static readonly NONE = new StorageLevel(false, false, false, false)
	static readonly DISK_ONLY = new StorageLevel(true, false, false, false)
	static readonly DISK_ONLY_2 = new StorageLevel(true, false, false, false, 2)
	static readonly DISK_ONLY_3 = new StorageLevel(true, false, false, false, 3)
	static readonly MEMORY_ONLY = new StorageLevel(false, true, false, true)
	static readonly MEMORY_ONLY_2 = new StorageLevel(false, true, false, true, 2)
	static readonly MEMORY_ONLY_SER = new StorageLevel(false, true, false, false)
	static readonly MEMORY_ONLY_SER_2 = new StorageLevel(false, true, false, false, 2)
	static readonly MEMORY_AND_DISK = new StorageLevel(true, true, false, true)
	static readonly MEMORY_AND_DISK_2 = new StorageLevel(true, true, false, true, 2)
	static readonly MEMORY_AND_DISK_SER = new StorageLevel(true, true, false, false)
	static readonly MEMORY_AND_DISK_SER_2 = new StorageLevel(true, true, false, false, 2)
	static readonly OFF_HEAP = new StorageLevel(true, true, true, false)

	/** The level of that name. @throws argument/illegal for an unknown one */
	static fromString(name: string): StorageLevel {
		const level = /^[A-Z_0-9]+$/.test(name) ? (StorageLevel as unknown as Record<string, unknown>)[name] : undefined
		if (!(level instanceof StorageLevel)) throw new StreamError('argument/illegal', `Invalid StorageLevel: ${name}`)
		return level
	}

	/** False when nothing would be kept anywhere. */
	get isValid(): boolean {
		return (this.useMemory || this.useDisk) && this.replication > 0
	}
	/** The same with a disk behind it: nothing is dropped for want of memory. */
	withDisk(): StorageLevel {
		return this.useDisk
			? this
			: new StorageLevel(true, this.useMemory, this.useOffHeap, this.deserialized, this.replication)
	}

	equals(that: unknown): boolean {
		return that instanceof StorageLevel && (that === this || that.toString() === this.toString())
	}

	get description(): string {
		const where = [
			this.useDisk ? 'Disk ' : '',
			this.useMemory ? (this.useOffHeap ? 'Memory (off heap) ' : 'Memory ') : '',
			this.deserialized ? 'Deserialized ' : 'Serialized ',
		]
		return `${where.join('')}${this.replication}x Replicated`
	}

	toString(): string {
		const words = [
			this.useDisk ? 'disk' : '',
			this.useMemory ? 'memory' : '',
			this.useOffHeap ? 'offheap' : '',
			this.deserialized ? 'deserialized' : '',
			`${this.replication} replicas`,
		]
		return `StorageLevel(${words.filter((word) => word !== '').join(', ')})`
	}
}
