/**
 * The language service itself, without a thread around it: cells are prepared, checked, completed and explained here.
 *
 *     cold --(warmUp: parse ahead, first program)--> warm
 *
 * While cold a cell is parsed and transformed only, and its findings follow by `onLate`. Checking is part of `prepare` once
 * warm. An import that could be of a type alone needs the checker even when cold, because a type cannot be imported.
 */

import type { StreamShapes } from '../session/messages.js'
import { type Cell, liveNames, makeCell, mayImportTypes, moduleOf } from './cell.js'
import { completenessOf } from './completeness.js'
import { completionsAt, inspectionAt } from './completion.js'
import type { Completeness, Completions, Diagnostic, Inspection, Late, Prepared, TypesMode } from './contract.js'
import { declarationsOf } from './declarations.js'
import { type Focus, findingsOf, syntaxFindings } from './findings.js'
import { CheckerHost } from './host.js'
import { bindingLine, type LiveName, Names, type Scope } from './names.js'
import { type Parsed, parseCell } from './parse.js'
import { reportLines } from './report.js'
import { shapesOf } from './shapes.js'
import { signatureAt } from './signature.js'
import { type Transformed, transformCell } from './transform.js'
import { ts } from './typescript.js'

/** How a cell is to be prepared. */
export interface CellOptions {
	readonly file: string
	readonly directory: string
	readonly types: TypesMode
	/** `js`: the cell is JavaScript, which is not checked; later cells see the types that its names seem to have. */
	readonly language?: 'js' | undefined
}

/** Hears findings about a cell that ran before it could be checked. */
export type OnLate = (late: Late) => void

/** The service of one session. */
export class LanguageService {
	readonly #directory: string
	readonly #onLate: OnLate
	readonly #host: CheckerHost
	readonly #names = new Names()
	readonly #cells = new Map<string, Cell>()
	#late: Cell[] = []
	/** Cells that ran before the service was warm. */
	readonly #ranCold: Cell[] = []
	#base: Scope | undefined

	constructor(directory: string, onLate: OnLate) {
		this.#directory = directory
		this.#onLate = onLate
		this.#host = new CheckerHost(directory)
	}

	/** Whether findings can be had quickly. */
	get isWarm(): boolean {
		return this.#base !== undefined
	}

	/** The steps that warm the service up; between two of them it can be asked. */
	*warmUp(): Iterable<void> {
		for (const _ of this.#host.parseAhead()) {
			if (this.isWarm) return
			yield
		}
		yield
		if (this.isWarm) return
		this.#host.program()
		yield
		if (!this.isWarm) this.#build()
		for (const _ of this.#checkLate()) yield
	}

	/** Checks and transforms a cell. */
	prepare(code: string, { file, directory, language, ...options }: CellOptions): Prepared {
		const types = language === 'js' ? 'off' : options.types
		const cell = makeCell(code, { file, directory, language, scope: this.#names.scope })
		const { parsed } = cell
		if (parsed.errors.length > 0) return refused(parsed, true, syntaxFindings(parsed))
		this.#cells.set(file, cell)
		if (!this.isWarm && cell.declared.some(({ imported }) => imported)) {
			if (mayImportTypes(cell)) this.#build()
		}
		if (!this.isWarm) {
			if (types !== 'off') this.#late.push(cell)
			return ready(cell, this.#transform(cell), { notes: [], late: types !== 'off' })
		}
		// What the cells before hold is known before this one takes their place.
		for (const _ of this.#checkLate());
		if (cell.declared.some(({ imported }) => imported)) this.#host.renew()
		const findings = types === 'off' ? [] : this.#check(cell)
		const isWrong = findings.some(({ severity }) => severity === 'error')
		if (types === 'check' && isWrong) return refused(parsed, false, findings)
		const prepared = ready(cell, this.#transform(cell), { notes: findings, late: false })
		const shapes = types === 'off' ? undefined : this.#shapes(cell)
		return shapes === undefined ? prepared : { ...prepared, cell: { ...prepared.cell, shapes } }
	}

	/** Tells which of a cell's names hold a value now. Its types become visible with them. */
	ran(file: string, names: readonly string[]): void {
		const cell = this.#cells.get(file)
		if (cell === undefined) return
		this.#host.put(moduleOf(cell), this.#written(cell).text)
		if (!this.isWarm) this.#ranCold.push(cell)
		const visible = liveNames(cell, ({ name, binding, imported }) => {
			return binding === 'type' || names.includes(name) || (imported && this.#isType(cell, name))
		})
		this.#names.add(visible)
	}

	/** A cell that ran under an earlier service. */
	replay(code: string, { file, directory, language }: Omit<CellOptions, 'types'>, names: readonly string[]): void {
		this.#cells.set(file, makeCell(code, { file, directory, language, scope: this.#names.scope }))
		this.ran(file, names)
	}

	/** Completions at an offset of a cell. */
	complete(code: string, offset: number): Completions {
		const { file, text, before } = this.#sketch(code)
		const { items, start } = completionsAt(this.#host.service, file, text, before + offset)
		return { items, start: start - before, end: offset }
	}

	/** What is known about the name at an offset of a cell. */
	inspect(code: string, offset: number): Inspection | undefined {
		const { file, before } = this.#sketch(code)
		return inspectionAt(this.#host.service, file, before + offset)
	}

	/** The signature of the call around an offset, else the type of the name there. */
	explain(code: string, offset: number): string | undefined {
		const { file, before } = this.#sketch(code)
		return signatureAt(this.#host.service, file, before + offset) ?? this.inspect(code, offset)?.signature
	}

	/** Findings about a cell that is still being written. */
	diagnose(code: string): readonly Diagnostic[] {
		const cell = makeCell(code, { file: 'draft.ts', directory: this.#directory, scope: this.#names.scope })
		return cell.parsed.errors.length > 0 || !this.isWarm ? [] : this.#check(cell)
	}

	/** Whether a cell is complete. */
	isComplete(code: string): Completeness {
		return completenessOf(code)
	}

	/** Files and packages have changed: looks for them again. */
	forgetFiles(): void {
		this.#host.forgetFiles()
	}

	/** Forgets all cells. */
	reset(): void {
		this.#names.clear()
		this.#cells.clear()
		this.#late = []
		this.#host.clear()
	}

	/** Builds the first program and reads what every cell sees. */
	#build(): void {
		const program = this.#host.program()
		const checker = program.getTypeChecker()
		const base = new Map<string, LiveName>()
		const prelude = this.#host.preludeFile.replace(/\.ts$/, '')
		const source = program.getSourceFile(this.#host.preludeFile)
		const symbol = source === undefined ? undefined : checker.getSymbolAtLocation(source)
		const engine = source?.statements.find(
			(one): one is ts.ImportDeclaration =>
				ts.isImportDeclaration(one) &&
				ts.isStringLiteral(one.moduleSpecifier) &&
				one.moduleSpecifier.text === 'rivulet',
		)
		const own = engine === undefined ? undefined : checker.getSymbolAtLocation(engine.moduleSpecifier)
		const add = (from: ts.Symbol | undefined, module: string): void => {
			for (const { name } of from === undefined ? [] : checker.getExportsOfModule(from)) {
				base.set(name, { name, binding: 'import', module })
			}
		}
		add(own, 'rivulet')
		add(symbol, prelude)
		this.#base = base
		// Written while cold, they lack the names that are there from the start.
		for (const cell of this.#ranCold.splice(0)) this.#host.put(moduleOf(cell), this.#written(cell).text)
		// The first question about types costs most: it is asked here, before anybody waits for its answer.
		const text = `${bindingLine(base.values())}export {}; [1].map((x) => console.log(x))`
		this.#host.service.getSemanticDiagnostics(this.#host.focus(this.#directory, text).fileName)
	}

	/** What a name stands for in front of a cell that has this scope. */
	#bindings(scope: Scope, wanted: (name: string) => boolean): LiveName[] {
		const all = new Map([...(this.#base ?? []), ...scope])
		return [...all.values()].filter(({ name }) => wanted(name))
	}

	/** The cell as a module: names it uses in front, names it declares exported behind. */
	#written(cell: Cell): { readonly text: string; readonly before: number } {
		const { parsed, declared, scope } = cell
		const { text } = parsed.source
		const own = new Set(declared.map(({ name }) => name))
		const used = new Set(text.match(/[\w$\u00a0-\uffff]+/g))
		const front = bindingLine(this.#bindings(scope, (name) => used.has(name) && !own.has(name)))
		const exported = declared.filter(({ isExported }) => !isExported).map(({ name }) => name)
		return { text: `${front}${text}\nexport { ${exported.join(', ')} }`, before: front.length }
	}

	/** The program in which the cell is the module in focus. */
	#focus(cell: Cell): Focus {
		const { text, before } = this.#written(cell)
		const source = this.#host.focus(cell.directory, text)
		return { source, program: this.#host.program(), before: before + cell.parsed.shift }
	}

	#check(cell: Cell): readonly Diagnostic[] {
		return findingsOf(cell, this.#focus(cell))
	}

	/** What its streams hold; called when the cell has just been checked. */
	#shapes(cell: Cell): StreamShapes | undefined {
		const { source, program, before } = this.#focus(cell)
		const names = cell.declared.map(({ name }) => name)
		return shapesOf(source, program.getTypeChecker(), names, before)
	}

	/** Tells what the checker finds in cells that ran before it was warm, a cell a step. */
	*#checkLate(): Iterable<void> {
		for (let cell = this.#late.shift(); cell !== undefined; cell = this.#late.shift()) {
			this.#tellLate(cell)
			yield
		}
	}
	#tellLate(cell: Cell): void {
		const { file, code } = cell.parsed
		const findings = this.#check(cell)
		// While cold it was put without what every cell sees.
		this.#host.put(moduleOf(cell), this.#written(cell).text)
		const shapes = this.#shapes(cell)
		if (findings.length === 0 && shapes === undefined) return
		const lines = findings.length === 0 ? [] : reportLines(file, code, findings)
		this.#onLate({ file, diagnostics: findings, lines, ...(shapes === undefined ? {} : { shapes }) })
	}

	#transform(cell: Cell): Transformed {
		const isType = (name: string): boolean => this.#isType(cell, name)
		return transformCell(cell.parsed, { directory: cell.directory, isType })
	}

	/** Whether an imported name stands for a type alone; false while cold. */
	#isType(cell: Cell, name: string): boolean {
		if (!this.isWarm) return false
		const { source, program } = this.#focus(cell)
		const checker = program.getTypeChecker()
		const symbol = checker.getSymbolAtLocation(source)?.exports?.get(ts.escapeLeadingUnderscores(name))
		if (symbol === undefined) return false
		const target = checker.getAliasedSymbol(symbol)
		// An import that leads nowhere has no meaning at all: it is tried, and its failure is the cell's.
		return (target.flags & ts.SymbolFlags.Value) === 0 && (target.flags & ts.SymbolFlags.Type) !== 0
	}

	/** A cell that is being typed, with every live name in front. */
	#sketch(code: string): { readonly file: string; readonly text: string; readonly before: number } {
		if (!this.isWarm) this.#build()
		const own = new Set(declarationsOf(parseCell('sketch.ts', code).source).map(({ name }) => name))
		const front = bindingLine(this.#bindings(this.#names.scope, (name) => !own.has(name)))
		const text = `${front}${code}`
		const { fileName } = this.#host.focus(this.#directory, text)
		return { file: fileName, text, before: front.length }
	}
}

type Ready = Extract<Prepared, { readonly status: 'ready' }>

function ready(cell: Cell, made: Transformed, about: { notes: readonly Diagnostic[]; late: boolean }): Ready {
	const { file, code } = cell.parsed
	return { status: 'ready', cell: { ...made, file, source: code }, ...about }
}

function refused({ file, code }: Parsed, syntax: boolean, diagnostics: readonly Diagnostic[]): Prepared {
	return { status: 'refused', syntax, diagnostics, lines: reportLines(file, code, diagnostics) }
}
