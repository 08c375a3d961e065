/** What executors said before they ended, out of the log of Spark's driver. */

/** The lines of a log that tell why there are no executors; its end when none does. */
export function executorWords(log: string): string {
	const lines = log.split('\n')
	// Of an exception only what it says.
	const telling = lines.filter(
		(line) => !/^\s+at /.test(line) && /executor|worker|master|resources|refused|exit/i.test(line),
	)
	return (telling.length > 0 ? telling : lines).slice(-5).join('\n')
}
