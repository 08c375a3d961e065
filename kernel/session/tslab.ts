/**
 * tslab's display API in our cells: the real package as the user installed it, its messages shown by the cell that calls.
 *
 * tslab keeps the way to its front end in one exported variable of its `dist/jupyter.js` (measured on 1.0.22), which its
 * own kernel sets with each cell. Here it is set once, to the display sink. Nothing else of tslab's kernel runs.
 */

import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { StreamError } from '../../engine/index.js'
import { type Bundle, bundleOf, displaySink } from '../display/index.js'

/** What tslab sends of a display. */
interface TslabMessage {
	readonly data: Bundle
	readonly metadata: Bundle
	readonly transient: { readonly display_id?: string }
}

/**
 * Connects the tslab package whose main file is `file` with the displays of this session.
 * @throws language/import when the package is not built as the versions are that we know
 */
export function wireTslab(file: string): void {
	const load = createRequire(file)
	let transport: { lastWriteDisplayData?: unknown }
	try {
		transport = load(join(dirname(file), 'jupyter.js')) as typeof transport
	} catch (cause) {
		throw unknownBuild(file, cause)
	}
	if (!('lastWriteDisplayData' in transport)) throw unknownBuild(file)
	transport.lastWriteDisplayData = ({ data, metadata, transient }: TslabMessage, isUpdate?: boolean): void =>
		displaySink().display(bundleOf(data).bundle, metadata, transient.display_id, isUpdate === true)
}

function unknownBuild(file: string, cause?: unknown): StreamError {
	return new StreamError('language/import', 'this build of tslab cannot be connected with the cells', {
		where: file,
		remedy: 'install a version that is known to work: npm install tslab@1.0.22',
		...(cause === undefined ? {} : { cause }),
	})
}
