import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { countItems } from './count-items.ts'
import { decodeLogs } from './decode-logs.ts'
import { decodeLogsJson } from './decode-logs-json.ts'
import { encodeLogs } from './encode-logs.ts'
import type { AnyJson, LogBatch } from './log-record.ts'
import { mutate, mutation } from './mutations.spec-helper.ts'
import { exportRequest } from './otlp-arbitraries.spec-helper.ts'
import { OtlpUnreadable, UNREADABLE_REASONS } from './otlp-unreadable.ts'
import { readLogs } from './read-logs.ts'

const recorded = readFileSync(
  new URL('../fixtures/recorded-requests.jsonl', import.meta.url),
  'utf8',
)
  .split('\n')
  .filter((line) => line !== '')
const requests = recorded.map((line) => encodeLogs(JSON.parse(line)))
const small = requests.reduce((a, b) => (b.length < a.length ? b : a))

/** How many values stand in a batch, and how long their text is. */
const sizeOf = ({ records }: LogBatch): { values: number; text: number } => {
  const size = { values: 0, text: 0 }
  const add = (value: AnyJson): void => {
    size.values += 1
    if (typeof value === 'string') size.text += value.length
    else if (Array.isArray(value)) value.forEach(add)
    else if (typeof value === 'object' && value !== null) Object.values(value).forEach(add)
  }
  for (const resource of new Set(records.map((record) => record.resource))) add(resource)
  for (const { attributes, body } of records) {
    add(attributes)
    add(body)
  }
  return size
}

/** Reads what may be broken: the answer is bounded by the input, or the error is ours. */
const survives = (bytes: Uint8Array): LogBatch | undefined => {
  try {
    const batch = decodeLogs(bytes)
    const { values, text } = sizeOf(batch)
    // A value takes two bytes at least; a record is one field and gives an attribute map and a body. Base64 grows by a third.
    expect(values).toBeLessThanOrEqual(2 * bytes.length)
    expect(text).toBeLessThanOrEqual(2 * bytes.length)
    expect(batch.records.length + batch.bad.length).toBeLessThanOrEqual(bytes.length / 2)
    return batch
  } catch (error) {
    expectOurs(error)
    return undefined
  }
}

const expectOurs = (error: unknown): void => {
  expect(error).toBeInstanceOf(OtlpUnreadable)
  if (!(error instanceof OtlpUnreadable)) return
  expect(error.next).toBe('dead-letter')
  expect(UNREADABLE_REASONS).toContain(error.reason)
}

describe('broken protobuf', () => {
  it('from real requests, by any change, is read or refused', () => {
    const changes = fc.tuple(
      fc.constantFrom(...requests),
      fc.array(mutation, { minLength: 1, maxLength: 8 }),
    )
    fc.assert(
      fc.property(changes, ([request, mutations]) => {
        survives(mutations.reduce(mutate, request))
      }),
      { numRuns: 5000 },
    )
  })

  it('from any request, by any change, is read or refused', () => {
    fc.assert(
      fc.property(exportRequest, fc.array(mutation, { maxLength: 4 }), (request, mutations) => {
        survives(mutations.reduce(mutate, encodeLogs(request)))
      }),
      { numRuns: 1000 },
    )
  })

  it('of random bytes is read or refused', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 2000 }), (bytes) => void survives(bytes)),
      {
        numRuns: 3000,
      },
    )
  })

  it('cut anywhere is refused, save where the cut leaves nothing', () => {
    const read = Array.from(small, (_, i) => survives(small.subarray(0, i)))
    expect(read.length).toBeGreaterThan(300)
    expect(read.flatMap((batch, i) => (batch === undefined ? [] : [i]))).toEqual([0])
  })

  it('with each single bit flipped is read or refused', () => {
    let refused = 0
    for (let bit = 0; bit < small.length * 8; bit += 1) {
      const flipped = Buffer.from(small)
      flipped.writeUInt8(flipped.readUInt8(bit >>> 3) ^ (1 << (bit & 7)), bit >>> 3)
      if (survives(flipped) === undefined) refused += 1
    }
    expect(refused).toBeGreaterThan(0)
  })
})

describe('the other doors', () => {
  const only = (run: () => unknown): void => {
    try {
      run()
    } catch (error) {
      expectOurs(error)
    }
  }

  it('take any bytes', () => {
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 300 }),
      fc.tuple(fc.constantFrom(...requests), mutation).map(([r, m]) => mutate(r, m)),
      fc.tuple(fc.constantFrom(...recorded), mutation).map(([r, m]) => mutate(Buffer.from(r), m)),
    )
    fc.assert(
      fc.property(bytes, fc.option(fc.string(), { nil: undefined }), (input, contentType) => {
        only(() => readLogs(input, contentType))
        only(() => countItems(input, contentType))
      }),
      { numRuns: 2000 },
    )
  })

  it('take any JSON, and the writer too', () => {
    const around = fc
      .anything({
        maxDepth: 4,
        withBigInt: true,
        withDate: true,
        withMap: true,
        withNullPrototype: true,
      })
      .chain((value) =>
        fc.constantFrom(
          value,
          { resourceLogs: value },
          { resourceLogs: [{ resource: value, scopeLogs: [{ logRecords: [value] }] }] },
          {
            resourceLogs: [{ scopeLogs: [{ logRecords: [{ body: value, attributes: [value] }] }] }],
          },
        ),
      )
    fc.assert(
      fc.property(around, (value) => {
        only(() => decodeLogsJson(value))
        only(() => encodeLogs(value))
      }),
      { numRuns: 2000 },
    )
  })

  it('end a value that contains itself', () => {
    const values: unknown[] = []
    const body = { arrayValue: { values } }
    values.push(body)
    const request = { resourceLogs: [{ scopeLogs: [{ logRecords: [{ body }] }] }] }
    expect(decodeLogsJson(request).bad).toMatchObject([{ reason: 'too-deep' }])
    expect(() => encodeLogs(request)).toThrow(OtlpUnreadable)
  })
})
