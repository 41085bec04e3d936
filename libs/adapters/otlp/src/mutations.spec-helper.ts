import fc from 'fast-check'

/** One change to bytes. */
export const mutation = fc.record({
  at: fc.nat(),
  kind: fc.constantFrom('flip', 'set', 'drop', 'insert', 'cut', 'repeat'),
  byte: fc.oneof(fc.nat(255), fc.constantFrom(0, 0x7f, 0x80, 0xff, 0x0a, 0x12, 0x1b)),
})

/** The bytes with that change. */
export const mutate = (
  bytes: Uint8Array,
  { at, kind, byte }: typeof mutation extends fc.Arbitrary<infer T> ? T : never,
): Uint8Array => {
  const i = bytes.length === 0 ? 0 : at % bytes.length
  const [before, after] = [bytes.subarray(0, i), bytes.subarray(i)]
  const here = bytes[i] ?? 0
  switch (kind) {
    case 'flip':
      return Buffer.concat([before, Buffer.from([here ^ (1 << (byte & 7))]), after.subarray(1)])
    case 'set':
      return Buffer.concat([before, Buffer.from([byte]), after.subarray(1)])
    case 'drop':
      return Buffer.concat([before, after.subarray(1 + (byte & 15))])
    case 'insert':
      return Buffer.concat([before, Buffer.alloc(1 + (byte & 15), byte), after])
    case 'cut':
      return before
    case 'repeat':
      return Buffer.concat([before, after, after])
  }
}
