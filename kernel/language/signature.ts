/** The signature of the call around a place, the parameter that stands there marked. */

import { ts } from './typescript.js'

/** `reduceByKey(«f: (a, b) => V», numPartitions?: number): DStream<…>`; undefined outside of calls. */
export function signatureAt(service: ts.LanguageService, file: string, offset: number): string | undefined {
	const help = service.getSignatureHelpItems(file, offset, undefined)
	const item = help?.items[help.selectedItemIndex]
	if (help === undefined || item === undefined) return undefined
	const shown = ts.displayPartsToString
	const parameters = item.parameters.map(({ displayParts }, index) => {
		const text = shown(displayParts)
		return index === help.argumentIndex ? `«${text}»` : text
	})
	const others = help.items.length > 1 ? ` (${help.selectedItemIndex + 1} of ${help.items.length})` : ''
	const inside = parameters.join(shown(item.separatorDisplayParts))
	const whole = shown(item.prefixDisplayParts) + inside + shown(item.suffixDisplayParts)
	return `${whole.replace(/\s+/g, ' ').replace(/import\("[^"]*\/~[^"]*"\)\./g, '')}${others}`
}
