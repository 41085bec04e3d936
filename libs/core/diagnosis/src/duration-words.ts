const plural = (n: number, unit: string): string => `${n} ${unit}${n === 1 ? '' : 's'}`

/** A span as people say it: `4 seconds`, `3 minutes`, `2 hours`, `5 days`. Rounded down; under a second is "less than a second". */
export const durationWords = (ms: number): string => {
  const seconds = Math.floor(Math.max(0, ms) / 1000)
  if (seconds < 1) return 'less than a second'
  if (seconds < 120) return plural(seconds, 'second')
  if (seconds < 7200) return plural(Math.floor(seconds / 60), 'minute')
  if (seconds < 172_800) return plural(Math.floor(seconds / 3600), 'hour')
  return plural(Math.floor(seconds / 86_400), 'day')
}

const seconds = (ms: number): number => Math.floor(ms / 1000)

/**
 * How far a change lies from the first symptom, between the whole seconds in which both are shown: `3 seconds before`, `2 minutes after`. The
 * same words wherever it is told; Events have whole seconds, so that of one second nobody knows which came first.
 */
export const distanceWords = ({
  at,
  distanceMs,
}: {
  readonly at: number
  readonly distanceMs: number
}): string => {
  // The API gives whole milliseconds of a distance: both are rounded, or the sum would miss its second by a fraction of one.
  const [changed, distance] = [Math.round(at), Math.round(distanceMs)]
  const span = (seconds(changed + distance) - seconds(changed)) * 1000
  return `${durationWords(Math.abs(span))} ${span < 0 ? 'after' : 'before'}`
}
