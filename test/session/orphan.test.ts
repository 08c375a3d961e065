/** A session whose front goes while it still starts ends as well: nobody else would end it. */

import { fork } from 'node:child_process'
import { once } from 'node:events'
import { expect, it } from 'vitest'
import { packageFile } from '../../engine/index.js'

it('ends when its front has gone before it was ready', async () => {
	const session = fork(packageFile('dist', 'kernel', 'session', 'main.js'), [], { detached: true, stdio: 'ignore' })
	const ended = once(session, 'exit')
	session.disconnect()
	expect(await ended).toEqual([null, 'SIGKILL'])
})
