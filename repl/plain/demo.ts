/** The demonstration: a word count over a shipped text, in a window, with nothing else to start. */

/** The code that `rivulet --demo` runs in the session, and shows. */
export const demoCode = String.raw`const lines = ssc.sampleStream('alice', { perSecond: 40 })
const words = lines.flatMap(l => l.toLowerCase().match(/\w+/g) ?? [])
const pairs = words.map(word => [word, 1])
const counts = pairs.reduceByKeyAndWindow((a, b) => a + b, '10s', '2s')
const top = counts.transform(rdd => rdd.sortBy(([, n]) => n, false))
top.print(8)
ssc.start()`
