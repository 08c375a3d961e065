/** A receiver that stores what a test gives it, when the test says so. */

import { Receiver, StorageLevel } from '../../engine/index.js'

export class Fed extends Receiver<number> {
	/** The one that started last. */
	static current: Fed | undefined
	constructor() {
		super(StorageLevel.MEMORY_ONLY)
	}
	override onStart(): void {
		Fed.current = this
	}
	override onStop(): void {}
}
