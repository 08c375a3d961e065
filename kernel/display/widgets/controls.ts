/**
 * Buttons for a live view: pause and resume the picture, step time driven by hand, stop the batches.
 *
 * They do what the methods of the same names do, for those who have no prompt at hand.
 */

import type { StreamingContext } from '../../../engine/index.js'
import type { CommData } from './comm.js'
import { Widget } from './widget.js'

/** What the buttons act on. */
export interface Controlled {
	readonly isFrozen: boolean
	freeze(): void
	resume(): void
}

const esm = `export default { render({ model, el }) {
	const bar = document.createElement('div')
	bar.className = 'rivulet-controls'
	const button = (title, action) => {
		const made = document.createElement('button')
		made.type = 'button'
		made.textContent = title
		made.addEventListener('click', () => model.send({ action }))
		bar.append(made)
		return made
	}
	const pause = button('pause', 'pause')
	const step = button('step', 'step')
	const stop = button('stop', 'stop')
	const says = document.createElement('output')
	bar.append(says)
	const draw = () => {
		pause.textContent = model.get('isFrozen') ? 'resume' : 'pause'
		step.hidden = !model.get('isManual')
		stop.disabled = step.disabled = pause.disabled = model.get('isStopped')
		says.textContent = model.get('isStopped') ? 'stopped' : ''
	}
	for (const name of ['isFrozen', 'isManual', 'isStopped']) model.on('change:' + name, draw)
	draw()
	el.append(bar)
} }
`
const css = `.rivulet-controls { display: flex; gap: 6px; align-items: center; margin: 4px 0; font: 13px system-ui, sans-serif }
.rivulet-controls button { padding: 3px 10px; font: inherit; cursor: pointer }
.rivulet-controls output { opacity: 0.6 }
`

/** Shows the buttons in the present cell; what it gives back is to be called when the view is at rest. */
export function showControls(view: Controlled, context: StreamingContext): () => void {
	const { isManual } = context.clock
	let isAtRest = false
	const state = (): CommData => ({ isFrozen: view.isFrozen, isManual, isStopped: isAtRest })
	const act = async (action: unknown): Promise<void> => {
		if (action === 'pause' && view.isFrozen) view.resume()
		else if (action === 'pause') view.freeze()
		else if (action === 'step' && isManual) await context.step()
		else if (action === 'stop') await context.stop(false)
	}
	const step = isManual ? ', await ssc.step()' : ''
	const widget = new Widget({
		esm,
		css,
		state: state(),
		text: `no buttons here? write view.freeze(), view.resume()${step}, await ssc.stop(false)`,
		onMessage: ({ action }) => act(action).finally(() => widget.set(state())),
	})
	return () => {
		isAtRest = true
		widget.set(state())
	}
}
