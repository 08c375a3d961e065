/**
 * Compression codecs of files, under Hadoop's names: which one a file is read with, and which one output is written with.
 *
 *   gzip     org.apache.hadoop.io.compress.GzipCodec         .gz
 *   deflate  org.apache.hadoop.io.compress.DefaultCodec      .deflate   (a zlib stream; DeflateCodec is the same)
 *   zstd     org.apache.hadoop.io.compress.ZStandardCodec    .zst       (Node 22.15 and later)
 *
 * Source: Hadoop's `CompressionCodecFactory`.
 */

import * as zlib from 'node:zlib'
import { type ErrorCode, StreamError } from '../base/errors.js'

/** How bytes are made small and large again; whole contents at a time. */
export interface Codec {
	/** The short name. */
	readonly name: string
	/** Hadoop's class. */
	readonly className: string
	/** With its dot. */
	readonly extension: string
	compress(bytes: Uint8Array): Buffer
	decompress(bytes: Uint8Array): Buffer
}

const hadoopPackage = 'org.apache.hadoop.io.compress.'

/** What newer versions of `node:zlib` add. */
interface Zstd {
	readonly zstdCompressSync?: (bytes: Uint8Array) => Buffer
	readonly zstdDecompressSync?: (bytes: Uint8Array) => Buffer
}
const { zstdCompressSync, zstdDecompressSync } = zlib as Zstd

const codec = (
	name: string,
	simpleName: string,
	extension: string,
	both: Pick<Codec, 'compress' | 'decompress'>,
): Codec => ({
	name,
	className: `${hadoopPackage}${simpleName}`,
	extension,
	...both,
})

const codecs: readonly Codec[] = [
	codec('gzip', 'GzipCodec', '.gz', {
		compress: (bytes) => zlib.gzipSync(bytes),
		decompress: (bytes) => zlib.gunzipSync(bytes),
	}),
	codec('deflate', 'DefaultCodec', '.deflate', {
		compress: (bytes) => zlib.deflateSync(bytes),
		decompress: (bytes) => zlib.inflateSync(bytes),
	}),
	...(zstdCompressSync === undefined || zstdDecompressSync === undefined
		? []
		: [codec('zstd', 'ZStandardCodec', '.zst', { compress: zstdCompressSync, decompress: zstdDecompressSync })]),
]

/** Those of Hadoop that are not here, by extension: such a file must not be read as if it were plain. */
const strangers: Readonly<Record<string, string>> = {
	'.bz2': 'BZip2Codec',
	'.lz4': 'Lz4Codec',
	'.snappy': 'SnappyCodec',
	'.zst': 'ZStandardCodec',
}

/** The codec of a class name, with or without its package, or of a short name. @throws argument/illegal */
export function codecNamed(name: string): Codec {
	const simple = name.startsWith(hadoopPackage) ? name.slice(hadoopPackage.length) : name
	const wanted = simple === 'DeflateCodec' || simple === 'default' ? 'deflate' : simple
	const found = codecs.find((one) => one.name === wanted || one.className === `${hadoopPackage}${wanted}`)
	return found ?? refuse('argument/illegal', `Compression codec ${name} was not found.`)
}

/** The codec that the name of a file tells; undefined for a plain file. @throws input/path for one that is not here */
export function codecOf(path: string): Codec | undefined {
	const extension = /\.[a-z0-9]+$/.exec(path)?.[0] ?? ''
	const found = codecs.find((one) => one.extension === extension)
	if (found !== undefined) return found
	const stranger = strangers[extension]
	return stranger === undefined ? undefined : refuse('input/path', `${path}: no codec ${stranger} to unpack it with`)
}

function refuse(code: ErrorCode, what: string): never {
	const known = codecs.map(({ name, className }) => `${name} (${className})`).join(', ')
	throw new StreamError(code, what, { remedy: `use ${known}` })
}

/** Unpacks the content of a file. @throws input/path for content that is damaged */
export function unpacked({ decompress, name }: Codec, bytes: Uint8Array, shown: string): Buffer {
	try {
		return decompress(bytes)
	} catch (thrown) {
		throw new StreamError('input/path', `${shown}: damaged ${name} data (${(thrown as Error).message})`, {
			remedy: 'write the file again; its last batch may not have been complete',
			cause: thrown,
		})
	}
}
