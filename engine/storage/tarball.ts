/**
 * A `.tgz` that is the same for the same files: no times, no owners, entries in the order of their paths.
 *
 * Paths above 100 bytes are written as GNU's tar does, which those of BSD and of busybox read as well.
 */

import { createHash } from 'node:crypto'
import { createReadStream, createWriteStream, readFileSync, statSync } from 'node:fs'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGzip } from 'node:zlib'

/** One entry: a file that is there, a text, or a symbolic link. `path` is that within the archive. */
export type TarEntry =
	| { readonly path: string; readonly file: string; readonly isExecutable?: boolean }
	| { readonly path: string; readonly text: string; readonly isExecutable?: boolean }
	| { readonly path: string; readonly link: string }

const byPath = (entries: readonly TarEntry[]): TarEntry[] =>
	[...entries].sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0))

const modeOf = (entry: TarEntry): number => ('isExecutable' in entry && entry.isExecutable === true ? 0o755 : 0o644)

/** Sixteen letters that are the same for the same paths, modes and contents. */
export function contentHash(entries: readonly TarEntry[]): string {
	const hash = createHash('sha256')
	for (const entry of byPath(entries)) {
		const content = 'file' in entry ? readFileSync(entry.file) : 'text' in entry ? entry.text : `> ${entry.link}`
		hash.update(`${entry.path}\n${modeOf(entry)} ${Buffer.byteLength(content)}\n`).update(content)
	}
	return hash.digest('hex').slice(0, 16)
}

/** Writes the archive to a file. */
export async function writeTarball(path: string, entries: readonly TarEntry[]): Promise<void> {
	await pipeline(Readable.from(blocks(byPath(entries))), createGzip(), createWriteStream(path, { mode: 0o644 }))
}

const blockBytes = 512
const padding = (length: number): Buffer => Buffer.alloc((blockBytes - (length % blockBytes)) % blockBytes)

async function* blocks(entries: readonly TarEntry[]): AsyncGenerator<Buffer> {
	for (const entry of entries) {
		if ('link' in entry) {
			yield header(entry.path, 0, 0o777, '2', entry.link)
			continue
		}
		const content = 'text' in entry ? Buffer.from(entry.text) : undefined
		const size = content?.length ?? statSync('file' in entry ? entry.file : '').size
		yield header(entry.path, size, modeOf(entry), '0')
		if (content !== undefined) yield content
		else if ('file' in entry) yield* createReadStream(entry.file) as AsyncIterable<Buffer>
		yield padding(size)
	}
	yield Buffer.alloc(2 * blockBytes)
}

/** The header of an entry, behind those that hold what is too long for it. */
function header(path: string, size: number, mode: number, kind: string, link = ''): Buffer {
	const long = [
		['L', path],
		['K', link],
	].flatMap(([type = '', text = '']) => {
		const bytes = Buffer.from(`${text}\0`)
		return bytes.length <= 101
			? []
			: [plainHeader('././@LongLink', bytes.length, 0, type, ''), bytes, padding(bytes.length)]
	})
	return Buffer.concat([...long, plainHeader(path, size, mode, kind, link)])
}

function plainHeader(path: string, size: number, mode: number, kind: string, link: string): Buffer {
	const block = Buffer.alloc(blockBytes)
	const octal = (value: number, at: number, length: number): void => {
		block.write(`${value.toString(8).padStart(length - 1, '0')}\0`, at)
	}
	Buffer.from(path).copy(block, 0, 0, 100)
	octal(mode, 100, 8)
	octal(0, 108, 8)
	octal(0, 116, 8)
	octal(size, 124, 12)
	octal(0, 136, 12)
	block.write('        ', 148)
	block.write(kind, 156)
	Buffer.from(link).copy(block, 157, 0, 100)
	block.write('ustar  \0', 257)
	octal(
		block.reduce((sum, byte) => sum + byte, 0),
		148,
		7,
	)
	return block
}
