import type { LogRecord } from '../log-record.ts'
import { int, str, sub, type Json } from '../pick.ts'

/** OpenTelemetry's severity numbers: ERROR is 17 to 20, FATAL 21 to 24. */
const ERROR_NUMBER = 17

const ERROR_WORD = /^(?:err(?:or)?|fatal|crit(?:ical)?|alert|emerg(?:ency)?|panic|severe|dpanic)$/i
const OTHER_WORD =
  /^(?:trace|debug|verbose|info(?:rmation)?|notice|warn(?:ing)?|finest?|finer|config|stdout)$/i

/** Undefined: the word is none of those that loggers use. */
const isErrorWord = (word: string): boolean | undefined =>
  ERROR_WORD.test(word) ? true : OTHER_WORD.test(word) ? false : undefined

const LEVEL_KEYS = [
  'level',
  'severity',
  'lvl',
  'levelname',
  'log.level',
  'loglevel',
  'severity_text',
]
const MESSAGE_KEYS = ['msg', 'message', 'error', 'err', 'exception', 'log', 'text']

/** Level of a structured line: a word, or the number of bunyan and pino (50 and more is an error). */
const isErrorJson = (body: Json): boolean | undefined => {
  for (const key of LEVEL_KEYS) {
    const word = str(body, key, 32)
    const known = word === undefined ? undefined : isErrorWord(word)
    if (known !== undefined) return known
    const number = int(body, key)
    if (number !== undefined && number >= 10) return number >= 50
  }
  return undefined
}

const nested = (body: Json, key: string): string | undefined =>
  str(body, key, 2_000) ??
  str(sub(body, key), 'message', 2_000) ??
  str(sub(body, key), 'type', 2_000)

const messageOf = (body: Json): string | undefined => {
  const said = MESSAGE_KEYS.map((key) => nested(body, key)).filter((text) => text !== undefined)
  return said.length === 0 ? undefined : [...new Set(said)].slice(0, 2).join(': ')
}

const HEAD = 240

/** klog's first letter, logfmt's level, and a level in capitals among the first words. */
const KLOG = /^([IWEF])\d{4} \d\d:\d\d:\d\d\./
const LOGFMT = /(?:^|\s)(?:level|lvl|severity)="?([A-Za-z]+)"?/
const CAPITALS =
  /(?:^|[\s[(|<"])(ERROR|ERR|FATAL|CRITICAL|SEVERE|PANIC|EMERG|INFO|WARN|WARNING|DEBUG|TRACE|NOTICE)(?:[\s\]):|>",]|$)/
const BRACKETED = /\[(error|err|fatal|crit|critical|alert|emerg|info|warn|warning|debug|notice)\]/

/** How runtimes begin what nobody caught: Go, Python, Java, Node, Rust, .NET, C. */
const UNCAUGHT =
  /^(?:panic: |fatal error: |Traceback \(most recent call last\):|Exception in thread |Unhandled |Uncaught |thread '[^']{0,80}' panicked|Segmentation fault|(?:[a-z_$][\w$]*\.){1,12}[A-Z]\w{0,80}(?:Exception|Error)\b|[A-Z]\w{0,60}(?:Error|Exception): )/

const isErrorText = (text: string): boolean => {
  const head = text.slice(0, HEAD)
  const klog = KLOG.exec(head)?.[1]
  if (klog !== undefined) return klog === 'E' || klog === 'F'
  for (const pattern of [LOGFMT, CAPITALS, BRACKETED]) {
    const word = pattern.exec(head)?.[1]
    const known = word === undefined ? undefined : isErrorWord(word)
    if (known !== undefined) return known
  }
  return UNCAUGHT.test(head)
}

const NAMED_ERROR = /^(?:Caused by: )?(?:[a-z_$][\w$]*\.){0,12}[A-Z]\w{0,80}(?:Exception|Error)\b/

/** The head of what may be many lines: the first, and of a stack the line that names the error (Python has it last). */
const headOf = (text: string): string => {
  const lines = text.split('\n', 200).filter((line) => line.trim() !== '')
  const first = lines[0] ?? ''
  const rest = lines.slice(1)
  const named = first.startsWith('Traceback ')
    ? rest.findLast((line) => /^\S/.test(line))
    : rest.find((line) => NAMED_ERROR.test(line))
  return named === undefined ? first : `${first} ${named}`
}

/** Undefined: the record itself does not say. */
const isErrorRecord = ({ severityNumber = 0, severityText }: LogRecord): boolean | undefined => {
  if (severityNumber > 0) return severityNumber >= ERROR_NUMBER
  return severityText === '' ? undefined : isErrorWord(severityText)
}

/** What an error says of itself; undefined where it is none. */
export const errorIn = (
  record: LogRecord,
  body: Json | undefined,
  text: string,
): string | undefined => {
  const told = isErrorRecord(record) ?? (body === undefined ? undefined : isErrorJson(body))
  if (told === false) return undefined
  if (body !== undefined) {
    const message = messageOf(body)
    return told === true ? headOf(message ?? text) || '(no text)' : undefined
  }
  if (told === undefined && !isErrorText(text)) return undefined
  return headOf(text) || '(no text)'
}
