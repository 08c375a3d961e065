/** The public names of `rivulet/display`: show a value, follow a stream, clear a cell. */

import { DStream, Output, StreamError } from '../../engine/index.js'
import { bundleInTime, type Shown } from './bundle.js'
import { LivePicture } from './diagrams/livepicture.js'
import { beAtHome } from './hosts/foreign.js'
import { LiveView, type ViewOptions } from './live.js'
import { displaySink } from './sink.js'
import './diagrams/attach.js'
import './streams.js'
import './widgets/attach.js'
import type { Bundle } from './view.js'

export { bundleOf, type Shown } from './bundle.js'
export { timeText } from './caption.js'
export { Diagram } from './diagrams/diagram.js'
export { LivePicture } from './diagrams/livepicture.js'
export { LiveView, type ViewOptions } from './live.js'
export { dropViews, type OpenView, openViews } from './openviews.js'
export type { Row } from './rows.js'
export { type DisplaySink, displaySink, setDisplaySink } from './sink.js'
export type { ChartSpec } from './spec.js'
export type { Bundle, ViewDefinition, ViewFrame } from './view.js'
export {
	Comm,
	type CommData,
	type CommExtras,
	type CommHandler,
	type CommLink,
	type CommMessage,
	type CommPacket,
	type CommTarget,
	comms,
	setCommLink,
	takeComm,
} from './widgets/comm.js'
export { InputBox, type InputBoxOptions } from './widgets/inputbox.js'

beAtHome((stream) => new LiveView(stream))

/** How a value is displayed. */
export interface DisplayOptions {
	/** A name for the display, so that it can be updated. */
	readonly displayId?: string
	/** Replaces every display of that `displayId` instead of making a new one. */
	readonly update?: boolean
	/** Metadata of the display, by MIME type. */
	readonly metadata?: Bundle
}

/**
 * Shows a value in the cell that asks: a MIME bundle as it is, any other value as `bundleOf` says. On a stream it opens
 * a live view and returns its handle. A display method that is asynchronous shows its bundle when it has it.
 * @throws display/spec for `update` without `displayId`
 */
export function display<T>(stream: DStream<T>, options?: ViewOptions): LiveView
export function display(value: unknown, options?: DisplayOptions): void
export function display(value: unknown, options: DisplayOptions & ViewOptions = {}): LiveView | undefined {
	if (value instanceof DStream) return new LiveView(value, options)
	const { displayId, update = false } = options
	if (update && displayId === undefined) {
		throw new StreamError('display/spec', 'an update needs the id of the display it replaces', {
			where: 'display',
			remedy: "write display(value, { displayId: '…', update: true })",
		})
	}
	const show = ({ bundle, metadata }: Shown): void =>
		displaySink().display(bundle, { ...metadata, ...options.metadata }, displayId, update)
	const shown = bundleInTime(value)
	if (shown instanceof Promise) void shown.then(show)
	else show(shown)
	return undefined
}

/** Clears the output of the cell; with `wait` not before its next output, so that nothing flickers. */
export function clearOutput(wait = false): void {
	displaySink().clear(wait)
}

/**
 * What a cell shows of its last value; undefined when there is nothing to show. A stream opens its default live view;
 * handles of views and outputs show nothing. An asynchronous display method makes it a promise.
 */
export function showValue(value: unknown): Shown | Promise<Shown> | undefined {
	if (value === undefined || value instanceof LiveView || value instanceof LivePicture || value instanceof Output)
		return undefined
	if (value instanceof DStream) {
		display(value)
		return undefined
	}
	return bundleInTime(value)
}
