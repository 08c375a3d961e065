/** The demonstration: a word count over a shipped text, in a window, with nothing else to start. */

const counting = String.raw`const lines = ssc.sampleStream('alice', { perSecond: 40 })
const words = lines.flatMap(l => l.toLowerCase().match(/\w+/g) ?? [])
const pairs = words.map(word => [word, 1])
const counts = pairs.reduceByKeyAndWindow((a, b) => a + b, '10s', '2s')`

/** What runs in line mode, and is shown. */
export const demoCode = `${counting}
const top = counts.transform(rdd => rdd.sortBy(([, n]) => n, false))
top.print(8)
ssc.start()`

/** What runs where charts can be drawn. */
export const drawnDemoCode = `${counting}
counts.chart()
ssc.start()`

/** What a newcomer is offered to type, one after the other. */
export const demoOffers: readonly string[] = [
	'words.count().chart()',
	"lines.filter(l => l.includes('Queen'))",
	'.streams',
]

/** What is said below the demonstration. */
export const demoWords: readonly string[] = [
	'A book is read line by line; the bars count the words of the last ten seconds, every two seconds.',
	'Type something: the grey text is a suggestion, → takes it, Enter runs it. F2: dashboard, .help: all commands.',
]
