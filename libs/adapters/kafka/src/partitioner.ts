const mix = 0x5bd1e995
const seed = 0x9747b28c

const byteAt = (bytes: Uint8Array, i: number): number => bytes[i] ?? 0

const wordAt = (bytes: Uint8Array, i: number): number =>
  byteAt(bytes, i) |
  (byteAt(bytes, i + 1) << 8) |
  (byteAt(bytes, i + 2) << 16) |
  (byteAt(bytes, i + 3) << 24)

/** Kafka's murmur2 (org.apache.kafka.common.utils.Utils), as a signed 32-bit number. */
export const murmur2 = (bytes: Uint8Array): number => {
  const whole = bytes.length & ~3
  let h = seed ^ bytes.length
  for (let i = 0; i < whole; i += 4) {
    let k = Math.imul(wordAt(bytes, i), mix)
    k ^= k >>> 24
    h = Math.imul(h, mix) ^ Math.imul(k, mix)
  }
  const left = bytes.length & 3
  if (left === 3) h ^= byteAt(bytes, whole + 2) << 16
  if (left >= 2) h ^= byteAt(bytes, whole + 1) << 8
  if (left >= 1) h = Math.imul(h ^ byteAt(bytes, whole), mix)
  h = Math.imul(h ^ (h >>> 13), mix)
  return h ^ (h >>> 15)
}

const utf8 = new TextEncoder()

/** The partition that Kafka's Java client, and so every producer of ours, gives this key. */
export const partitionOf = (key: string, partitions: number): number =>
  (murmur2(utf8.encode(key)) & 0x7fffffff) % partitions
