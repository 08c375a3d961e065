/** A cell as the language service keeps it, and the module that it is to the checker. */

import { join } from 'node:path'
import { type Declared, declarationsOf } from './declarations.js'
import type { LiveName, Scope } from './names.js'
import { type Parsed, parseCell } from './parse.js'
import { ts } from './typescript.js'

/** A parsed cell and what it may refer to. */
export interface Cell {
	readonly parsed: Parsed
	readonly declared: readonly Declared[]
	readonly directory: string
	/** The names that were alive when it was prepared. */
	readonly scope: Scope
	/** Its types are read as those of JavaScript are. */
	readonly language: 'ts' | 'js'
}

/** What a cell is made from. */
export interface CellParts {
	readonly file: string
	readonly directory: string
	readonly scope: Scope
	readonly language?: 'ts' | 'js' | undefined
}

/** Parses a cell. */
export function makeCell(code: string, { file, directory, scope, language = 'ts' }: CellParts): Cell {
	const parsed = parseCell(file, code)
	return { parsed, directory, declared: declarationsOf(parsed.source), scope, language }
}

/** The path of the module that a cell is to later cells. */
export const moduleOf = ({ parsed, directory, language }: Cell): string =>
	join(directory, `~${parsed.file.replace(/\.ts$/, '')}.${language}`)

/** The names of a cell as later cells refer to them. */
export function liveNames(cell: Cell, isVisible: (one: Declared) => boolean): readonly LiveName[] {
	const module = moduleOf(cell).replace(/\.[jt]s$/, '')
	return cell.declared.filter(isVisible).map(({ name, binding }) => ({ name, binding, module }))
}

/** Whether an imported name of the cell is used as a type and nowhere as a value, so that it may be a type. */
export function mayImportTypes({ parsed, declared }: Cell): boolean {
	const asType = new Set<string>()
	const asValue = new Set<string>()
	const walk = (node: ts.Node, inType: boolean): void => {
		if (ts.isImportDeclaration(node)) return
		const isType = inType || (ts.isTypeNode(node) && !ts.isExpressionWithTypeArguments(node))
		if (ts.isIdentifier(node)) (isType ? asType : asValue).add(node.text)
		ts.forEachChild(node, (child) => walk(child, isType))
	}
	walk(parsed.source, false)
	return declared.some(({ name, imported }) => imported && asType.has(name) && !asValue.has(name))
}
