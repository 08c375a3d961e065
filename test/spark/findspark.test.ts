import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { executorWords, newestExecutor, numLost, numStarted } from '../../engine/spark/executorwords.js'
import { findSpark } from '../../engine/spark/findspark.js'
import { Gateway } from '../../engine/spark/gateway.js'
import { layoutOf, requireKnown, versionOf, versionTag } from '../../engine/spark/versions.js'

let root: string
const write = (path: string, text = '', mode = 0o644): void => {
	mkdirSync(dirname(join(root, path)), { recursive: true })
	writeFileSync(join(root, path), text, { mode })
}
const spark = (home: string, version: string, submit = ''): void => {
	write(`${home}/jars/spark-core_2.12-${version}.jar`)
	write(`${home}/bin/spark-submit`, `#!/bin/sh\n${submit}`, 0o755)
}

beforeAll(() => {
	root = mkdtempSync(join(tmpdir(), 'rivulet-'))
	spark('a', '3.5.9')
	spark('b', '4.0.5')
	spark('venv/lib/python3.11/site-packages/pyspark', '3.4.4')
	write('venv/bin/python3')
	write('empty/bin/python3')
	spark('refuses', '3.5.9', 'echo "JAVA_HOME is not set" >&2; exit 1')
	// What a gateway says of itself: port 1, and a secret of one letter. It ends when nobody holds its input any more.
	const says = String.raw`printf '\0\0\0\1\0\0\0\1a' > "$_PYSPARK_DRIVER_CONN_INFO_PATH.new"`
	const atOnce = 'mv "$_PYSPARK_DRIVER_CONN_INFO_PATH.new" "$_PYSPARK_DRIVER_CONN_INFO_PATH"'
	spark('waits', '3.5.9', `${says}; ${atOnce}; cat > /dev/null`)
	spark('odd', '3.5.9', 'echo "no such master" >&2; exit 3')
})
afterAll(() => rmSync(root, { recursive: true, force: true }))

describe('finding Spark', () => {
	it.each([
		['the one that is named', 'a', { SPARK_HOME: 'b' }, 'a', '3.5.9'],
		['the one of SPARK_HOME', undefined, { SPARK_HOME: 'b', VIRTUAL_ENV: 'venv' }, 'b', '4.0.5'],
		['the PySpark of the active environment', undefined, { VIRTUAL_ENV: 'venv' }, 'venv/lib', '3.4.4'],
		["the PySpark beside PATH's python", undefined, { PATH: 'empty/bin:venv/bin' }, 'venv/lib', '3.4.4'],
	])('takes %s', (_, named, env, home, version) => {
		const absolute = Object.fromEntries(
			Object.entries(env).map(([key, value]) => [
				key,
				value
					.split(':')
					.map((part) => join(root, part))
					.join(':'),
			]),
		)
		const found = findSpark(named === undefined ? undefined : join(root, named), { HOME: root, ...absolute })
		expect(found.home.startsWith(join(root, home))).toBe(true)
		expect(found.version).toBe(version)
	})
	it('names both ways to get one when there is none', () => {
		expect(() => findSpark(undefined, { HOME: root, PATH: '' })).toThrow(
			expect.objectContaining({
				code: 'cluster/spark',
				remedy: expect.stringMatching(/pip install pyspark.*spark\.apache\.org.*Java 17/),
			}),
		)
	})
	it('does not look elsewhere when the one that is named is none', () => {
		expect(() => findSpark(join(root, 'empty'), { SPARK_HOME: join(root, 'a') })).toThrow('there is no Spark in')
	})
})

describe('versions of Spark', () => {
	it.each(['3.3.1', '5.0.0'])('refuse %s unless it is forced', (version) => {
		expect(() => requireKnown(version, '/spark', false)).toThrow(`Spark ${version} is none of those known here`)
		requireKnown(version, '/spark', true)
	})
	it('take the newest layout for one that is forced', () => expect(layoutOf('5.0.0')).toEqual(layoutOf('4.3.0')))
	it('travel in the tag of the driver', () => expect(versionOf(versionTag('4.1.4'))).toBe('4.1.4'))
	it('refuse the tag of another driver, and of another V8', () => {
		expect(() => versionOf('3.11')).toThrow('another driver')
		expect(() => versionOf('rivulet;3.5.9;1.0')).toThrow("the driver's V8 is 1.0")
	})
})

describe("Spark's driver process", () => {
	const start = (home: string) =>
		Gateway.start({ home: join(root, home), version: '3.5.9' }, { master: 'local[2]', appName: 'x', settings: [] })

	it('that finds no Java says so, with the end of its log', () =>
		expect(start('refuses')).rejects.toMatchObject({
			code: 'cluster/gateway',
			message: 'Spark 3.5.9 did not start:\nJAVA_HOME is not set',
			remedy: 'install Java 17, or set JAVA_HOME to it',
		}))
	it('that ends at once for another reason gives its own words', () =>
		expect(start('odd')).rejects.toMatchObject({ message: 'Spark 3.5.9 did not start:\nno such master' }))

	it('ends when it is told to, and takes its folder along', async () => {
		const gateway = await start('waits')
		expect(gateway.address).toEqual({ port: 1, secret: 'a' })
		expect(existsSync(gateway.scratch)).toBe(true)
		await gateway.stop()
		expect(existsSync(gateway.scratch)).toBe(false)
	})
	it('ends with a driver that is killed', async () => {
		const gatewayModule = new URL('../../dist/engine/spark/gateway.js', import.meta.url).href
		const script = `import { Gateway } from ${JSON.stringify(gatewayModule)}
			const options = { master: 'x', appName: 'x', settings: [] }
			const { scratch } = await Gateway.start({ home: ${JSON.stringify(join(root, 'waits'))}, version: '3.5.9' }, options)
			process.stdout.write(scratch, () => process.kill(process.pid, 'SIGKILL'))`
		const { stdout, signal } = spawnSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' })
		expect([signal, stdout]).toEqual(['SIGKILL', expect.stringContaining('rivulet-spark-')])
		await expect.poll(() => existsSync(stdout)).toBe(false)
	})
})

describe('what executors said', () => {
	it('is found among the last lines of the log, without traces', () =>
		expect(
			executorWords(
				[
					'24/01/01 INFO BlockManager: x',
					'24/01/01 WARN StandaloneAppClient: Failed to connect to master 127.0.0.1:1',
					'org.apache.spark.SparkException: Exception thrown in awaitResult',
					'\tat org.apache.spark.executor.Executor.run(Executor.scala:1)',
					'Caused by: java.io.IOException: Connection refused',
				].join('\n'),
			),
		).toBe(
			'24/01/01 WARN StandaloneAppClient: Failed to connect to master 127.0.0.1:1\nCaused by: java.io.IOException: Connection refused',
		))
	it('is what the newest of them wrote on this machine, after the command that started it', () => {
		const folder = join(root, 'executors')
		for (const [id, text] of Object.entries({
			9: 'old',
			10: `"java" "-x"\n${'='.repeat(40)}\n\nno agent library\n`,
			11: '',
		})) {
			mkdirSync(join(folder, id), { recursive: true })
			writeFileSync(join(folder, id, 'stderr'), text)
		}
		writeFileSync(join(folder, '9', 'stdout'), 'older')
		expect([newestExecutor(folder), newestExecutor(join(folder, 'none'))]).toEqual([
			'executor 10: no agent library',
			'',
		])
	})
	it('is what an older one wrote when only that tells of trouble', () => {
		const folder = join(root, 'troubled')
		const trouble = 'Error: Could not create the Java Virtual Machine.'
		for (const [id, text] of Object.entries({
			1: `INFO a\n${trouble}\n`,
			2: 'INFO b\nERROR x: RECEIVED SIGNAL TERM\n',
		})) {
			mkdirSync(join(folder, id), { recursive: true })
			writeFileSync(join(folder, id, 'stderr'), text)
		}
		expect([newestExecutor(folder), numStarted(folder)]).toEqual([`executor 1: ${trouble}`, 2])
	})
	it('counts those that were lost', () => {
		const lost = 'ERROR TaskSchedulerImpl: Lost executor 1 on a: Command exited with code 1\nINFO x\n'
		expect([numLost(lost.repeat(3)), numLost('INFO x')]).toEqual([3, 0])
	})
	it('is the end of the log when nothing tells', () => expect(executorWords('a\nb')).toBe('a\nb'))
})
