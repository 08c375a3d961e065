/**
 * About how many bytes records take in memory: a sample is measured, the rest is taken to be alike.
 *
 * Figures are those of V8 on 64 bits (8 bytes a slot, 16 to 32 a header). Bytes are exact, everything else is good to
 * about a factor of two, which is what a limit needs. Costs some microseconds, however many records there are.
 */

const sampledRecords = 40
const sampledMembers = 16
/** How many objects of one record are looked at before the rest counts a flat 64 bytes each. */
const sampledObjects = 200

/** Multiples of it spread evenly between whole numbers. */
const golden = 0.618

/** Records that are kept in another shape than an array, and know their size. */
export interface PackedRecords extends Iterable<unknown> {
	estimateBytes(): number
	/** To be called when the size changes while they are kept. */
	onResize?: (() => void) | undefined
}

/** Whether records are of that kind. */
export const arePacked = (records: Iterable<unknown>): records is PackedRecords => 'estimateBytes' in records

/** Bytes of an array and of everything its records hold. */
export function estimateBytes(records: readonly unknown[] | PackedRecords): number {
	if (!Array.isArray(records)) return (records as PackedRecords).estimateBytes()
	return 16 + sizeOfMembers(records, sampledRecords, () => ({ objects: sampledObjects, seen: new Set() }))
}

interface Room {
	objects: number
	readonly seen: Set<object>
}

/** The slots of an array and what is in them. Arrays of plain numbers keep them in the slots. */
function sizeOfMembers(members: readonly unknown[], most: number, room: () => Room): number {
	const n = members.length
	if (n === 0) return 16
	const samples = Math.min(n, most)
	let sum = 0
	let areNumbers = true
	for (let i = 0; i < samples; i += 1) {
		// One of each stretch, not always at the same place: records often differ in a regular way.
		const place = n === samples ? 0 : (i * golden) % 1
		const member = members[Math.floor(((i + place) * n) / samples)]
		if (typeof member !== 'number') areNumbers = false
		sum += sizeOf(member, room())
	}
	return 16 + 8 * n + (areNumbers ? 0 : (sum / samples) * n)
}

function sizeOf(value: unknown, room: Room): number {
	switch (typeof value) {
		case 'number':
			return Number.isInteger(value) && Math.abs(value) < 2 ** 31 ? 0 : 16
		case 'string':
			return 24 + value.length * (isWide(value) ? 2 : 1)
		case 'bigint':
			return 24
		case 'object':
			return value === null ? 0 : sizeOfObject(value, room)
		case 'function':
			return 64
		default:
			return 0
	}
}

function sizeOfObject(value: object, room: Room): number {
	if (room.seen.has(value)) return 0
	if (room.objects <= 0) return 64
	room.objects -= 1
	room.seen.add(value)
	if (Array.isArray(value)) return 16 + sizeOfMembers(value, sampledMembers, () => room)
	if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) return 192 + value.byteLength
	if (value instanceof Date) return 96
	if (isTable(value)) return sizeOfTable(value, room)
	let size = 24
	for (const name of Object.keys(value)) size += 8 + sizeOf(Reflect.get(value, name), room)
	return size
}

interface Table extends Iterable<unknown> {
	readonly size: number
}

/** Maps, sets, and tables by key. */
const isTable = (value: object): value is Table =>
	Symbol.iterator in value && typeof Reflect.get(value, 'size') === 'number'

function sizeOfTable(table: Table, room: Room): number {
	let sum = 0
	let seen = 0
	for (const entry of table) {
		if (seen === sampledMembers) break
		// The pair that an iterator makes is not stored.
		sum += Array.isArray(entry) ? sizeOf(entry[0], room) + sizeOf(entry[1], room) : sizeOf(entry, room)
		seen += 1
	}
	return 64 + table.size * (40 + (seen === 0 ? 0 : sum / seen))
}

/** True for a text that V8 keeps as two bytes a character; its beginning decides. */
function isWide(text: string): boolean {
	for (let i = Math.min(text.length, 32) - 1; i >= 0; i -= 1) if (text.charCodeAt(i) > 255) return true
	return false
}
