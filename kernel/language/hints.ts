/**
 * What to do about findings whose own words do not say it: names nobody has made, missing modules and files, the earlier
 * value of a redeclared name, and what people write who come from Python, Scala or a shell.
 */

/** Words of other languages that stand alone, and what is written for them here. */
const foreignNames: ReadonlyMap<string, string> = new Map([
	['print', "console.log('…') prints"],
	['println', "console.log('…') prints"],
	['echo', "console.log('…') prints"],
	['printf', "console.log('%s', …) prints"],
	['len', 'list.length is the number of items'],
	['range', 'Array.from({ length: n }, (_, i) => i) counts from 0 to n - 1'],
	['None', 'null or undefined is no value'],
	['nil', 'null or undefined is no value'],
	['True', 'it is written true'],
	['False', 'it is written false'],
	['spark', 'sc is the SparkContext and ssc the StreamingContext of the session'],
	['exit', 'the kernel is ended in the menu of the notebook; process.exit() ends the session'],
	['quit', 'the kernel is ended in the menu of the notebook; process.exit() ends the session'],
	['alert', "console.log('…') prints"],
	['confirm', "await prompt('…') asks"],
	['ls', "magics of a shell are not there: execSync('ls') of node:child_process runs a program"],
])

/** What a whole line looks like that is no TypeScript, and what is written for it here. */
const foreignLines: readonly (readonly [RegExp, string])[] = [
	[/^\s*val\s+[\w$]+/, 'a constant is declared by const'],
	[/^\s*def\s+[\w$]+/, 'a function is declared by function name(x: number) { return x }'],
	[/^\s*import\s+[\w.]+\s+as\s+\w+/, "a package is imported by import * as name from 'package'"],
	[/^\s*from\s+[\w.]+\s+import\b/, "names are imported by import { name } from 'package'"],
	[
		/^\s*import\s+[\w.]+(?:\.[_\w{]|\s*$)/,
		"names of Rivulet are there without an import; others: import { name } from 'package'",
	],
	[/^\s*[!$]\s*\w+/, "programs are run by execSync('…') of node:child_process"],
	[/^\s*(?:if|while|for|elif|else|with|try|class)\b[^{]*:\s*$/, 'blocks are written { … }'],
	[/\b_\s*\.\s*\w+\s*\(|\(\s*_\s*[,+*/-]/, 'a function is written (x) => …'],
	[/\blambda\b/, 'a function is written (x) => …'],
]

/** The remedy for a line that the parser could not read; undefined when it looks like no other language. */
export const remedyForLine = (line: string): string | undefined => foreignLines.find(([form]) => form.test(line))?.[1]

/** The remedy for a name that is not known. */
export function remedyForName(name: string): string {
	return foreignNames.get(name) ?? 'no cell that has run declares it: run that cell first, or look at its spelling'
}

/** The remedy for a module that was not found. */
export function remedyForModule(specifier: string): string {
	if (/^[./]/.test(specifier)) return 'check the path: it starts from the folder of the notebook or shell'
	const name = /^(?:@[^/]+\/)?[^/]+/.exec(specifier)?.[0] ?? specifier
	return `npm install ${name}, in a notebook %npm add ${name}`
}
