/** Hadoop's settings: keys of a SparkConf that begin with `spark.hadoop.`, under the name that Hadoop gives them. */

import type { RDDContext } from './backend.js'

/** A whole number of bytes or things. */
export function hadoopInt(context: RDDContext, key: string, fallback: number): number {
	return context.conf.getInt(`spark.hadoop.${key}`, fallback)
}

/** A switch. */
export function hadoopBoolean(context: RDDContext, key: string, fallback: boolean): boolean {
	return context.conf.getBoolean(`spark.hadoop.${key}`, fallback)
}

/** A text. */
export function hadoopText(context: RDDContext, key: string, fallback: string): string {
	return context.conf.get(`spark.hadoop.${key}`, fallback)
}
