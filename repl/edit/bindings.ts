/** Which key does what: one table, read by the editor and by `.help keys`. Emacs keys, as every terminal has them. */

import type { Edit, Move } from './editing.js'
import type { Key } from './keys.js'

/** What a key asks for: an edit, or something that the editor's surroundings do. */
export type Command = { readonly kind: 'edit'; readonly edit: Edit } | { readonly kind: 'ask'; readonly ask: Asked }

/** What the surroundings of the block are asked to do. */
export type Asked =
	| 'enter'
	| 'newline'
	| 'up'
	| 'down'
	| 'previous'
	| 'next'
	| 'search'
	| 'complete'
	| 'completeBack'
	| 'acceptSuggestion'
	| 'acceptWord'
	| 'help'
	| 'cancel'
	| 'end'
	| 'escape'
	| 'redraw'
	| 'externalEditor'
	| DashboardAsked
	| 'pageUp'
	| 'pageDown'

/** What the dashboard is asked to do. */
export type DashboardAsked = 'toggleDashboard' | 'fullDashboard' | 'largerDashboard' | 'smallerDashboard'

interface Binding {
	/** `ctrl+left`; modifiers in the order ctrl, alt, shift. */
	readonly keys: readonly string[]
	readonly command: Command
	readonly summary: string
}

const edit = (one: Edit): Command => ({ kind: 'edit', edit: one })
const move = (to: Move, selects = false): Command => edit({ kind: 'move', to, selects })
const ask = (asked: Asked): Command => ({ kind: 'ask', ask: asked })

/** All keys. */
export const bindings: readonly Binding[] = [
	{ keys: ['enter'], command: ask('enter'), summary: 'run the block when it is complete, else a new line' },
	{ keys: ['alt+enter', 'ctrl+j', 'shift+enter', 'ctrl+enter'], command: ask('newline'), summary: 'a new line' },
	{ keys: ['tab'], command: ask('complete'), summary: 'complete; indent at the start of a line' },
	{ keys: ['shift+tab'], command: ask('completeBack'), summary: 'the candidate before; outdent' },
	{
		keys: ['up'],
		command: ask('up'),
		summary: 'a line up; from the first, an earlier input that begins like this one',
	},
	{ keys: ['down'], command: ask('down'), summary: 'a line down; from the last, a later input' },
	{ keys: ['ctrl+p'], command: ask('previous'), summary: 'the input before' },
	{ keys: ['ctrl+n'], command: ask('next'), summary: 'the input after' },
	{ keys: ['ctrl+r'], command: ask('search'), summary: 'search the inputs of before' },
	{ keys: ['right', 'ctrl+f'], command: ask('acceptSuggestion'), summary: 'right; at the end, take the suggestion' },
	{ keys: ['alt+f', 'ctrl+right', 'alt+right'], command: ask('acceptWord'), summary: 'a word right; takes one' },
	{ keys: ['left', 'ctrl+b'], command: move('left'), summary: 'left' },
	{ keys: ['alt+b', 'ctrl+left', 'alt+left'], command: move('wordLeft'), summary: 'a word left' },
	{ keys: ['home', 'ctrl+a'], command: move('lineStart'), summary: 'the start of the line' },
	{ keys: ['end', 'ctrl+e'], command: move('lineEnd'), summary: 'the end of the line' },
	{ keys: ['alt+<', 'ctrl+home'], command: move('textStart'), summary: 'the start of the block' },
	{ keys: ['alt+>', 'ctrl+end'], command: move('textEnd'), summary: 'the end of the block' },
	{ keys: ['shift+left'], command: move('left', true), summary: 'select' },
	{ keys: ['shift+right'], command: move('right', true), summary: 'select' },
	{ keys: ['shift+up'], command: move('up', true), summary: 'select' },
	{ keys: ['shift+down'], command: move('down', true), summary: 'select' },
	{ keys: ['shift+home'], command: move('lineStart', true), summary: 'select' },
	{ keys: ['shift+end'], command: move('lineEnd', true), summary: 'select' },
	{ keys: ['ctrl+shift+left', 'alt+shift+left'], command: move('wordLeft', true), summary: 'select a word' },
	{ keys: ['ctrl+shift+right', 'alt+shift+right'], command: move('wordRight', true), summary: 'select a word' },
	{ keys: ['alt+a'], command: edit({ kind: 'selectAll' }), summary: 'select all' },
	{ keys: ['backspace'], command: edit({ kind: 'delete', to: 'left' }), summary: 'delete to the left' },
	{ keys: ['delete'], command: edit({ kind: 'delete', to: 'right' }), summary: 'delete to the right' },
	{
		keys: ['ctrl+w', 'alt+backspace', 'ctrl+backspace'],
		command: edit({ kind: 'kill', to: 'wordLeft' }),
		summary: 'cut the word to the left',
	},
	{ keys: ['alt+d', 'ctrl+delete'], command: edit({ kind: 'kill', to: 'wordRight' }), summary: 'cut a word' },
	{ keys: ['ctrl+k'], command: edit({ kind: 'kill', to: 'lineEnd' }), summary: 'cut to the end of the line' },
	{ keys: ['ctrl+u'], command: edit({ kind: 'kill', to: 'lineStart' }), summary: 'cut to the start of the line' },
	{ keys: ['ctrl+y'], command: edit({ kind: 'yank' }), summary: 'put in what was cut' },
	{ keys: ['alt+y'], command: edit({ kind: 'yankBefore' }), summary: 'what was cut before that' },
	{ keys: ['alt+w'], command: edit({ kind: 'copy' }), summary: 'copy the selection' },
	{ keys: ['ctrl+x'], command: edit({ kind: 'cut' }), summary: 'cut the selection' },
	{ keys: ['ctrl+t'], command: edit({ kind: 'transpose' }), summary: 'swap two characters' },
	{ keys: ['ctrl+_', 'ctrl+z', 'ctrl+/'], command: edit({ kind: 'undo' }), summary: 'undo' },
	{ keys: ['alt+_', 'alt+z', 'alt+/'], command: edit({ kind: 'redo' }), summary: 'redo' },
	{ keys: ['f1', 'alt+h'], command: ask('help'), summary: 'type and documentation of the name at the cursor' },
	{ keys: ['ctrl+c'], command: ask('cancel'), summary: 'drop the block, or interrupt what runs' },
	{ keys: ['ctrl+d'], command: ask('end'), summary: 'delete to the right; leave when the block is empty' },
	{ keys: ['escape', 'ctrl+g'], command: ask('escape'), summary: 'close the menu or the search' },
	{ keys: ['ctrl+l'], command: ask('redraw'), summary: 'clear the window' },
	{ keys: ['ctrl+o', 'f4'], command: ask('externalEditor'), summary: 'edit the block in $EDITOR' },
	{ keys: ['f2', 'alt+s'], command: ask('toggleDashboard'), summary: 'show or hide the dashboard' },
	{ keys: ['f3', 'alt+g'], command: ask('fullDashboard'), summary: 'the dashboard over the whole window; q leaves it' },
	{ keys: ['alt+up'], command: ask('largerDashboard'), summary: 'a larger dashboard' },
	{ keys: ['alt+down'], command: ask('smallerDashboard'), summary: 'a smaller dashboard' },
	{ keys: ['pageup'], command: ask('pageUp'), summary: 'ten candidates up' },
	{ keys: ['pagedown'], command: ask('pageDown'), summary: 'ten candidates down' },
]

const byKey = new Map(bindings.flatMap(({ keys, command }) => keys.map((key) => [key, command] as const)))

/** `ctrl+left`, as the table writes keys. */
export function nameOf(key: Extract<Key, { kind: 'key' }>): string {
	const { ctrl, alt, shift, name } = key
	return [...(ctrl ? ['ctrl'] : []), ...(alt ? ['alt'] : []), ...(shift ? ['shift'] : []), name].join('+')
}

/** What a key does; undefined for a key without a meaning. */
export const commandOf = (key: Extract<Key, { kind: 'key' }>): Command | undefined => byKey.get(nameOf(key))
