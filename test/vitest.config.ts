import { defineConfig } from 'vitest/config'

export default defineConfig({
	test: {
		root: new URL('..', import.meta.url).pathname,
		include: ['test/**/*.test.ts'],
		exclude: ['**/node_modules/**', 'test/integration/**'],
		maxWorkers: 2,
		testTimeout: 60_000,
		hookTimeout: 60_000,
	},
})
