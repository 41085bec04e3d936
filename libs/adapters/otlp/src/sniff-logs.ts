export type OtlpEncoding = 'protobuf' | 'json'

const OPENING_BRACE = 0x7b
const NEWLINE = 0x0a
const RESOURCE_LOGS = 0x0a
const JSON_SPACE = new Set([0x09, NEWLINE, 0x0d, 0x20])
const BOM = [0xef, 0xbb, 0xbf]

/**
 * Tells OTLP/JSON from OTLP protobuf: by the content type where it names one of them, else by the bytes.
 *
 * The first byte of a protobuf request is the tag of `resource_logs`, and that is also a newline; `\n{` may be JSON or a first
 * resource of 123 bytes. So a leading newline is JSON only when the bytes do not frame as protobuf from end to end.
 */
export const sniffLogs = (bytes: Uint8Array, contentType?: string): OtlpEncoding => {
  const named = encodingOf(contentType)
  if (named !== undefined) return named
  if (bytes[firstNonSpace(bytes)] !== OPENING_BRACE) return 'protobuf'
  return bytes[0] === NEWLINE && framesAsResourceLogs(bytes) ? 'protobuf' : 'json'
}

const encodingOf = (contentType: string | undefined): OtlpEncoding | undefined => {
  const type = contentType?.split(';', 1)[0]?.trim().toLowerCase() ?? ''
  if (type.endsWith('/json') || type.endsWith('+json') || type === 'otlp_json') return 'json'
  return type.endsWith('protobuf') || type === 'otlp_proto' ? 'protobuf' : undefined
}

const firstNonSpace = (bytes: Uint8Array): number => {
  let at = BOM.every((byte, i) => bytes[i] === byte) ? BOM.length : 0
  while (JSON_SPACE.has(bytes[at] ?? -1)) at += 1
  return at
}

/** Whether the bytes are nothing but `resource_logs` fields whose lengths end exactly at the end. */
const framesAsResourceLogs = (bytes: Uint8Array): boolean => {
  let at = 0
  while (at < bytes.length) {
    if (bytes[at] !== RESOURCE_LOGS) return false
    at += 1
    let length = 0
    for (let scale = 1; ; scale *= 128) {
      const byte = bytes[at]
      if (byte === undefined || scale > 2 ** 35) return false
      at += 1
      length += (byte & 0x7f) * scale
      if (byte < 0x80) break
    }
    at += length
  }
  return at === bytes.length
}
