/**
 * A disk in memory that knows what a crash of the machine leaves: contents that were synced, under names that were.
 *
 *   live   what a program sees, and what is left when it alone is killed
 *   safe   what is left when the machine goes down: what was written and not synced is torn, unless its name is lost, too
 *
 * Every call is told before it is done, so that a test may let it fail or keep an image of the disk at that moment.
 */

import { StreamError } from '../../engine/base/errors.js'
import { type Appender, type FileStatus, type FileSystem, registerFileSystem } from '../../engine/storage/filesystem.js'

/** Paths and contents; undefined for a directory. */
export type Image = ReadonlyMap<string, Uint8Array | undefined>

interface FileNode {
	readonly kind: 'file'
	live: Uint8Array
	safe: Uint8Array | undefined
}
interface DirectoryNode {
	readonly kind: 'directory'
	readonly live: Map<string, Node>
	safe: Map<string, Node>
}
type Node = FileNode | DirectoryNode

/** What is about to be done. */
export interface Call {
	readonly operation: string
	readonly path: string
	/** What a file will have when half of it is done. */
	readonly half?: Uint8Array
}

const directoryNode = (): DirectoryNode => ({ kind: 'directory', live: new Map(), safe: new Map() })
const partsOf = (path: string): string[] => path.split('/').filter((part) => part !== '')

export class Disk implements FileSystem {
	readonly #root = directoryNode()
	/** Told before each call. What it throws, the call throws. */
	before: (call: Call) => void = () => undefined

	/** @param image what is there, all of it safe */
	constructor(image: Image = new Map()) {
		for (const [path, bytes] of image) {
			if (bytes === undefined) this.#made(path)
			else this.#put(path, bytes).safe = bytes
		}
		this.#settle(this.#root)
	}

	/** What is left when the program is killed now. */
	get live(): Image {
		return imageOf(this.#root, 'live')
	}
	/** What is left when the machine goes down now. */
	get safe(): Image {
		return imageOf(this.#root, 'safe')
	}

	status(path: string): FileStatus | undefined {
		this.before({ operation: 'status', path })
		return this.#status(path)
	}
	list(path: string): readonly FileStatus[] {
		this.before({ operation: 'list', path })
		const node = this.#find(path)
		if (node?.kind !== 'directory') throw new StreamError('input/path', `${path}: not a directory`)
		return [...node.live.keys()].sort().map((name) => this.#status(`${path}/${name}`) as FileStatus)
	}
	read(path: string, from = 0, to?: number): Uint8Array {
		this.before({ operation: 'read', path })
		const node = this.#find(path)
		if (node?.kind !== 'file') throw new StreamError('input/path', `${path}: there is no such file`)
		return node.live.slice(from, to)
	}
	write(path: string, bytes: Uint8Array): void {
		this.before({ operation: 'write', path })
		this.#put(path, bytes)
	}
	async writeDurably(path: string, bytes: Uint8Array): Promise<void> {
		this.before({ operation: 'writeDurably', path })
		this.#sync(this.#put(path, bytes), path)
	}
	async sync(paths: readonly string[]): Promise<void> {
		this.before({ operation: 'sync', path: paths.join() })
		for (const path of paths) this.#sync(this.#find(path) as FileNode, path)
	}
	async syncDirectory(path: string): Promise<void> {
		this.before({ operation: 'syncDirectory', path })
		this.#syncNames(path)
	}
	append(path: string): Appender {
		this.before({ operation: 'append', path })
		const file = this.#put(path, new Uint8Array())
		const add = (bytes: Uint8Array): void => {
			const half = Buffer.concat([file.live, bytes.subarray(0, bytes.length >> 1)])
			this.before({ operation: 'grow', path, half })
			file.live = Buffer.concat([file.live, bytes])
			this.#sync(file, path)
		}
		return { write: async (bytes) => add(bytes), writeNow: add, close: () => undefined }
	}
	makeDirectory(path: string): void {
		this.before({ operation: 'makeDirectory', path })
		this.#made(path)
	}
	rename(from: string, to: string): void {
		this.before({ operation: 'rename', path: from })
		const node = this.#find(from) as Node
		this.#parent(from).live.delete(partsOf(from).at(-1) as string)
		this.#parent(to).live.set(partsOf(to).at(-1) as string, node)
	}
	remove(path: string): void {
		this.before({ operation: 'remove', path })
		if (this.#find(path) !== undefined) this.#parent(path).live.delete(partsOf(path).at(-1) as string)
	}
	setModified(): void {}
	shown(path: string): string {
		return `memory:${path}`
	}

	#find(path: string): Node | undefined {
		let node: Node | undefined = this.#root
		for (const part of partsOf(path)) node = node?.kind === 'directory' ? node.live.get(part) : undefined
		return node
	}
	#status(path: string): FileStatus | undefined {
		const node = this.#find(path)
		if (node === undefined) return undefined
		const sizeBytes = node.kind === 'file' ? node.live.length : 0
		return { path, isDirectory: node.kind === 'directory', sizeBytes, modifiedMs: 0 }
	}
	#parent = (path: string): DirectoryNode => this.#made(partsOf(path).slice(0, -1).join('/'))
	#made(path: string): DirectoryNode {
		let node = this.#root
		for (const part of partsOf(path)) {
			const next = node.live.get(part) ?? directoryNode()
			if (next.kind === 'file') throw new StreamError('output/path', `${path}: not a directory`)
			node.live.set(part, next)
			node = next
		}
		return node
	}
	#put(path: string, live: Uint8Array): FileNode {
		const file: FileNode = { kind: 'file', live, safe: undefined }
		this.#parent(path).live.set(partsOf(path).at(-1) as string, file)
		return file
	}
	#sync(file: FileNode, path: string): void {
		file.safe = file.live
		this.#syncNames(partsOf(path).slice(0, -1).join('/'))
	}
	#syncNames(path: string): void {
		let node = this.#root
		for (const part of partsOf(path)) {
			const next = node.live.get(part) as DirectoryNode
			node.safe.set(part, next)
			node = next
		}
		node.safe = new Map(node.live)
	}
	#settle(node: DirectoryNode): void {
		node.safe = new Map(node.live)
		for (const child of node.live.values()) if (child.kind === 'directory') this.#settle(child)
	}
}

function imageOf(root: DirectoryNode, side: 'live' | 'safe'): Image {
	const image = new Map<string, Uint8Array | undefined>()
	const visit = (node: Node, path: string): void => {
		if (node.kind === 'file') {
			image.set(path, node[side] ?? node.live.subarray(0, node.live.length >> 1))
			return
		}
		if (path !== '') image.set(path, undefined)
		for (const [name, child] of node[side]) visit(child, `${path}/${name}`)
	}
	visit(root, '')
	return image
}

/** Puts a disk behind `memory:` paths. */
export function mount(disk: Disk): Disk {
	registerFileSystem('memory', (path) => ({ files: disk, path: path.replace(/^memory:(\/\/(?=\/))?/, '') }))
	return disk
}
