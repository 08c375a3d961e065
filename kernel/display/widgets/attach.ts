/** `ssc.inputBox()`: a stream of lines that a person types. */

import { StreamingContext } from '../../../engine/index.js'
import { InputBox, type InputBoxOptions } from './inputbox.js'

declare module '../../../engine/context.js' {
	interface StreamingContext {
		/**
		 * A text field in the cell; each batch holds the lines typed since the one before. Also `box.push('a line')`, and
		 * `await box.ask()` where front ends have no widgets. Running the cell again keeps what waits.
		 */
		inputBox(options?: InputBoxOptions): InputBox
	}
}

const contexts: Pick<StreamingContext, 'inputBox'> & ThisType<StreamingContext> = {
	inputBox(options = {}) {
		return new InputBox(this, options)
	},
}

for (const [name, value] of Object.entries(contexts)) {
	Object.defineProperty(StreamingContext.prototype, name, {
		value,
		writable: true,
		configurable: true,
		enumerable: false,
	})
}
