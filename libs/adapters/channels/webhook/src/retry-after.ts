/** The Retry-After header (RFC 9110, 10.2.3: seconds, or an HTTP date) as milliseconds from now; undefined when it is neither. */
export const retryAfterMs = (header: string | null, now: number): number | undefined => {
  const text = header?.trim() ?? ''
  if (/^\d{1,9}$/.test(text)) return Number(text) * 1000
  // Every HTTP date names its day first; without this, Date.parse would take almost anything.
  if (!/^(Mon|Tue|Wed|Thu|Fri|Sat|Sun)/.test(text)) return undefined
  const at = Date.parse(text)
  return Number.isNaN(at) ? undefined : Math.max(0, at - now)
}
