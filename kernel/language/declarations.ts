/**
 * What the top level of a cell declares: names in order, and how later cells may refer to each.
 *
 *   let, var                                     -> 'let'     may be assigned in a later cell
 *   const, destructured const                    -> 'const'
 *   function, class, enum, namespace, import     -> 'import'  all meanings of the name at once
 *   interface, type, import type                 -> 'type'
 */

import { ts } from './typescript.js'

/** How a later cell binds a name. */
export type Binding = 'let' | 'const' | 'import' | 'type'

/** A name that the top level declares; a name declared twice is listed once, with the binding that serves both. */
export interface Declared {
	readonly name: string
	readonly binding: Binding
	/** The user wrote `export` in front of it. */
	readonly isExported: boolean
	/** The import specifier or clause that made it, when it may turn out to be a type. */
	readonly imported: boolean
}

const has = (node: ts.Node, kind: ts.SyntaxKind): boolean =>
	ts.canHaveModifiers(node) && ts.getModifiers(node)?.some((modifier) => modifier.kind === kind) === true

/** Whether a statement carries `declare`: it makes nothing at run time. */
export const isAmbient = (node: ts.Node): boolean => has(node, ts.SyntaxKind.DeclareKeyword)

/** Whether a statement carries `export`. */
export const isExported = (node: ts.Node): boolean => has(node, ts.SyntaxKind.ExportKeyword)

/** Whether a namespace holds values, not only types. */
export function isInstantiated(node: ts.ModuleDeclaration): boolean {
	const { body } = node
	if (body === undefined) return false
	if (ts.isModuleDeclaration(body)) return isInstantiated(body)
	if (!ts.isModuleBlock(body)) return false
	return body.statements.some((statement) => {
		if (ts.isInterfaceDeclaration(statement) || ts.isTypeAliasDeclaration(statement) || isAmbient(statement))
			return false
		return !ts.isModuleDeclaration(statement) || isInstantiated(statement)
	})
}

/** The names a binding pattern or identifier declares, in order. */
export function namesIn(name: ts.BindingName): string[] {
	if (ts.isIdentifier(name)) return [name.text]
	return name.elements.flatMap((element) => (ts.isOmittedExpression(element) ? [] : namesIn(element.name)))
}

/** Calls `visit` for every `var` list that belongs to the top level: nested blocks and loop heads too, functions not. */
export function forEachVar(source: ts.SourceFile, visit: (list: ts.VariableDeclarationList) => void): void {
	const walk = (node: ts.Node): void => {
		if (ts.isFunctionLike(node) || ts.isClassLike(node) || ts.isModuleDeclaration(node) || ts.isTypeNode(node)) return
		if (ts.isVariableDeclarationList(node) && (node.flags & ts.NodeFlags.BlockScoped) === 0) visit(node)
		ts.forEachChild(node, walk)
	}
	for (const statement of source.statements) if (!isAmbient(statement)) walk(statement)
}

/** What the top level of a cell declares, in the order of first appearance. */
export function declarationsOf(source: ts.SourceFile): readonly Declared[] {
	const found = new Map<string, Declared>()
	const add = (name: string, binding: Binding, node?: ts.Node, imported = false): void => {
		const before = found.get(name)
		const merged = before === undefined || before.binding === binding ? binding : 'import'
		const exported = before?.isExported === true || (node !== undefined && isExported(node))
		found.set(name, { name, binding: merged, isExported: exported, imported })
	}
	for (const statement of source.statements) {
		if (ts.isVariableStatement(statement)) {
			const isLet = (statement.declarationList.flags & ts.NodeFlags.BlockScoped) <= ts.NodeFlags.Let
			for (const declaration of statement.declarationList.declarations) {
				for (const name of namesIn(declaration.name)) add(name, isLet ? 'let' : 'const', statement)
			}
		} else if (ts.isFunctionDeclaration(statement) || ts.isClassDeclaration(statement)) {
			if (statement.name !== undefined) add(statement.name.text, 'import', statement)
		} else if (ts.isEnumDeclaration(statement)) add(statement.name.text, 'import', statement)
		else if (ts.isModuleDeclaration(statement) && ts.isIdentifier(statement.name) && statement.name.text !== 'global') {
			add(statement.name.text, isInstantiated(statement) ? 'import' : 'type', statement)
		} else if (ts.isInterfaceDeclaration(statement) || ts.isTypeAliasDeclaration(statement)) {
			add(statement.name.text, 'type', statement)
		} else if (ts.isImportEqualsDeclaration(statement)) add(statement.name.text, 'import', statement)
		else if (ts.isImportDeclaration(statement)) {
			for (const { name, isType } of importedNames(statement)) add(name, isType ? 'type' : 'import', undefined, !isType)
		}
	}
	forEachVar(source, (list) => {
		for (const { name } of list.declarations) for (const one of namesIn(name)) if (!found.has(one)) add(one, 'let')
	})
	return [...found.values()]
}

/** The local names an import statement makes. */
export function importedNames(statement: ts.ImportDeclaration): { readonly name: string; readonly isType: boolean }[] {
	const clause = statement.importClause
	if (clause === undefined) return []
	const isType = clause.isTypeOnly
	const names = clause.name === undefined ? [] : [{ name: clause.name.text, isType }]
	const bindings = clause.namedBindings
	if (bindings === undefined) return names
	if (ts.isNamespaceImport(bindings)) return [...names, { name: bindings.name.text, isType }]
	return [
		...names,
		...bindings.elements.map((element) => ({ name: element.name.text, isType: isType || element.isTypeOnly })),
	]
}

/** Declared names that exist at run time. `isType` tells what an import turned out to be. */
export function valueNames(
	source: ts.SourceFile,
	declared: readonly Declared[],
	isType: (name: string) => boolean,
): readonly string[] {
	const ambient = new Set<string>()
	for (const statement of source.statements) {
		if (!isAmbient(statement)) continue
		if (ts.isVariableStatement(statement)) {
			for (const { name } of statement.declarationList.declarations) for (const one of namesIn(name)) ambient.add(one)
		} else if ('name' in statement) ambient.add((statement as ts.DeclarationStatement).name?.text ?? '')
	}
	return declared
		.filter(({ name, binding, imported }) => binding !== 'type' && !ambient.has(name) && !(imported && isType(name)))
		.map(({ name }) => name)
}
