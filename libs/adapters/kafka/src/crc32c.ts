/** Castagnoli's polynomial (RFC 3720, appendix B.4), bits reversed. */
const POLYNOMIAL = 0x82f63b78
const LANES = 8

/**
 * Table `k` holds what a byte does to the checksum with `k` bytes behind it: so eight bytes are looked up at once, and none waits for the
 * one before (slicing-by-8, Kounavis and Berry, 2005).
 */
const tables = ((): Int32Array => {
  const all = new Int32Array(LANES * 256)
  for (let byte = 0; byte < 256; byte += 1) {
    let crc = byte
    for (let bit = 0; bit < 8; bit += 1) crc = (crc >>> 1) ^ ((crc & 1) * POLYNOMIAL)
    all[byte] = crc
  }
  for (let i = 256; i < all.length; i += 1) {
    const before = all[i - 256] as number
    all[i] = (before >>> 8) ^ (all[before & 0xff] as number)
  }
  return all
})()

/** CRC-32C of the bytes, unsigned: the checksum of Kafka's record batches. `node:zlib` has another polynomial. */
export const crc32c = (bytes: Uint8Array): number => {
  const t = tables
  const whole = bytes.length - (bytes.length % LANES)
  let crc = -1
  let i = 0
  for (; i < whole; i += LANES) {
    crc ^=
      (bytes[i] as number) |
      ((bytes[i + 1] as number) << 8) |
      ((bytes[i + 2] as number) << 16) |
      ((bytes[i + 3] as number) << 24)
    crc =
      (t[0x700 | (crc & 0xff)] as number) ^
      (t[0x600 | ((crc >>> 8) & 0xff)] as number) ^
      (t[0x500 | ((crc >>> 16) & 0xff)] as number) ^
      (t[0x400 | (crc >>> 24)] as number) ^
      (t[0x300 | (bytes[i + 4] as number)] as number) ^
      (t[0x200 | (bytes[i + 5] as number)] as number) ^
      (t[0x100 | (bytes[i + 6] as number)] as number) ^
      (t[bytes[i + 7] as number] as number)
  }
  for (; i < bytes.length; i += 1)
    crc = (t[(crc ^ (bytes[i] as number)) & 0xff] as number) ^ (crc >>> 8)
  return ~crc >>> 0
}
