/** The session process: started by a front end, ends with it. */

import { Channel } from './channel.js'
import { captureOutput } from './console.js'
import { installInterrupts, uncaughtError } from './interrupts.js'
import type { ToSession } from './messages.js'
import { RunningSession } from './session.js'

const channel = new Channel()
captureOutput(channel)
const interruptible = installInterrupts()
const session = new RunningSession(channel)
process.on('uncaughtException', (error) => session.uncaught(uncaughtError(error)))
process.on('unhandledRejection', (reason) => session.uncaught(reason))
process.on('exit', () => channel.flush())
process.on('disconnect', () => process.exit(0))
process.on('message', (message) => session.handle(message as ToSession))
await interruptible
channel.send({ kind: 'ready', pid: process.pid })
