/**
 * The cells that own what is alive as a program that `rivulet run` runs.
 *
 *     imports                                        rivulet's own names, and those of the cells
 *     what hangs on no context                       types, functions, values
 *     function create(): StreamingContext { … }      the context and its streams, in the order of the cells
 *     const ssc = StreamingContext.getOrCreate(…)    started, and waited for
 *
 * Left out, each with a comment: what drives batches by hand, what waits for a batch, manual time. A look at a stream
 * becomes a print(), so that the program computes it.
 */

import { readFileSync } from 'node:fs'
import { packageFile } from '../../engine/index.js'
import type { Program, ProgramCell, ProgramFacts } from './contract.js'
import { parseCell } from './parse.js'
import { fateOf, isTied, type Statement, statementsOf } from './statements.js'
import { parseModule, ts } from './typescript.js'

/** A cell with its statements. */
export interface Cell extends ProgramCell {
	readonly statements: readonly Statement[]
}

/** What becomes of the cells. */
interface Parts {
	readonly imports: ts.ImportDeclaration[]
	/** What stands in front of `create`, and what stands in it. */
	readonly front: string[]
	readonly inside: string[]
	/** Whether a cell makes the context. */
	hasContext: boolean
	hasOutput: boolean
}

/** The program, and what its reader should know. */
export function programOf(given: readonly ProgramCell[], facts: ProgramFacts): Program {
	const all = given.map((cell) => ({ ...cell, statements: statementsOf(parseCell('cell.ts', cell.code).source) }))
	const makers = makersOf(all)
	const cells = chosen(all, makers)
	const declared = new Set(cells.flatMap(({ statements }) => statements.flatMap(({ declares }) => declares)))
	const names = {
		create: free('create', declared),
		directory: free('checkpointDirectory', declared),
		context: free('context', declared),
	}
	const parts = split(cells, makers, facts, names.directory)
	const made = parts.hasContext ? facts.context : 'ssc'
	const program = [
		...parts.front,
		'/** Makes the context and its streams: when there is no checkpoint yet, and again to go on from one. */',
		`function ${names.create}(): StreamingContext {`,
		...[...contextLines(parts, facts, declared, names.directory), ...parts.inside].map(indented),
		`\treturn ${made}`,
		'}',
		'',
		`const ${names.context} = StreamingContext.getOrCreate(${names.directory}, ${names.create})`,
		`${names.context}.start()`,
		`await ${names.context}.awaitTermination()`,
		'',
	].join('\n')
	const head = [
		`// Written by %export; run it with: rivulet run ${facts.file}`,
		...importLines(parts.imports, program, declared),
		'',
		'/** What the program remembers, to go on where it ended; remove the folder to begin anew. */',
		`const ${names.directory} = ${quoted(facts.checkpoint)}`,
		'',
	].join('\n')
	const notes = parts.hasOutput ? [] : ['no output operation is in it: end a stream with print() before it can run']
	return { text: `${head}\n${program}`, notes }
}

/** The cell that a name is of: the one that made its value, or declared it last. */
export function makersOf(cells: readonly Cell[]): ReadonlyMap<string, Cell> {
	const makers = new Map<string, Cell>()
	for (const cell of cells) {
		for (const name of cell.statements.flatMap(({ declares }) => declares)) {
			if (makers.get(name)?.names.includes(name) !== true) makers.set(name, cell)
		}
	}
	return makers
}

/** Cells that are alive, and those whose names they use, each behind those that it uses. */
function chosen(cells: readonly Cell[], makers: ReadonlyMap<string, Cell>): readonly Cell[] {
	const ordered = new Set<Cell>()
	const visited = new Set<Cell>()
	const visit = (cell: Cell): void => {
		if (visited.has(cell)) return
		visited.add(cell)
		for (const name of cell.statements.flatMap(({ uses }) => [...uses])) {
			const maker = makers.get(name)
			if (maker !== undefined) visit(maker)
		}
		ordered.add(cell)
	}
	for (const cell of cells) if (cell.isAlive) visit(cell)
	return [...ordered]
}

/** Deals the statements out. */
function split(
	cells: readonly Cell[],
	makers: ReadonlyMap<string, Cell>,
	facts: ProgramFacts,
	directory: string,
): Parts {
	const parts: Parts = { imports: [], front: [], inside: [], hasContext: false, hasOutput: false }
	const tied = new Set<string>()
	const dropped = new Set<string>()
	const printed = new Set<string>()
	const known = { streams: new Set(facts.streams), contexts: new Set(facts.contexts), dropped }
	for (const cell of cells) {
		const titled = new Set<string[]>()
		const put = (to: string[], text: string): void => {
			if (!titled.has(to)) to.push(`${to.length === 0 ? '' : '\n'}// ${cell.label}`)
			titled.add(to)
			to.push(text)
		}
		for (const statement of cell.statements) {
			const { node, declares, waits } = statement
			if (ts.isImportDeclaration(node)) {
				parts.imports.push(node)
				continue
			}
			// Another cell has made these names again.
			if (declares.length > 0 && declares.every((name) => makers.get(name) !== cell)) continue
			const isInside = isTied(statement, tied)
			const to = isInside ? parts.inside : parts.front
			const fate = fateOf(statement, known)
			if (isInside) for (const name of declares) tied.add(name)
			const isPrint = /^[\w.]+\.print\(\);?$/.test(statement.text)
			const print =
				fate.kind === 'print' ? `${fate.stream}.print()` : isPrint ? statement.text.replace(';', '') : undefined
			if (print !== undefined) {
				if (!printed.has(print)) put(parts.inside, print)
				printed.add(print)
				parts.hasOutput = true
			} else if (fate.kind === 'drop' || (waits && isInside)) {
				const why = fate.kind === 'drop' ? fate.why : 'it waits for what only a running program has'
				if (declares.length > 0) put(to, leftOut(statement, why))
			} else {
				put(to, inRealTime(statement.text))
				if (/\.(print|pprint|foreachRDD|saveAs\w+)\(/.test(statement.text)) parts.hasOutput = true
				if (facts.context !== undefined && declares.includes(facts.context)) {
					parts.hasContext = true
					put(to, `${facts.context}.checkpoint(${directory})`)
					if (facts.context !== 'ssc' && !makers.has('ssc')) put(to, `const ssc = ${facts.context}`)
				}
				continue
			}
			// Manual time is no loss: contexts are made without it.
			if (!/\bnew ManualClock\b/.test(statement.text)) for (const name of declares) dropped.add(name)
		}
	}
	if (parts.front.length > 0) parts.front.push('')
	return parts
}

/** What makes the context where no cell does, and the SparkContext where cells use it. */
function contextLines(
	{ hasContext, inside }: Parts,
	{ master, appName, batchMs }: ProgramFacts,
	declared: ReadonlySet<string>,
	directory: string,
): string[] {
	const conf = `new SparkConf().setMaster(${quoted(master)}).setAppName(${quoted(appName)})`
	const usesSc = !declared.has('sc') && inside.some((text) => /^(?!\/\/).*(?<![.\w$])sc\b/m.test(text))
	if (hasContext) return usesSc ? [`const sc = new SparkContext(${conf})`, ''] : []
	const interval = batchMs % 1_000 === 0 ? `Seconds(${batchMs / 1_000})` : `Milliseconds(${batchMs})`
	return [
		`const ssc = new StreamingContext(${conf}, ${interval})`,
		`ssc.checkpoint(${directory})`,
		...(usesSc ? ['const sc = ssc.sparkContext'] : []),
		'',
	]
}

/** The imports of the cells, and those of names that a session has without one. */
export function importLines(
	given: readonly ts.ImportDeclaration[],
	program: string,
	declared: ReadonlySet<string>,
): string[] {
	const lines = new Set<string>()
	const ours = new Map<string, string>()
	const locals = new Set<string>(declared)
	for (const node of given) {
		const from = (node.moduleSpecifier as ts.StringLiteral).text
		const bindings = node.importClause?.namedBindings
		if (from === 'rivulet' && bindings !== undefined && ts.isNamedImports(bindings)) {
			for (const element of bindings.elements) ours.set(element.name.text, element.getText())
		} else if (from !== 'tslab') lines.add(node.getText())
		for (const name of statementsOf(node.getSourceFile()).flatMap(({ declares }) => declares)) locals.add(name)
	}
	const used = new Set(statementsOf(parseModule('program.ts', program)).flatMap(({ uses }) => [...uses]))
	for (const name of ['display', 'clearOutput']) {
		if (used.has(name) && !locals.has(name)) lines.add(`import { ${name} } from 'rivulet/display'`)
	}
	for (const [name, isType] of exportsOfRivulet()) {
		if (used.has(name) && !locals.has(name)) ours.set(name, isType ? `type ${name}` : name)
	}
	const named = [...ours.values()].sort((a, b) => plain(a).localeCompare(plain(b)))
	const own = `import { ${named.join(', ')} } from 'rivulet'`
	return [own.length <= 120 ? own : `import {\n\t${named.join(',\n\t')},\n} from 'rivulet'`, ...lines]
}

const plain = (specifier: string): string => specifier.replace(/^type /, '')

/** The public names of the engine, and whether each is only a type. */
function exportsOfRivulet(): ReadonlyMap<string, boolean> {
	const file = packageFile('dist', 'engine', 'index.d.ts')
	const found = new Map<string, boolean>()
	for (const statement of parseModule(file, readFileSync(file, 'utf8')).statements) {
		if (!ts.isExportDeclaration(statement) || statement.exportClause === undefined) continue
		if (!ts.isNamedExports(statement.exportClause)) continue
		for (const { name, isTypeOnly } of statement.exportClause.elements) {
			found.set(name.text, statement.isTypeOnly || isTypeOnly)
		}
	}
	return found
}

/** A name that nobody has declared. */
export function free(name: string, declared: ReadonlySet<string>): string {
	let found = name
	for (let i = 2; declared.has(found); i++) found = `${name}${i}`
	return found
}

export const quoted = (text: string): string => `'${text.replace(/[\\']/g, (character) => `\\${character}`)}'`

function leftOut({ text }: Statement, why: string): string {
	const [first = '', ...more] = text.replace(/^(\s*\/\/.*\n)+/, '').split('\n')
	return `// left out, ${why}: ${first}${more.length > 0 ? ' …' : ''}`
}

/** A context made without a manual clock. */
function inRealTime(text: string): string {
	const source = parseModule('statement.ts', text)
	let changed = text
	const walk = (node: ts.Node): void => {
		const options = ts.isNewExpression(node) ? node.arguments?.[2] : undefined
		if (ts.isNewExpression(node) && options !== undefined && ts.isObjectLiteralExpression(options)) {
			const kept = options.properties.filter((property) => property.name?.getText(source) !== 'clock')
			if (node.expression.getText(source) === 'StreamingContext' && kept.length < options.properties.length) {
				const [from, to] = [node.arguments?.[1]?.end ?? 0, options.end]
				const rest = kept.length === 0 ? '' : `, { ${kept.map((property) => property.getText(source)).join(', ')} }`
				changed = text.slice(0, from) + rest + text.slice(to)
				return
			}
		}
		ts.forEachChild(node, walk)
	}
	walk(source)
	return changed
}

/** One step further in, but for lines that are part of a template. */
export function indented(text: string): string {
	const source = parseModule('statement.ts', text)
	const inside: [number, number][] = []
	const walk = (node: ts.Node): void => {
		const isText = ts.isTemplateLiteralToken(node)
		if (isText) inside.push([node.getStart(source), node.end])
		ts.forEachChild(node, walk)
	}
	walk(source)
	let at = 0
	return text
		.split('\n')
		.map((line) => {
			const start = at
			at += line.length + 1
			const isKept = line === '' || inside.some(([from, to]) => from < start && start <= to)
			return isKept ? line : `\t${line}`
		})
		.join('\n')
}
