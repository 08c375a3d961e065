/** Instances of this engine that are written as a mark and their content: `{ $time: 5 }`. */

import { Duration, Time } from '../base/time.js'
import { HyperLogLog, type SketchParts } from './hyperloglog.js'
import { KeyMap } from './keys.js'
import { StatCounter, type StatParts } from './statcounter.js'

/** How the instances of one class are written and made again. */
export interface SavedKind {
	readonly mark: string
	readonly is: abstract new (...args: never[]) => object
	/** Plain data, but for what it holds of the program. */
	readonly take: (instance: object) => unknown
	/** An instance to be filled, for classes that may hold themselves. */
	readonly begin?: () => object
	/** The instance of a content; `begun` where there is a `begin`. */
	readonly make: (content: unknown, begun: object | undefined) => object
}

/** Each class that is written so. */
export const savedKinds: readonly SavedKind[] = [
	{
		mark: '$keymap',
		is: KeyMap,
		take: (map) => [...(map as KeyMap<unknown>)],
		begin: () => new KeyMap(),
		make: (entries, begun) => {
			for (const [key, value] of entries as [unknown, unknown][]) (begun as KeyMap<unknown>).set(key, value)
			return begun as object
		},
	},
	{
		mark: '$time',
		is: Time,
		take: (time) => (time as Time).milliseconds,
		make: (ms) => new Time(ms as number),
	},
	{
		mark: '$duration',
		is: Duration,
		take: (duration) => (duration as Duration).milliseconds,
		make: (ms) => new Duration(ms as number),
	},
	{
		mark: '$stats',
		is: StatCounter,
		take: (counter) => (counter as StatCounter).parts,
		make: (parts) => StatCounter.of(parts as StatParts),
	},
	{
		mark: '$sketch',
		is: HyperLogLog,
		take: (sketch) => (sketch as HyperLogLog).parts,
		make: (parts) => HyperLogLog.of(parts as SketchParts),
	},
]

/** Wraps a plain object that happens to look like a mark: `{ $plain: [['$time', 5]] }`. */
export const plainMark = '$plain'
/** A view of bytes that others of the same record lie on too: `{ $view: ['Uint8Array', buffer, offset, length] }`. */
export const viewMark = '$view'

/** All names that mean something. */
export const savedMarks: readonly string[] = [...savedKinds.map(({ mark }) => mark), plainMark, viewMark]
