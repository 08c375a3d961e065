import { defineConfig } from 'vitest/config'

/** The tests that need a real Spark: one application, one case after another. */
export default defineConfig({
	test: {
		root: new URL('../..', import.meta.url).pathname,
		include: ['test/spark/**/*.spark.ts'],
		maxWorkers: 1,
		fileParallelism: false,
		testTimeout: 600_000,
		hookTimeout: 300_000,
	},
})
