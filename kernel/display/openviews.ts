/** The views that follow something now; a session closes those of a group that is gone. */

/** A handle that can be closed. */
export interface OpenView {
	/** Unique across sessions; the display id in Jupyter. */
	readonly viewId: string
	/** Who opened it: an opaque name given by the host. */
	readonly group: string | undefined
	close(): void
}

const open = new Set<OpenView>()

/** The views that follow something now. */
export const openViews = (): ReadonlySet<OpenView> => open

/** From now on it is among the open views. */
export function viewBegins(view: OpenView): void {
	open.add(view)
}

/** It follows nothing any more. */
export function viewEnds(view: OpenView): void {
	open.delete(view)
}
