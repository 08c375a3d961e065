/**
 * Counts the words of each batch, on whatever master it is submitted to.
 *
 * `rivulet run notebooks/programs/cluster-word-count.ts` computes here; `rivulet submit --master spark://host:7077` with the
 * same file computes on a cluster. Time is driven by hand, so that both print the same.
 */

import { ManualClock, Seconds, SparkConf, StreamingContext } from 'rivulet'

const conf = new SparkConf().setIfMissing('spark.master', 'local[2]').setIfMissing('spark.app.name', 'WordCount')
const ssc = new StreamingContext(conf, Seconds(1), { clock: new ManualClock() })

const lines = ssc.script([['to be or not', 'to be'], ['that is the question']])
const words = lines.flatMap((line) => line.split(' ')).map((word) => [word, 1])
words.reduceByKey((a, b) => a + b).print()

await ssc.step(2)
await ssc.stop()
