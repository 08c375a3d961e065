import { defineConfig } from 'vitest/config'

export default defineConfig({
	test: {
		root: new URL('..', import.meta.url).pathname,
		include: ['test/**/*.test.ts'],
		exclude: ['**/node_modules/**', 'test/integration/**'],
		maxWorkers: 2,
		// A limit is there to end what hangs; how long a test takes is the machine's affair.
		testTimeout: 180_000,
		hookTimeout: 180_000,
		expect: { poll: { timeout: 120_000, interval: 20 } },
	},
})
