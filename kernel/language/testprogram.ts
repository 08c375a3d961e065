/**
 * What a stream was recorded to do, as a vitest file: the statements that it needs, on a ManualClock, its inputs as queues
 * of what they brought.
 *
 *     imports
 *     test('counts gives …', async () => {
 *       what each input brought      lines
 *       the statements it needs      const counts = …      ssc.socketTextStream(…) → ssc.queueStream(lines)
 *       steps, and what is expected
 *     })
 */

import type { RecordedInput, Recording } from '../session/magics/recording.js'
import type { Program, ProgramCell, ProgramFacts } from './contract.js'
import { parseCell } from './parse.js'
import { type Cell, free, importLines, indented, makersOf, quoted } from './program.js'
import { fateOf, isTied, type Statement, statementsOf } from './statements.js'
import { ts } from './typescript.js'

/** Where a call that makes an input stands in its cell, and the name of what it brought. */
interface Place {
	readonly start: number
	readonly end: number
	/** The expression before the method: `ssc`. */
	readonly context: string
	readonly input: RecordedInput
}

/** The test of the recorded stream. */
export function testOf(given: readonly ProgramCell[], facts: ProgramFacts, recording: Recording): Program {
	const taken = new Set<string>()
	const parsed = given.map((cell) => ({ ...cell, source: parseCell('cell.ts', cell.code).source }))
	for (const { source } of parsed) {
		for (const { declares, uses } of statementsOf(source)) for (const name of [...declares, ...uses]) taken.add(name)
	}
	const names = new Map<RecordedInput, string>()
	for (const [index, input] of recording.inputs.entries()) {
		const name = free(`${input.name ?? `input${index + 1}`}Batches`, taken)
		taken.add(name)
		names.set(input, name)
	}
	const found = new Set<RecordedInput>()
	const cells = parsed.map(({ source, ...cell }) => {
		const inputs = recording.inputs.filter(({ owner }) => owner === cell.label.replace(/\D/g, ''))
		const places = inputs.length === 0 ? [] : placesOf(source, inputs)
		for (const { input } of places) found.add(input)
		const code = replaced(cell.code, places, names)
		return { ...cell, code, statements: statementsOf(parseCell('cell.ts', code).source) }
	})
	const lost = recording.inputs.find((input) => !found.has(input))
	if (lost !== undefined) {
		const refused = `the call of ${lost.operator} in line ${lost.line} of input [${lost.owner}] is not found`
		return { text: '', notes: [], refused }
	}
	return written(cells, facts, recording, names, free('rows', taken))
}

function written(
	cells: readonly Cell[],
	facts: ProgramFacts,
	recording: Recording,
	names: ReadonlyMap<RecordedInput, string>,
	rows: string,
): Program {
	const { name, inputs, expected, times, zeroMs, hasPast } = recording
	const context = facts.context ?? 'ssc'
	const { imports, body } = needed(cells, facts, recording)
	const declared = new Set(cells.flatMap(({ statements }) => statements.flatMap(({ declares }) => declares)))
	const batches = inputs[0]?.batches.length ?? times.length
	const conf = `new SparkConf().setMaster(${quoted(facts.master)}).setAppName(${quoted(facts.appName)})`
	const interval = `Milliseconds(${facts.batchMs}), { clock: new ManualClock(${zeroMs}) }`
	const usesSc = !declaresAny(body, 'sc') && body.some((text) => /(?<![.\w$])sc\b/.test(text))
	const usesSsc = context !== 'ssc' && body.some((text) => /(?<![.\w$])ssc\b/.test(text))
	const setUp = [
		`const ${context} = new StreamingContext(`,
		`\t${conf},`,
		...interval.split(/(?<=\)),/).map((part) => `\t${part.trim()},`),
		')',
		...(hasPast ? [`${context}.checkpoint(mkdtempSync(join(tmpdir(), ${quoted(`${name}-`)})))`] : []),
		...(usesSsc ? [`const ssc = ${context}`] : []),
		...(usesSc ? [`const sc = ${context}.sparkContext`] : []),
	]
	const lines = [
		...inputs.flatMap((input) => inputLines(input, names.get(input) as string)),
		...setUp,
		'try {',
		...body.map(indented),
		`\tconst ${rows}: unknown[] = []`,
		`\t${name}.foreachRDD(async (rdd) => void ${rows}.push(await rdd.collect()))`,
		`\tawait ${context}.step(${batches})`,
		`\texpect(${rows}.slice(-${expected.length})).toEqual([`,
		...expected.map((literal, index) => `\t\t${literal}, // ${times[index]} ms`),
		'\t])',
		'} finally {',
		`\tawait ${context}.stop()`,
		'}',
	]
	const title = `${name} gives what it gave in ${times.length === 1 ? 'a batch' : `${times.length} batches`}`
	const program = [`test(${quoted(title)}, async () => {`, ...lines.map(indented), '})', ''].join('\n')
	const head = [
		`// Written by .test; run it with: npx vitest run ${facts.file}`,
		...(hasPast ? ["import { mkdtempSync } from 'node:fs'", "import { tmpdir } from 'node:os'"] : []),
		...(hasPast ? ["import { join } from 'node:path'"] : []),
		...importLines(imports, program, declared),
		"import { expect, test } from 'vitest'",
		'',
	]
	return { text: [...head, program].join('\n'), notes: [] }
}

const declaresAny = (body: readonly string[], name: string): boolean =>
	body.some((text) => new RegExp(`^(const|let|var) ${name}\\b`, 'm').test(text))

function inputLines({ name, operator, type, batches }: RecordedInput, variable: string): string[] {
	const annotation = type === undefined ? '' : `: ${/^[\w.]+$/.test(type) ? type : `(${type})`}[][]`
	const rows = batches.map((records) => `\t[${records.join(', ')}],`)
	return [
		`/** What ${name ?? operator} brought, batch by batch. */`,
		`const ${variable}${annotation} = [`,
		...rows,
		']',
	]
}

/** The statements that the stream hangs on, each behind those that it uses, and those that change what they use. */
function needed(cells: readonly Cell[], facts: ProgramFacts, { name, owner }: Recording) {
	const makers = makersOf(cells)
	const known = { streams: new Set(facts.streams), contexts: new Set(facts.contexts), dropped: new Set<string>() }
	const chosen = new Map<Statement, Cell>()
	const visit = (wanted: string, cell: Cell | undefined): void => {
		const statement = cell?.statements.findLast(({ declares }) => declares.includes(wanted))
		if (cell === undefined || statement === undefined || chosen.has(statement)) return
		chosen.set(statement, cell)
		for (const one of statement.uses) if (!statement.declares.includes(one)) visit(one, makers.get(one))
	}
	visit(name, cells.find(({ label }) => label.replace(/\D/g, '') === owner) ?? makers.get(name))
	// What fills a collection that a function of the stream reads.
	const tied = new Set([...facts.streams, ...facts.contexts])
	const bound = new Set([...chosen.keys()].flatMap(({ declares }) => declares))
	for (const cell of cells) {
		for (const statement of cell.statements) {
			const { declares, waits, text } = statement
			if (declares.length > 0 || waits || isTied(statement, tied) || /^(console|display)\b/.test(text)) continue
			const ours = [...statement.uses].filter((one) => makers.has(one))
			const isFilling = ours.length > 0 && ours.every((one) => bound.has(one))
			if (isFilling && fateOf(statement, known).kind === 'keep') chosen.set(statement, cell)
		}
	}
	const imports: ts.ImportDeclaration[] = []
	const body: string[] = []
	const ordered = inOrder([...chosen.keys()], cells)
	for (const statement of ordered) {
		const { node, text, declares } = statement
		if (ts.isImportDeclaration(node)) imports.push(node)
		else if (!isContext(statement, facts)) body.push(text)
		else if (declares[0] !== (facts.context ?? 'ssc') && /\bnew SparkContext\b/.test(text)) {
			body.push(`const ${declares[0]} = ${facts.context ?? 'ssc'}.sparkContext`)
		}
	}
	return { imports, body }
}

/** Whether it makes a context or a clock: the test has its own. */
function isContext({ text, declares }: Statement, { contexts, context }: ProgramFacts): boolean {
	if (declares.length !== 1) return false
	const [name = ''] = declares
	return name === context || contexts.includes(name) || /=\s*new (SparkContext|ManualClock)\(/.test(text)
}

/** In the order in which they were handed in, but each behind those whose names it uses. */
function inOrder(statements: readonly Statement[], cells: readonly Cell[]): readonly Statement[] {
	const all = cells.flatMap((cell) => cell.statements).filter((statement) => statements.includes(statement))
	const ordered = new Set<Statement>()
	const visited = new Set<Statement>()
	const visit = (statement: Statement): void => {
		if (visited.has(statement)) return
		visited.add(statement)
		for (const other of all) {
			if (other !== statement && other.declares.some((name) => statement.uses.has(name))) visit(other)
		}
		ordered.add(statement)
	}
	for (const statement of all) visit(statement)
	return [...ordered]
}

/** The calls that have made the inputs, by their lines and names. */
function placesOf(source: ts.SourceFile, inputs: readonly RecordedInput[]): readonly Place[] {
	const left = [...inputs]
	const places: Place[] = []
	const walk = (node: ts.Node): void => {
		ts.forEachChild(node, walk)
		const made = ts.isCallExpression(node) || ts.isNewExpression(node) ? node.expression : undefined
		if (made === undefined) return
		const isMethod = ts.isPropertyAccessExpression(made)
		const called = isMethod ? made.name : made
		const line = source.getLineAndCharacterOfPosition(called.getStart(source)).line + 1
		const index = left.findIndex((input) => input.line === line && input.operator === called.getText(source))
		const input = left[index]
		if (input === undefined) return
		left.splice(index, 1)
		const context = isMethod ? made.expression.getText(source) : 'ssc'
		places.push({ start: node.getStart(source), end: node.end, context, input })
	}
	walk(source)
	return places
}

/** The code with a queue in the place of each input. */
function replaced(code: string, places: readonly Place[], names: ReadonlyMap<RecordedInput, string>): string {
	let text = code
	for (const { start, end, context, input } of [...places].sort((a, b) => b.start - a.start)) {
		text = `${text.slice(0, start)}${context}.queueStream(${names.get(input)})${text.slice(end)}`
	}
	return text
}
