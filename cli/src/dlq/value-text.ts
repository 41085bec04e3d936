import { OtlpUnreadable, readLogs } from '@kubesift/adapter-otlp'
import { OTEL_LOGS } from '@kubesift/contracts'
import { counted } from '../render/words.ts'
import { reindentJson } from './reindent-json.ts'
import { visible } from './visible.ts'

/** A value that nobody could process, as something to read. Its lines are harmless on a terminal. */
export interface ValueText {
  /** What it is taken for, and its length. */
  readonly what: string
  readonly lines: readonly string[]
}

export interface ValueHint {
  /** The source topic. */
  readonly topic: string
  readonly contentType: string | undefined
}

const DUMPED = 1_024

/** JSON as JSON, OTLP logs decoded as far as they can be, text as text, all else as a hex dump of its first KB. */
export const valueText = (bytes: Uint8Array, hint: ValueHint): ValueText => {
  const size = counted(bytes.length, 'byte')
  const text = utf8(bytes)
  const json = text === undefined ? undefined : reindentJson(text)
  if (json !== undefined) return { what: `JSON, ${size}`, lines: json.map(visible) }
  const otlp = hint.topic === OTEL_LOGS ? otlpText(bytes, hint.contentType) : undefined
  if (otlp !== undefined) return { ...otlp, what: `${otlp.what}, ${size}` }
  if (text !== undefined && isReadable(text))
    return {
      what: `text that is no JSON, ${size}`,
      lines: text.split(/\r?\n/).map((line) => visible(line)),
    }
  const rest = bytes.length - DUMPED
  return {
    what: `${size}${rest > 0 ? `, of which the first ${DUMPED.toLocaleString('en-US')}` : ''}`,
    lines: hexDump(bytes.subarray(0, DUMPED)),
  }
}

const utf8 = (bytes: Uint8Array): string | undefined => {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    return undefined // bytes of another kind
  }
}

/** Text is what has nothing but line ends and tabs among its controls. */
const isReadable = (text: string): boolean => !/[^\P{Cc}\t\r\n]/u.test(text)

const otlpText = (bytes: Uint8Array, contentType: string | undefined): ValueText | undefined => {
  try {
    const { records, bad } = readLogs(bytes, contentType)
    if (records.length === 0 && bad.length === 0) return undefined
    const unreadable = bad.length === 0 ? '' : `, ${bad.length} that cannot be read`
    return {
      what: `OTLP, ${counted(records.length, 'log record')}${unreadable}`,
      lines: JSON.stringify({ bad, records }, null, 2).split('\n').map(visible),
    }
  } catch (why) {
    if (why instanceof OtlpUnreadable) return undefined
    throw why
  }
}

const PER_LINE = 16

/** As `hexdump -C` writes it. */
export const hexDump = (bytes: Uint8Array): readonly string[] => {
  const lines: string[] = []
  for (let at = 0; at < bytes.length; at += PER_LINE) {
    const row = [...bytes.subarray(at, at + PER_LINE)]
    const hex = row.map((byte) => byte.toString(16).padStart(2, '0'))
    const seen = row.map((b) => (b >= 0x20 && b < 0x7f ? String.fromCharCode(b) : '.')).join('')
    const left = hex.slice(0, 8).join(' ').padEnd(23)
    const right = hex.slice(8).join(' ').padEnd(23)
    lines.push(`${at.toString(16).padStart(8, '0')}  ${left}  ${right}  |${seen}|`)
  }
  return lines
}
