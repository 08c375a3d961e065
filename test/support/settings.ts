/**
 * Settings of every context that the helpers of tests make: none, unless a test that runs other tests in another way, as
 * on another master, pushes some before it imports those.
 */

export const settings: (readonly [string, string])[] = []

const isOnCluster = (): boolean => settings.some(([key]) => key === 'spark.master')

/** How many examples a law is tried on: `n`, or a tenth of them where each is several jobs of a cluster. */
export const numExamples = (n: number): number => (isOnCluster() ? Math.ceil(n / 10) : n)

/** True when functions run in this process, so that what they do to captured variables is seen here. */
export const isOneProcess = (): boolean => !isOnCluster()
