/** Who may give tasks to a worker: the executor that started the daemon, by a secret in its environment. */

import { timingSafeEqual } from 'node:crypto'

/** True for the secret of this executor. */
export function isSecret(given: string): boolean {
	const wanted = Buffer.from(process.env.PYTHON_WORKER_FACTORY_SECRET ?? '')
	const got = Buffer.from(given)
	return wanted.length > 0 && wanted.length === got.length && timingSafeEqual(wanted, got)
}
