/** How persisted partitions and received blocks are kept. Source: Spark's `StorageLevel`. */

import { StreamError } from '../base/errors.js'

/** Disk, memory, off heap, kept as objects or serialized, and how many copies. */
export class StorageLevel {
	readonly useDisk: boolean
	readonly useMemory: boolean
	readonly useOffHeap: boolean
	readonly deserialized: boolean
	readonly replication: number

	constructor(flags: string, replication = 1) {
		this.useDisk = flags.includes('d')
		this.useMemory = flags.includes('m')
		this.useOffHeap = flags.includes('o')
		this.deserialized = flags.includes('j')
		this.replication = replication
	}

	static readonly NONE = new StorageLevel('')
	static readonly DISK_ONLY = new StorageLevel('d')
	static readonly DISK_ONLY_2 = new StorageLevel('d', 2)
	static readonly DISK_ONLY_3 = new StorageLevel('d', 3)
	static readonly MEMORY_ONLY = new StorageLevel('mj')
	static readonly MEMORY_ONLY_2 = new StorageLevel('mj', 2)
	static readonly MEMORY_ONLY_SER = new StorageLevel('m')
	static readonly MEMORY_ONLY_SER_2 = new StorageLevel('m', 2)
	static readonly MEMORY_AND_DISK = new StorageLevel('dmj')
	static readonly MEMORY_AND_DISK_2 = new StorageLevel('dmj', 2)
	static readonly MEMORY_AND_DISK_SER = new StorageLevel('dm')
	static readonly MEMORY_AND_DISK_SER_2 = new StorageLevel('dm', 2)
	static readonly OFF_HEAP = new StorageLevel('dmo')

	/** The level of that name. @throws argument/illegal for an unknown one */
	static fromString(name: string): StorageLevel {
		const level = /^[A-Z_0-9]+$/.test(name) ? (StorageLevel as unknown as Record<string, unknown>)[name] : undefined
		if (!(level instanceof StorageLevel)) throw new StreamError('argument/illegal', `Invalid StorageLevel: ${name}`)
		return level
	}

	equals(that: unknown): boolean {
		return that instanceof StorageLevel && that.toString() === this.toString()
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
