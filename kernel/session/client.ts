/**
 * The front's end of the channel: starts a session process, sends messages, hears answers, notices its death.
 *
 * Contract for front ends:
 *
 *   const session = await startSession({ onMessage, onExit, directory, env })
 *   session.send(message)            ordered, never blocks
 *   session.interrupt()              SIGINT to that process only
 *   await session.stop(withinMs)     asks, then kills
 *
 * `onExit` is called once when the process ends without having been asked to; everything it had said before was
 * delivered before. Bytes that user code, child processes or native code write to file descriptors 1 and 2 arrive as
 * `stream` messages of the running cell (of the last one when idle).
 */
