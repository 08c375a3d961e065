/** The menu of completions: candidates narrowed by what is typed, one of them chosen, a window of rows around it. */

import type { Completion, Completions } from '../../kernel/language/contract.js'

/** An open menu. */
export interface Menu {
	readonly items: readonly Completion[]
	/** The stretch of the block that a chosen item replaces begins here and ends at the cursor. */
	readonly start: number
	readonly chosen: number
	/** The person has gone into it: Enter takes the chosen item. */
	readonly isEntered?: boolean
}

/** The menu over completions for what stands before `cursor`; undefined when nothing fits. */
export function menuOf({ items, start }: Completions, text: string, cursor: number): Menu | undefined {
	return narrowed({ items, start, chosen: 0 }, text, cursor)
}

/** The menu after more was typed or deleted; undefined when it closes. */
export function narrowed({ items, start }: Menu, text: string, cursor: number): Menu | undefined {
	if (cursor < start) return undefined
	const typed = text.slice(start, cursor)
	if (/[^\p{L}\p{N}_$]/u.test(typed) && !items.some((item) => item.text.startsWith(typed))) return undefined
	const exact = items.filter((item) => item.text.startsWith(typed))
	const loose = items.filter(({ text: name }) => !name.startsWith(typed) && matches(name, typed))
	const left = [...exact, ...loose]
	return left.length === 0 ? undefined : { items: left, start, chosen: 0 }
}

/** Another item, going round at the ends. */
export function chosen(menu: Menu, step: number): Menu {
	const count = menu.items.length
	return { ...menu, chosen: (((menu.chosen + step) % count) + count) % count }
}

/** What all items begin with beyond what is typed. */
export function commonStart({ items, start }: Menu, text: string, cursor: number): string {
	const typed = text.slice(start, cursor)
	const names = items.map((item) => item.text).filter((name) => name.startsWith(typed))
	let common = names[0] ?? typed
	for (const name of names) while (!name.startsWith(common)) common = common.slice(0, -1)
	return common
}

/** The rows of a menu that are shown: at most `most`, the chosen one among them. */
export function shownItems(menu: Menu, most: number): { readonly from: number; readonly items: readonly Completion[] } {
	const last = Math.max(0, menu.items.length - most)
	const from = Math.min(Math.max(0, menu.chosen - Math.floor(most / 2)), last)
	return { from, items: menu.items.slice(from, from + most) }
}

const matches = (name: string, typed: string): boolean => name.toLowerCase().startsWith(typed.toLowerCase())
