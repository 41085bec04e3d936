/** Runs tasks until the signal, or until one fails: then the others are stopped, waited for, and the failure is thrown. */
export const together = async (
  signal: AbortSignal,
  tasks: readonly ((signal: AbortSignal) => Promise<void>)[],
): Promise<void> => {
  const failed = new AbortController()
  const stop = AbortSignal.any([signal, failed.signal])
  const results = await Promise.allSettled(
    tasks.map(async (task) => {
      try {
        await task(stop)
      } catch (error) {
        failed.abort()
        throw error
      }
    }),
  )
  const first = results.find((r) => r.status === 'rejected')
  if (first) throw first.reason as unknown
}
