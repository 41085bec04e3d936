import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { encodeLogs } from './encode-logs.ts'
import { mutate, mutation } from './mutations.spec-helper.ts'
import { exportRequest } from './otlp-arbitraries.spec-helper.ts'
import type { ReadOptions } from './read-options.ts'
import { readFull, Rereader } from './rereader.spec-helper.ts'
import { bytes, field } from './wire-fields.spec-helper.ts'

const KEYS = {
  identity: 'k8s.event.uid',
  count: 'k8s.event.count',
  ignored: 'k8s.object.resource_version',
}

interface Attribute {
  readonly key: string
  readonly value: object
}

interface Line {
  readonly resource: readonly Attribute[]
  readonly attributes: readonly Attribute[]
  readonly body: object
}

interface Recorded {
  resourceLogs: {
    resource: { attributes: Attribute[] }
    scopeLogs: { logRecords: { body: object; attributes: Attribute[] }[] }[]
  }[]
}

/** The recorded records of k8s_events, each with its resource. */
const events = readFileSync(new URL('../fixtures/recorded-requests.jsonl', import.meta.url), 'utf8')
  .split('\n')
  .filter((line) => line.includes(`"${KEYS.identity}"`))
  .flatMap((line): Line[] =>
    (JSON.parse(line) as Recorded).resourceLogs.map(({ resource, scopeLogs }) => {
      const record = scopeLogs[0]!.logRecords[0]!
      return { resource: resource.attributes, attributes: record.attributes, body: record.body }
    }),
  )

const int = (n: number): object => ({ intValue: String(n) })
const string = (stringValue: string): object => ({ stringValue })

const replaced = (
  attributes: readonly Attribute[],
  key: string,
  value: object | undefined,
): Attribute[] =>
  attributes.flatMap((entry) =>
    entry.key !== key ? [entry] : value === undefined ? [] : [{ key, value }],
  )

const swapped = <T>(items: readonly T[], at: number): T[] => {
  const out = [...items]
  const [a, b] = [at % out.length, (at * 7 + 3) % out.length]
  ;[out[a], out[b]] = [out[b]!, out[a]!]
  return out
}

const count = fc.oneof(
  { weight: 20, arbitrary: fc.integer({ min: 1, max: 130 }).map(int) },
  fc.constantFrom(int(0), int(-1), int(2 ** 31 - 1), int(2 ** 31), int(2 ** 53), string('7')),
  fc.constantFrom(undefined, {}, { doubleValue: 3 }, { boolValue: true }),
)

const telling = fc.record({
  event: fc.integer({ min: 0, max: 2 }),
  count,
  version: fc.oneof(
    { weight: 20, arbitrary: fc.integer({ min: 1000, max: 9999 }).map((n) => string(String(n))) },
    fc.constantFrom(undefined, string(''), string('é'), int(7), {}),
  ),
  time: fc.oneof(
    { weight: 20, arbitrary: fc.constantFrom('1795223321000000000', '1795223321000000001') },
    fc.constantFrom('18446744073709551615', '0'),
  ),
  observed: fc.oneof(
    { weight: 8, arbitrary: fc.constant(undefined) },
    fc.constantFrom('1795223321000000000', '1'),
  ),
  oddity: fc.oneof(
    { weight: 30, arbitrary: fc.constant(undefined) },
    fc.constantFrom('uid in the resource', 'uid twice', 'count twice', 'version twice'),
    fc.constantFrom('keys in the body', 'two records'),
    fc.nat(20),
  ),
})
type Drawn = typeof telling extends fc.Arbitrary<infer T> ? T : never
type TellingOf = Omit<Drawn, 'time'> & { readonly time: string }

const groupOf = ({ event, oddity, ...told }: TellingOf): unknown => {
  const { body: text, ...line } = events[event]!
  const uid = line.attributes.find(({ key }) => key === KEYS.identity)!
  let resource = replaced(line.resource, KEYS.ignored, told.version)
  let attributes = replaced(line.attributes, KEYS.count, told.count)
  let body = text
  if (typeof oddity === 'number') {
    resource = swapped(resource, oddity)
    attributes = swapped(attributes, oddity)
  }
  if (oddity === 'uid in the resource') {
    resource = [...resource, uid]
    attributes = replaced(attributes, KEYS.identity, undefined)
  }
  if (oddity === 'uid twice') attributes = [...attributes, uid]
  if (oddity === 'count twice') attributes = [...attributes, { key: KEYS.count, value: int(5) }]
  if (oddity === 'version twice')
    resource = [...resource, { key: KEYS.ignored, value: string('12') }]
  if (oddity === 'keys in the body')
    body = string(`2\x18\n\x0fk8s.event.count\x12\x02\x18\x01 ${KEYS.ignored} ${KEYS.identity}`)
  const record = {
    timeUnixNano: told.time,
    ...(told.observed === undefined ? {} : { observedTimeUnixNano: told.observed }),
    severityText: 'Warning',
    body,
    attributes,
  }
  const logRecords = oddity === 'two records' ? [record, record] : [record]
  return { resource: { attributes: resource }, scopeLogs: [{ scope: {}, logRecords }] }
}

const recordedRequest = fc
  .array(telling, { minLength: 1, maxLength: 5 })
  .map((tellings) => encodeLogs({ resourceLogs: tellings.map(groupOf) }))

const request = fc.oneof(
  { weight: 8, arbitrary: recordedRequest },
  { weight: 1, arbitrary: exportRequest.map(encodeLogs) },
  {
    weight: 2,
    arbitrary: fc
      .tuple(recordedRequest, fc.array(mutation, { minLength: 1, maxLength: 2 }))
      .map(([value, mutations]) => mutations.reduce(mutate, value)),
  },
)

const all = (): boolean => true

/** Reads both ways. Answers how many records were not read in full. */
const expectSame = (
  values: readonly Uint8Array[],
  { slots = 4, clearEvery = 2, options = {} as ReadOptions } = {},
): number => {
  const reader = new Rereader(KEYS, slots)
  for (const [i, value] of values.entries()) {
    expect(reader.read(value, options, all)).toEqual(readFull(value, KEYS, options))
    if (i % clearEvery === 0) reader.clear()
  }
  return reader.taken
}

const told = (change: Partial<TellingOf> = {}): unknown =>
  groupOf({
    event: 0,
    count: int(1),
    version: string('1000'),
    time: '1795223321000000000',
    observed: undefined,
    oddity: undefined,
    ...change,
  })

const requestOf = (...groups: readonly unknown[]): Uint8Array =>
  encodeLogs({ resourceLogs: groups })

describe('an Event told again by k8s_events', () => {
  it('is recognised by count, time and resource version being all that is new', () => {
    const again = { count: int(99), version: string('9999'), time: '1795223329000000000' }
    expect(expectSame([requestOf(told()), requestOf(told(again))])).toBe(1)
    expect(expectSame([requestOf(told({ count: undefined })), requestOf(told())])).toBe(0)
    expect(
      expectSame([requestOf(told({ count: undefined })), requestOf(told({ count: undefined }))]),
    ).toBe(1)
  })

  it('reads as in full, in any request, with any other before it', () => {
    let taken = 0
    fc.assert(
      fc.property(
        fc.array(request, { minLength: 2, maxLength: 8 }),
        fc.constantFrom(2, 4, 16),
        fc.integer({ min: 1, max: 4 }),
        (values, slots, clearEvery) => {
          taken += expectSame(values, { slots, clearEvery })
        },
      ),
      { numRuns: 1000 },
    )
    expect(taken).toBeGreaterThan(300)
  })

  it('counts as a record of its request: for the places of others, and for how many there may be', () => {
    const one = requestOf(told())
    const bad = field(0x0a, field(0x12, field(0x12, bytes('09 00'))))
    const other = requestOf(told({ event: 1 }))
    expect(expectSame([one, Buffer.concat([one, bad, one, other, one])], { slots: 2 })).toBe(3)
    const options = { limits: { maxRecords: 2 } }
    expectSame([one, Buffer.concat([one, one]), Buffer.concat([one, one, one])], { options })
    expect(readFull(Buffer.concat([one, one, one]), KEYS, options).refused).toBe('too-many-records')
  })

  it('is not what has another attribute behind the value of no account, or a broken one', () => {
    const withVersion = (rest: string): Uint8Array => {
      const attribute = field(0x0a, field(0x0a, Buffer.from(KEYS.ignored)), bytes(rest))
      const identity = field(0x32, field(0x0a, Buffer.from(KEYS.identity)), bytes('12 03 0a 01 41'))
      const scope = field(0x12, field(0x12, identity))
      return field(0x0a, field(0x0a, attribute), scope)
    }
    const first = withVersion('12 05 0a 03 41 41 41')
    expect(expectSame([first, withVersion('12 05 0a 03 42 42 42')])).toBe(1)
    for (const rest of [
      '12 01 0a 0a 02 42 42',
      '12 02 18 01 0a 01 42',
      '0a 02 42 42 12 01 0a',
      'ff ff ff ff ff ff ff',
      '12 05 0a 04 42 42 42',
      '12 05 0a 00 0a 01 42',
    ])
      expect(expectSame([first, withVersion(rest)])).toBe(0)
  })

  it('is not what renames another of its attributes to the count', () => {
    const pair = (key: string, ...rest: readonly Uint8Array[]): Uint8Array =>
      field(0x32, field(0x0a, Buffer.from(key)), ...rest)
    const renamed = pair('x', bytes('12 02 18 05'), field(0x0a, Buffer.from(KEYS.count)))
    const value = (n: string): Uint8Array => {
      const attributes = [pair(KEYS.identity, bytes('12 03 0a 01 41')), pair(KEYS.count, bytes(n))]
      return field(0x0a, field(0x12, field(0x12, ...attributes, renamed)))
    }
    expect(expectSame([value('12 02 18 01'), value('12 02 18 02')])).toBe(0)
  })

  it('is not what says so much of no account that the reader would refuse it', () => {
    const options = { limits: { maxStringBytes: 64 } }
    const long = (n: number): Uint8Array => requestOf(told({ version: string('1'.repeat(n)) }))
    expect(expectSame([long(64), long(64)], { options })).toBe(1)
    expectSame([long(64), long(65), long(65)], { options })
    const reader = new Rereader(KEYS, 4)
    reader.read(long(65), {}, all)
    expect(reader.read(long(65), options, all)).toEqual(readFull(long(65), KEYS, options))
  })

  it('ends at any cut and with any bit flipped as without a memo', () => {
    const whole = requestOf(told())
    const cuts = Array.from(whole, (_, i) => whole.subarray(0, i))
    expectSame([whole, ...cuts], { slots: 2, clearEvery: 1 })
    const flips = Array.from({ length: whole.length * 8 }, (_, bit) => {
      const flipped = Buffer.from(whole)
      flipped.writeUInt8(flipped.readUInt8(bit >>> 3) ^ (1 << (bit & 7)), bit >>> 3)
      return flipped
    })
    const reader = new Rereader(KEYS, 4)
    for (const value of flips) {
      expect(reader.read(whole, {}, all)).toEqual(readFull(whole, KEYS, {}))
      expect(reader.read(value, {}, all)).toEqual(readFull(value, KEYS, {}))
      reader.clear()
    }
  })
})
