import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { type Connection, endpointOf } from '../../kernel/jupyter/connection.js'
import { openPort } from '../../kernel/jupyter/port.js'
import { connectDealer, connectRequest } from '../../kernel/jupyter/socket.js'

/** A request as its frames. */
const framesOf = (type: string): Buffer[] => {
	const header = { msg_id: type, msg_type: type, session: 'test', username: 'test', date: '', version: '5.4' }
	return ['<IDS|MSG>', '', JSON.stringify(header), '{}', '{}', '{}'].map((text) => Buffer.from(text))
}

it('requests that come before anybody listens are kept, in order', async () => {
	const folder = mkdtempSync(join(tmpdir(), 'rv-'))
	const ports = { shell: 1, control: 2, stdin: 3, iopub: 4, hb: 5 }
	const connection: Connection = { transport: 'ipc', ip: join(folder, 'k'), key: '', hash: 'sha256', ports }
	const port = await openPort(connection)
	const control = connectDealer(endpointOf(connection, 'control'), 'client', {
		onFault: () => undefined,
		onFrames: () => undefined,
	})
	for (const type of ['kernel_info_request', 'shutdown_request']) control.post(framesOf(type))
	// An echo comes back after them, more or less; sooner or later, nothing is lost.
	let echo = (): void => undefined
	const echoed = new Promise<void>((resolve) => {
		echo = resolve
	})
	const pulse = connectRequest(endpointOf(connection, 'hb'), { onFault: () => undefined, onFrames: () => echo() })
	pulse.post([Buffer.from('ping')])
	await echoed
	const heard: string[] = []
	await new Promise<void>((resolve) => {
		port.listen((channel, { header }) => {
			if (heard.push(`${channel} ${header.msg_type}`) === 2) resolve()
		})
	})
	expect(heard).toEqual(['control kernel_info_request', 'control shutdown_request'])
	for (const socket of [control, pulse]) socket.close()
	await port.close()
	rmSync(folder, { recursive: true })
})
