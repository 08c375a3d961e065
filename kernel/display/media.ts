/**
 * MIME bundles made ready to be sent. Bytes of images, sound and video become base64, and are refused when they are
 * something else than their type says; text may be bytes too (UTF-8).
 */

import { StreamError } from '../../engine/index.js'
import type { Bundle } from './view.js'

/** How files of a type begin. */
const signatures: Readonly<Record<string, readonly (readonly number[])[]>> = {
	'image/png': [[0x89, 0x50, 0x4e, 0x47]],
	'image/jpeg': [[0xff, 0xd8, 0xff]],
	'image/gif': [[0x47, 0x49, 0x46, 0x38]],
	'image/webp': [[0x52, 0x49, 0x46, 0x46]],
	'application/pdf': [[0x25, 0x50, 0x44, 0x46]],
}

/**
 * The bundle with bytes as text, JSON as plain data, and text types as strings.
 * @throws display/spec for bytes that are no file of their type, and for JSON that is none
 */
export function encoded(bundle: Bundle): Bundle {
	return Object.fromEntries(Object.entries(bundle).map(([type, data]) => [type, dataOf(type, data)]))
}

const isJson = (type: string): boolean => /^application\/(json|.+\+json)$/.test(type)

function dataOf(type: string, data: unknown): unknown {
	if (data instanceof Uint8Array) return bytesAsText(type, data)
	if (!isJson(type)) return typeof data === 'string' ? data : Array.isArray(data) ? data.join('') : String(data)
	try {
		return JSON.parse(JSON.stringify(data))
	} catch (cause) {
		throw new StreamError('display/spec', `the data of ${type} is no JSON: ${String(cause)}`, {
			where: 'display',
			remedy: 'give plain objects, arrays, texts, numbers, true, false and null',
			cause,
		})
	}
}

function bytesAsText(type: string, bytes: Uint8Array): string {
	const known = signatures[type]
	if (known !== undefined && !known.some((start) => start.every((byte, i) => bytes[i] === byte))) {
		const begin = [...bytes.slice(0, 4)].map((byte) => byte.toString(16).padStart(2, '0')).join(' ')
		throw new StreamError('display/spec', `the bytes are no ${type}: they begin with ${begin || 'nothing'}`, {
			where: 'display',
			remedy: 'give the bytes of a whole file, or another type',
		})
	}
	const isText = type.startsWith('text/') || /[+/](svg|xml|json)(\+xml)?$/.test(type)
	return Buffer.from(bytes).toString(isText ? 'utf8' : 'base64')
}
