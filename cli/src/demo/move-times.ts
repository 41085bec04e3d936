import { formatInstant, parseInstant } from '@kubesift/core-signal'

const MINUTE = 60_000
/** Times before this are none (Go's zero time is in year 1). */
const EARLIEST = Date.UTC(2015, 0, 1)
/** An event's name ends in the nanoseconds of its first occurrence; a job of a CronJob in its scheduled minute. */
const NEAR = 2 * 24 * 60 * MINUTE

const TIMES = new RegExp(
  [
    // RFC 3339: 2026-11-21T01:08:50.514Z
    /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d)/,
    // Go's Time.String(): 2026-11-21 01:07:58 +0000 UTC
    /\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d{1,9})? [+-]\d{4} [A-Z]{3,4}/,
    // OTLP: "observedTimeUnixNano":"1795223274910040319"
    /(?<="(?:observedTimeUnixNano|timeUnixNano)":")\d{16,19}(?=")/,
    // checkout.18e9ea0f83ce2ba7
    /(?<=\.)[0-9a-f]{16}(?![0-9a-f])/,
    // nightly-29756709
    /(?<=[a-z0-9]-)\d{8}(?![0-9a-z])/,
  ]
    .map((pattern) => `(${pattern.source})`)
    .join('|'),
  'g',
)

/**
 * Every time in a recorded export request, moved by `deltaMs` (whole minutes, so that seconds stay what they were): those of OTLP, those
 * of Kubernetes in its two notations, and those that are hidden in names. `around` is a moment of the recording.
 */
export const moveTimes = (text: string, deltaMs: number, around: number): string => {
  if (deltaMs % MINUTE !== 0)
    throw new RangeError(`times are moved by whole minutes, not by ${deltaMs} ms`)
  const near = (ms: number): boolean => Math.abs(ms - around) < NEAR
  return text.replace(TIMES, (found: string, ...groups: (string | undefined)[]) => {
    const [rfc, go, nanos, hex] = groups
    if (rfc !== undefined) return movedRfc(rfc, deltaMs)
    if (go !== undefined) return movedGo(go, deltaMs)
    if (nanos !== undefined) return String(BigInt(nanos) + BigInt(deltaMs) * 1_000_000n)
    if (hex !== undefined) return movedHex(hex, deltaMs, near)
    const scheduled = Number(found) * MINUTE
    return near(scheduled) ? String((scheduled + deltaMs) / MINUTE) : found
  })
}

/** Only the date and the minute change: fraction and zone stay as they were written. */
const movedRfc = (text: string, deltaMs: number): string => {
  const at = parseInstant(`${text.slice(0, 19)}Z`)
  if (at === undefined || at < EARLIEST) return text
  return `${formatInstant(at + deltaMs).slice(0, 19)}${text.slice(19)}`
}

const movedGo = (text: string, deltaMs: number): string =>
  movedRfc(`${text.slice(0, 10)}T${text.slice(11)}`, deltaMs).replace('T', ' ')

const movedHex = (hex: string, deltaMs: number, near: (ms: number) => boolean): string => {
  const nanos = BigInt(`0x${hex}`)
  if (!near(Number(nanos / 1_000_000n))) return hex
  return (nanos + BigInt(deltaMs) * 1_000_000n).toString(16)
}
