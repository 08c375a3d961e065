/** The versions of Spark that this engine drives, and what differs between them on the wire. */

import { StreamError } from '../base/errors.js'

/** How a task's header is laid out. */
export interface Layout {
	/** `fields` one by one, or `json` as one text. */
	readonly context: 'fields' | 'json'
	/** The port and secret of a barrier task are always there, or only in one. */
	readonly barrierAlways: boolean
	/** Two tables of settings stand before the command. */
	readonly hasConfs: boolean
	/** How many longs of times stand in a timing frame before the two of bytes spilled. */
	readonly numTimes: number
}

const fields: Layout = { context: 'fields', barrierAlways: true, hasConfs: false, numTimes: 3 }
const json: Layout = { context: 'json', barrierAlways: false, hasConfs: true, numTimes: 4 }

/** By major and minor version. */
const layouts: Readonly<Record<string, Layout>> = {
	'3.4': fields,
	'3.5': fields,
	'4.0': fields,
	'4.1': { ...fields, barrierAlways: false },
	'4.2': json,
	'4.3': json,
}

const newest = '4.3'
const minorOf = (version: string): string => version.split('.', 2).join('.')

/** True for a version that was tried. */
export const isKnown = (version: string): boolean => minorOf(version) in layouts

/** The layout of a version; that of the newest for one that is not known. */
export const layoutOf = (version: string): Layout => layouts[minorOf(version)] ?? json

/** @throws cluster/spark for a version that was never tried, unless `isForced` */
export function requireKnown(version: string, home: string, isForced: boolean): void {
	if (isKnown(version) || isForced) return
	throw new StreamError(
		'cluster/spark',
		`Spark ${version} is none of those known here: ${Object.keys(layouts).join(', ')}`,
		{
			where: home,
			remedy: `use one of these, or set rivulet.cluster.anyVersion to true to try it as if it were ${newest}`,
		},
	)
}

const tag = 'rivulet'

/** What the driver says to its workers in the one field that stands before all differences. */
export const versionTag = (spark: string): string => `${tag};${spark};${process.versions.v8}`

/** Spark's version out of a tag. @throws cluster/spark for another driver, or a Node whose values look otherwise */
export function versionOf(text: string): string {
	const [name, spark, v8] = text.split(';')
	if (name !== tag || spark === undefined) {
		throw new StreamError('cluster/spark', `the worker was started by another driver: '${text}'`, {
			remedy: 'use a stock Spark, without changes of how Python workers are started',
		})
	}
	if (v8 !== process.versions.v8) {
		throw new StreamError('cluster/spark', `the driver's V8 is ${v8}, that of this executor ${process.versions.v8}`, {
			where: process.execPath,
			remedy: "run the same version of Node on the driver and on the executors, or send the driver's along",
		})
	}
	return spark
}
