import { createRequire } from 'node:module'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { crc32c } from './crc32c.ts'
import './client.ts'

const require = createRequire(import.meta.url)
const theirs = require('kafkajs/src/protocol/recordBatch/crc32C/crc32C') as (b: Buffer) => number

describe('the checksum of record batches', () => {
  it('is that of RFC 3720, appendix B.4', () => {
    expect(crc32c(new Uint8Array(32))).toBe(0x8a9136aa)
    expect(crc32c(new Uint8Array(32).fill(0xff))).toBe(0x62a8ab43)
    expect(crc32c(Uint8Array.from({ length: 32 }, (_, i) => i))).toBe(0x46dd794e)
    expect(crc32c(Buffer.from('123456789'))).toBe(0xe3069283)
    expect(crc32c(new Uint8Array())).toBe(0)
  })

  it('is what kafkajs has it', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        expect(crc32c(bytes)).toBe(theirs(Buffer.from(bytes)))
      }),
      { numRuns: 500 },
    )
  })

  it('is taken by kafkajs for what it writes', () => {
    const used: unknown = require('kafkajs/src/protocol/recordBatch/crc32C')
    expect(used).toBe(crc32c)
    const { RecordBatch } = require('kafkajs/src/protocol/recordBatch/v0') as {
      RecordBatch: (batch: object) => Promise<{ buffer: Buffer }>
    }
    return RecordBatch({ records: [] }).then(({ buffer }) => {
      // FirstOffset, Length, PartitionLeaderEpoch, Magic; then the checksum of all behind it.
      expect(buffer.readUInt32BE(17)).toBe(theirs(buffer.subarray(21)))
    })
  })
})
