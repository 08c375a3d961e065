/** `rivulet submit` to a standalone cluster whose machines have neither Node nor Python. */

import { spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { StandaloneCluster } from './standalone.js'

const rivulet = new URL('../../dist/front/rivulet.js', import.meta.url).pathname
const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8')

/** The word count of the README's chapter about clusters, and what it prints there. */
const chapter = readme.slice(readme.indexOf('## From a cell to a cluster'))
const program = /```ts\n([\s\S]*?)```/.exec(chapter)?.[1] ?? ''
const expected = /```text\n([\s\S]*?)```/.exec(chapter)?.[1] ?? ''
const shipped = readFileSync(new URL('../../notebooks/programs/cluster-word-count.ts', import.meta.url), 'utf8')

let folder: string
let cluster: StandaloneCluster

beforeAll(async () => {
	folder = mkdtempSync(join(tmpdir(), 'rivulet-'))
	writeFileSync(join(folder, 'words.ts'), program)
	writeFileSync(join(folder, 'packaged.ts'), packaged)
	writeFileSync(join(folder, 'late.ts'), late)
	const shout = join(folder, 'node_modules', 'shout')
	mkdirSync(shout, { recursive: true })
	writeFileSync(join(shout, 'package.json'), '{ "name": "shout", "type": "module", "exports": "./index.js" }')
	writeFileSync(join(shout, 'index.js'), "import { mark } from './mark.js'\nexport const shout = (x) => x + mark\n")
	writeFileSync(join(shout, 'index.d.ts'), 'export function shout(x: string): string\n')
	writeFileSync(join(shout, 'mark.js'), "export const mark = '!'\n")
	cluster = await StandaloneCluster.start(folder, 2)
	await vi.waitFor(() => expect(cluster.log('master').match(/Registering worker/g)).toHaveLength(2), {
		timeout: 200_000,
	})
}, 500_000)
afterAll(async () => {
	await cluster?.stop()
	rmSync(folder, { recursive: true, force: true })
})

/** Which Node an executor runs, with a function of a package on the way. */
const packaged = `import { SparkConf, SparkContext } from 'rivulet'
import { shout } from 'shout'

const sc = new SparkContext(new SparkConf())
const words = sc.parallelize(process.argv.slice(2), 2).map((word) => [shout(word), process.execPath] as [string, string])
for (const [word, node] of await words.collect()) console.log(word, /rivulet-node.node$/.test(node))
await sc.stop()
`

/** A program that names its cluster itself, and meets its package when the cluster runs already. */
const late = `import { SparkConf, SparkContext } from 'rivulet'

const conf = new SparkConf().setMaster(process.argv[2] ?? '').setAppName('late').set('rivulet.cluster.node', 'send')
conf.set('spark.executor.memory', '512m').set('spark.driver.memory', '512m').set('spark.driver.host', '127.0.0.1')
const sc = new SparkContext(conf)
console.log(await sc.parallelize(['is', 'that'], 2).map((word) => word.length).collect())
const { shout } = await import('shout')
console.log(await sc.parallelize(['is', 'that'], 2).map((word) => shout(word)).collect())
await sc.stop()
`

const small = ['--driver-memory', '512m', '--executor-memory', '512m', '--conf', 'spark.driver.host=127.0.0.1']

/** What a submission prints. */
const submitted = (...args: readonly string[]): Promise<string> =>
	printed('submit', '--spark-home', cluster.home, '--master', cluster.master, '--with-node', ...small, ...args)

/** What `rivulet` prints. */
function printed(...args: readonly string[]): Promise<string> {
	const child = spawn(process.execPath, [rivulet, ...args], {
		cwd: folder,
		env: { ...process.env, SPARK_HOME: cluster.home, XDG_CACHE_HOME: join(folder, 'cache') },
	})
	return new Promise((resolve) => {
		let text = ''
		const hear = (bytes: Buffer): void => {
			text += bytes
		}
		for (const stream of [child.stdout, child.stderr]) stream.on('data', hear)
		child.once('close', () => resolve(text))
	})
}

describe('submit to a cluster without Node and Python', () => {
	it("runs the README's word count from an archive that carries Node", async () => {
		expect(shipped.endsWith(program) && program !== '').toBe(true)
		expect((await submitted('words.ts')).trimEnd()).toBe(expected.trimEnd())
	})
	it('sends the packages of the program along', async () => {
		expect(await submitted('packaged.ts', 'to', 'be')).toBe('to! true\nbe! true\n')
	})
	it('sends a package that a running program meets late', async () => {
		expect(await printed('run', 'late.ts', cluster.master)).toBe("[ 2, 4 ]\n[ 'is!', 'that!' ]\n")
	})
	it('starts the driver in the cluster as well', async () => {
		expect(await submitted('--deploy-mode', 'cluster', 'packaged.ts', 'or', 'not')).toContain('submitted as driver-')
		const output = (): string => {
			const works = ['work-0', 'work-1'].map((name) => join(folder, name))
			const drivers = works.flatMap((work) =>
				readdirSync(work)
					.filter((name) => name.startsWith('driver-'))
					.map((name) => join(work, name, 'stdout')),
			)
			return drivers.map((path) => readFileSync(path, 'utf8')).join('')
		}
		await expect.poll(output, { timeout: 400_000, interval: 1_000 }).toMatch(/^or! true\nnot! true$/m)
	})
})
