/**
 * The driver's JVM as calls: a connection for plans, one that only frees, and one for each job that runs.
 *
 * Every object that is returned stays in the JVM until it is freed. Calls are made with `plan`; what one needs only
 * for a moment is freed by `scope`.
 */

import type { StreamError } from '../base/errors.js'
import { PyConnection } from './connection.js'
import { command, type JavaArgument, JavaRef, type JavaValue } from './py4j.js'

/** How to reach a gateway. */
export interface GatewayAddress {
	readonly port: number
	readonly secret: string
}

/** Calls on one connection. Results are what the caller says they are. */
export class Calls {
	readonly #connection: PyConnection

	constructor(connection: PyConnection) {
		this.#connection = connection
	}

	/** Calls a method of an object, or a static one of a class. */
	async call<R extends JavaValue>(target: JavaRef | string, method: string, ...values: JavaArgument[]): Promise<R> {
		return (await this.#connection.ask(command.call(target, method, values))) as R
	}
	async make(className: string, ...values: JavaArgument[]): Promise<JavaRef> {
		return (await this.#connection.ask(command.make(className, values))) as JavaRef
	}
	async field<R extends JavaValue>(className: string, name: string): Promise<R> {
		return (await this.#connection.ask(command.field(className, name))) as R
	}
	async item<R extends JavaValue>(array: JavaRef, index: number): Promise<R> {
		return (await this.#connection.ask(command.item(array, index))) as R
	}
	/** The length of a Java array. */
	async length(array: JavaRef): Promise<number> {
		return (await this.#connection.ask(command.length(array))) as number
	}
	/** A Java array of objects. */
	async array(className: string, members: readonly JavaRef[]): Promise<JavaRef> {
		const array = (await this.#connection.ask(command.newArray(className, members.length))) as JavaRef
		for (const [i, member] of members.entries()) await this.#connection.ask(command.setItem(array, i, member))
		return array
	}
	/** A `java.util.ArrayList`. */
	async list(members: readonly JavaArgument[]): Promise<JavaRef> {
		const list = await this.make('java.util.ArrayList')
		for (const member of members) await this.call(list, 'add', member)
		return list
	}
	/** Why there are no answers any more; undefined while there are. */
	get lost(): StreamError | undefined {
		return this.#connection.lost
	}
	close(): void {
		this.#connection.close()
	}
}

export class Jvm {
	readonly #address: GatewayAddress
	readonly #frees: PyConnection
	readonly #idle: Calls[] = []
	/** Builds plans. */
	readonly plan: Calls
	/** Cancels and asks while everything else waits. */
	readonly control: Calls
	#isClosed = false

	private constructor(address: GatewayAddress, plan: PyConnection, frees: PyConnection, control: PyConnection) {
		this.#address = address
		this.plan = new Calls(plan)
		this.#frees = frees
		this.control = new Calls(control)
	}

	/** @throws cluster/gateway */
	static async connect(address: GatewayAddress): Promise<Jvm> {
		const { port, secret } = address
		const open = (): Promise<PyConnection> => PyConnection.open(port, secret)
		const [plan, frees, control] = await Promise.all([open(), open(), open()])
		return new Jvm(address, plan, frees, control)
	}

	/** Frees objects of the JVM; what is no object is passed over. */
	free(...values: readonly JavaValue[]): void {
		for (const value of values) if (value instanceof JavaRef) this.#frees.free(value)
	}

	/** Runs `body`, then frees what it has marked with `brief`. */
	async scope<R>(body: (brief: <V extends JavaValue>(value: V) => V) => Promise<R>): Promise<R> {
		const marked: JavaValue[] = []
		try {
			return await body((value) => {
				marked.push(value)
				return value
			})
		} finally {
			this.free(...marked)
		}
	}

	/** Runs `body` with a connection of its own, so that it may wait as long as it likes. */
	async withConnection<R>(body: (calls: Calls) => Promise<R>): Promise<R> {
		const { port, secret } = this.#address
		const calls = this.#idle.pop() ?? new Calls(await PyConnection.open(port, secret))
		try {
			return await body(calls)
		} finally {
			if (this.#isClosed) calls.close()
			else this.#idle.push(calls)
		}
	}

	/** Why Spark's driver answers no more; undefined while it does. */
	get lost(): StreamError | undefined {
		return this.plan.lost ?? this.control.lost
	}

	close(): void {
		this.#isClosed = true
		this.#frees.close()
		for (const calls of [this.plan, this.control, ...this.#idle.splice(0)]) calls.close()
	}
}
