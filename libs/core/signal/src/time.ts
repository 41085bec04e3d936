/**
 * Instants are milliseconds since the Unix epoch. The core has no `Date` (it would let a clock in), so calendar arithmetic is done here.
 * Days-from-civil after Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms".
 */
const DAY = 86_400_000

const daysFromCivil = (year: number, month: number, day: number): number => {
  const y = month <= 2 ? year - 1 : year
  const era = Math.floor(y / 400)
  const yearOfEra = y - era * 400
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1
  const dayOfEra =
    yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear
  return era * 146_097 + dayOfEra - 719_468
}

// RFC 3339 (`T`, `Z` or an offset) and Go's Time.String() (`2026-11-21 01:08:41.5 +0000 UTC m=+0.1`), which the k8s_events receiver prints.
const INSTANT =
  /^(\d{4})-(\d\d)-(\d\d)[Tt ](\d\d):(\d\d):(\d\d)(?:[.,](\d{1,9}))? ?(?:([Zz])|([+-])(\d\d):?(\d\d))?(?: [A-Z]{1,5}| [+-]\d{2,4})?(?: m=[+-][\d.]+)?$/

const inRange = (value: number, low: number, high: number): boolean => value >= low && value <= high

/** What most receivers print: whole seconds in UTC, by Go. */
const GO_UTC_LENGTH = '2026-11-21 01:08:41 +0000 UTC'.length
const GO_UTC = ' +0000 UTC'

/** The number that these digits are; NaN where one is none. */
const digits = (text: string, from: number, to: number): number => {
  let value = 0
  for (let i = from; i < to; i += 1) {
    const digit = text.charCodeAt(i) - 48
    if (digit < 0 || digit > 9) return NaN
    value = value * 10 + digit
  }
  return value
}

const DASH = 45
const COLON = 58
const SPACE = 32

/** Such a text; undefined for all others, which are looked at more closely. */
const goUtc = (text: string): number | undefined => {
  if (text.length !== GO_UTC_LENGTH || !text.endsWith(GO_UTC)) return undefined
  const isCut =
    text.charCodeAt(4) === DASH &&
    text.charCodeAt(7) === DASH &&
    text.charCodeAt(10) === SPACE &&
    text.charCodeAt(13) === COLON &&
    text.charCodeAt(16) === COLON
  const [year, month, day] = [digits(text, 0, 4), digits(text, 5, 7), digits(text, 8, 10)]
  const [hour, minute] = [digits(text, 11, 13), digits(text, 14, 16)]
  const second = digits(text, 17, 19)
  const inOrder =
    year >= 1970 && inRange(month, 1, 12) && inRange(day, 1, 31) && hour <= 24 && minute <= 59
  if (!isCut || !inOrder || !(second <= 60)) return undefined
  const ofDay = hour * 3_600_000 + minute * 60_000 + second * 1000
  return daysFromCivil(year, month, day) * DAY + ofDay
}

/** Milliseconds (fractions kept) of an RFC 3339 or Go time text; undefined for anything else, and for Go's and Kubernetes' zero times. */
export const parseInstant = (text: string): number | undefined => {
  if (text.length < 19 || text.length > 80) return undefined
  const common = goUtc(text)
  if (common !== undefined) return common
  const match = INSTANT.exec(text)
  if (match === null) return undefined
  const part = (i: number): number => Number(match[i])
  const [year, month, day, hour, minute, second] = [
    part(1),
    part(2),
    part(3),
    part(4),
    part(5),
    part(6),
  ]
  if (year < 1970 || !inRange(month, 1, 12) || !inRange(day, 1, 31)) return undefined
  if (hour > 24 || minute > 59 || second > 60) return undefined
  const fraction = match[7] === undefined ? 0 : Number(`0.${match[7]}`) * 1000
  const offset =
    match[9] === undefined ? 0 : (part(10) * 60 + part(11)) * (match[9] === '-' ? -1 : 1)
  const base = daysFromCivil(year, month, day) * DAY
  return (
    base +
    hour * 3_600_000 +
    (minute - offset) * 60_000 +
    second * 1000 +
    Math.round(fraction * 1000) / 1000
  )
}

const two = (n: number): string => String(n).padStart(2, '0')

/** RFC 3339 in UTC; milliseconds only where they are not zero. */
export const formatInstant = (ms: number): string => {
  const whole = Math.floor(ms)
  const days = Math.floor(whole / DAY)
  const rest = whole - days * DAY
  const z = days + 719_468
  const era = Math.floor(z / 146_097)
  const doe = z - era * 146_097
  const yoe = Math.floor(
    (doe - Math.floor(doe / 1460) + Math.floor(doe / 36_524) - Math.floor(doe / 146_096)) / 365,
  )
  const doy = doe - (365 * yoe + Math.floor(yoe / 4) - Math.floor(yoe / 100))
  const mp = Math.floor((5 * doy + 2) / 153)
  const month = mp < 10 ? mp + 3 : mp - 9
  const year = yoe + era * 400 + (month <= 2 ? 1 : 0)
  const day = doy - Math.floor((153 * mp + 2) / 5) + 1
  const date = `${String(year).padStart(4, '0')}-${two(month)}-${two(day)}`
  const seconds = Math.floor(rest / 1000)
  const clock = `${two(Math.floor(seconds / 3600))}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`
  const millis = rest % 1000
  return `${date}T${clock}${millis === 0 ? '' : `.${String(millis).padStart(3, '0')}`}Z`
}
