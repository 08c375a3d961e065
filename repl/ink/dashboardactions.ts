/** What keys and `.dash` do to the dashboard: shown or hidden, of one stream, larger or smaller, over the whole window. */

import { nearestNames, StreamError } from '../../engine/index.js'
import type { DashboardAsked } from '../edit/bindings.js'
import type { Facts } from './facts.js'
import type { DashboardView } from './frame.js'
import type { FullScreen } from './fullscreen.js'
import { ofStream } from './livelines.js'
import type { LiveBlock } from './livescreen.js'
import type { Store } from './store.js'

/** Rows of a dashboard that is resized first. */
const usualRows = 5
const leastRows = 1
const mostRows = 40

/** The actions of one terminal. */
export class DashboardActions {
	readonly #view: Store<DashboardView>
	readonly #full: FullScreen
	readonly #now: () => { readonly facts: Facts; readonly live: readonly LiveBlock[] }

	constructor(
		view: Store<DashboardView>,
		full: FullScreen,
		now: () => { readonly facts: Facts; readonly live: readonly LiveBlock[] },
	) {
		this.#view = view
		this.#full = full
		this.#now = now
	}

	/** What a key asks for. */
	asked(asked: DashboardAsked): void {
		const { isShown, rows = usualRows } = this.#view.value
		switch (asked) {
			case 'toggleDashboard':
				this.#patch({ isShown: !isShown })
				break
			case 'fullDashboard':
				this.#full.open()
				break
			case 'largerDashboard':
				this.#patch({ isShown: true, rows: Math.min(mostRows, rows + 1) })
				break
			case 'smallerDashboard':
				this.#patch({ isShown: true, rows: Math.max(leastRows, rows - 1) })
				break
			default:
				asked satisfies never
		}
	}

	/**
	 * `.dash`, with what follows.
	 * @throws cli/usage for what is neither a stream nor a number of rows
	 */
	command(argument: string): void {
		if (argument === '') this.asked('toggleDashboard')
		else if (argument === 'full') this.asked('fullDashboard')
		else if (argument === 'all') this.#patch({ isShown: true, picked: undefined, rows: undefined })
		else if (/^\d+$/.test(argument)) this.#patch({ isShown: true, rows: rowsOf(argument) })
		else this.#patch({ isShown: true, picked: this.#titleOf(argument) })
	}

	/** The title of the stream that is meant by a name or `#3`. */
	#titleOf(argument: string): string {
		const { facts, live } = this.#now()
		const streams = facts.vitals?.streams ?? []
		const found = streams.find(({ title, id }) => title === argument || `#${id}` === argument)
		if (found !== undefined) return found.title
		const isUnknown = streams.length > 0 && !live.some((block) => ofStream(block, argument))
		if (!isUnknown) return argument
		const near = nearestNames(
			argument,
			streams.map(({ title }) => title),
		)
		throw new StreamError('cli/usage', `there is no stream ${argument}`, {
			where: '.dash',
			remedy: `did you mean .dash ${near.join(' or .dash ')}; all again: .dash all`,
		})
	}

	#patch(part: Partial<DashboardView>): void {
		this.#view.set({ ...this.#view.value, ...part })
	}
}

function rowsOf(argument: string): number {
	const rows = Number(argument)
	if (rows >= leastRows && rows <= mostRows) return rows
	throw new StreamError('cli/usage', `a dashboard has ${leastRows} to ${mostRows} rows, not ${argument}`, {
		where: '.dash',
		remedy: 'for the whole window: .dash full',
	})
}
