/**
 * Runs `work` and beats meanwhile, so that slow work does not cost the membership. A failed beat (the group is rebalancing, or
 * has thrown us out) does not interrupt the work; it is answered beside the result, to be thrown once the work is committed.
 */
export const withHeartbeats = async <T>(
  beat: () => Promise<void>,
  everyMs: number,
  work: (lost: () => boolean) => Promise<T>,
): Promise<{ readonly result: T; readonly lost: Error | undefined }> => {
  let lost: Error | undefined
  const timer = setInterval(() => {
    beat().catch((error: unknown) => {
      lost ??= error instanceof Error ? error : new Error(String(error))
    })
  }, everyMs)
  try {
    const result = await work(() => lost !== undefined)
    return { result, lost }
  } finally {
    clearInterval(timer)
  }
}
