const MINUTE = 60_000
const HOUR = 60 * MINUTE

/** A length of time for people: `45 s`, `4 min`, `2 h 0 min`, `3 d 4 h`. */
export const formatSpan = (ms: number): string => {
  const span = Math.max(0, ms)
  if (span < MINUTE) return `${Math.round(span / 1000)} s`
  if (span < HOUR) return `${Math.floor(span / MINUTE)} min`
  const hours = Math.floor(span / HOUR)
  if (hours < 48) return `${hours} h ${Math.floor((span % HOUR) / MINUTE)} min`
  return `${Math.floor(hours / 24)} d ${hours % 24} h`
}
