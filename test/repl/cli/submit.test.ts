import { describe, expect, it } from 'vitest'
import { readArguments } from '../../../repl/cli/arguments.js'
import { submissionOf, submitFlags } from '../../../repl/cli/submitflags.js'

const submission = (...args: string[]) =>
	submissionOf(
		readArguments({ name: 'submit', positionals: ['app.ts'], options: submitFlags, passesRest: true }, [
			...args,
			'app.ts',
		]),
		'app',
	)
const common = { 'spark.master': 'local[*]', 'spark.app.name': 'app' }

describe('the flags of submit', () => {
	it.each<[string, string[], Record<string, string>]>([
		['none', [], {}],
		['a master and a name', ['--master', 'yarn', '--name=x'], { 'spark.master': 'yarn', 'spark.app.name': 'x' }],
		['settings, one by one', ['--conf', 'a=b=c', '-c', 'd=e f'], { a: 'b=c', d: 'e f' }],
		['a flag and its setting', ['--master', 'yarn', '--conf', 'spark.master=local'], { 'spark.master': 'yarn' }],
		['Node', ['--with-node'], { 'rivulet.cluster.node': 'send' }],
		[
			"Spark's own",
			['--executor-memory', '1g', '--num-executors', '3', '--queue', 'q', '--packages', 'a:b:1'],
			{
				'spark.executor.memory': '1g',
				'spark.executor.instances': '3',
				'spark.yarn.queue': 'q',
				'spark.jars.packages': 'a:b:1',
			},
		],
		[
			'a driver in the cluster',
			['--deploy-mode', 'cluster', '--supervise', '--driver-cores', '2'],
			{ 'spark.submit.deployMode': 'cluster', 'spark.driver.supervise': 'true', 'spark.driver.cores': '2' },
		],
	])('are settings: %s', (_, args, settings) =>
		expect(submission(...args).settings).toEqual({ ...common, ...settings }),
	)

	it('that have no meaning, or an old one, are explained', () => {
		const { settings, isInCluster, notices } = submission('--class', 'org.x.Main', '--master', 'yarn-cluster')
		expect([settings['spark.master'], settings['spark.submit.deployMode'], isInCluster]).toEqual([
			'yarn',
			'cluster',
			true,
		])
		expect(notices).toEqual([
			'--class org.x.Main has no meaning: a TypeScript program begins with its first line',
			'--master yarn-cluster is the old way to write --master yarn --deploy-mode cluster',
		])
	})

	it.each([
		['no setting', ['--conf', 'x'], '--conf x is no setting'],
		['another mode', ['--deploy-mode', 'x'], '--deploy-mode x'],
		['a supervised driver that runs here', ['--supervise'], '--supervise is for drivers in the cluster'],
		['an old master against its mode', ['--master', 'yarn-client', '--deploy-mode', 'cluster'], 'contradict'],
	])('are refused: %s', (_, args, message) => expect(() => submission(...args)).toThrow(message))
})
