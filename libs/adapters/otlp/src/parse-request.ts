import { OtlpUnreadable } from './otlp-unreadable.ts'
import type { ReadLimits } from './read-limits.ts'

const BOM = 0xfeff

/** The text of an OTLP/JSON request as JSON of whatever shape. */
export const parseRequest = (
  input: string | Uint8Array,
  { maxBytes }: Pick<ReadLimits, 'maxBytes'>,
): unknown => {
  if (input.length > maxBytes) {
    throw new OtlpUnreadable('too-large', '$', `${input.length} bytes, ${maxBytes} are allowed`)
  }
  const text = typeof input === 'string' ? input : textOf(input)
  try {
    return JSON.parse(text.charCodeAt(0) === BOM ? text.slice(1) : text)
  } catch (cause) {
    throw new OtlpUnreadable('bad-json', '$', String(cause), { cause })
  }
}

const textOf = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8')
