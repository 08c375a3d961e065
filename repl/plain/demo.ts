/** The demonstration: a word count over a shipped text, in a window, with nothing else to start. */

/** The code that `rivulet --demo` runs in the session, and shows. */
export const demoCode = `const words = ssc.sampleStream('alice', { perSecond: 40 }).flatMap(line => line.toLowerCase().match(/[a-z]+/g) ?? [])
const counts = words.map(word => [word, 1]).reduceByKeyAndWindow((a, b) => a + b, '10s', '2s')
const top = counts.transform(rdd => rdd.sortBy(([, count]) => count, false))
top.print(8)
ssc.start()`
