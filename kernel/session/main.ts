/** The session process: started by a front end, ends with it. */

import { Channel } from './channel.js'
import { captureOutput } from './console.js'
import { removeFolder } from './folder.js'
import { installInterrupts, uncaughtError } from './interrupts.js'
import type { ToSession } from './messages.js'
import { signalGroup } from './processgroup.js'
import { RunningSession } from './session.js'

/** A graceful stop has its own limit (spark.streaming.gracefulStopTimeout); nothing may hold the process beyond this. */
const longestStopMs = 600_000

const channel = new Channel()
captureOutput(channel)
const interruptible = installInterrupts()
const session = new RunningSession(channel)
process.on('uncaughtException', (error) => session.uncaught(uncaughtError(error)))
process.on('unhandledRejection', (reason) => session.uncaught(reason))
process.on('exit', () => {
	channel.flush()
	removeFolder()
})
// The front is gone: nobody else ends what cells have started.
const end = (): void => {
	removeFolder()
	signalGroup(process.pid, 'SIGKILL')
}
process.on('disconnect', end)
// It may have gone while the modules were loaded.
if (!process.connected) end()
let isEnding = false
process.on('SIGTERM', () => {
	if (isEnding) process.exit(143)
	isEnding = true
	session.handle({ kind: 'shutdown', withinMs: longestStopMs })
})
process.on('message', (message) => session.handle(message as ToSession))
await interruptible
channel.send({ kind: 'ready', pid: process.pid })
