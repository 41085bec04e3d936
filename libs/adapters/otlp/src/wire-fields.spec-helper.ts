/** Bytes written as hex, spaces allowed. */
export const bytes = (hex: string): Uint8Array => Buffer.from(hex.replaceAll(' ', ''), 'hex')

/** One field of a protobuf message: a tag, a length, and what is in it. */
export const field = (tag: number, ...inner: readonly Uint8Array[]): Uint8Array => {
  const content = Buffer.concat(inner)
  const length = []
  for (let rest = content.length; ; rest = rest >>> 7) {
    length.push(rest > 0x7f ? (rest & 0x7f) | 0x80 : rest)
    if (rest <= 0x7f) break
  }
  return Buffer.concat([Buffer.from([tag, ...length]), content])
}

/** A request of one resource and scope with these records. */
export const requestOf = (...records: readonly Uint8Array[]): Uint8Array =>
  field(0x0a, field(0x12, ...records.map((record) => field(0x12, record))))

/** A request of one record with this AnyValue as its body. */
export const requestWithBody = (...anyValue: readonly Uint8Array[]): Uint8Array =>
  requestOf(field(0x2a, ...anyValue))
