import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { ReadOptions } from './read-options.ts'
import { readFull, Rereader } from './rereader.spec-helper.ts'
import { bytes, field } from './wire-fields.spec-helper.ts'

const KEYS = { identity: 'u', count: 'c', ignored: 'r' }

/** What may stand behind the key of an attribute, in seven bytes each: values, other keys, and what is broken. */
const RESTS = [
  '12 05 0a 03 41 42 43',
  '12 05 0a 03 41 42 44',
  '12 05 18 81 80 80 00',
  '12 05 18 82 80 80 00',
  '12 05 18 83 80 80 01',
  '12 02 18 03 0a 01 63',
  '12 02 18 04 0a 01 63',
  '12 02 18 03 0a 01 72',
  '12 02 18 03 0a 01 75',
  '12 02 18 03 0a 01 78',
  '0a 01 63 12 02 18 04',
  '12 03 0a 01 41 12 00',
  '12 05 0a 01 41 0a 00',
  '12 05 18 01 0a 01 41',
  '12 00 18 01 12 01 18',
  '12 05 0a 09 41 42 43',
  '12 05 18 ff ff ff ff',
  '12 05 12 03 41 42 43',
  '12 09 0a 03 41 42 43',
  '08 01 12 03 0a 01 41',
  'ff ff ff ff ff ff ff',
].map(bytes)

const TIMES = ['01 00 00 00 00 00 00 00', '00 00 00 00 00 00 00 00', 'ff ff ff ff ff ff ff ff'].map(
  bytes,
)

const attributeKey: fc.Arbitrary<string> = fc.constantFrom('u', 'c', 'r', 'x')
const attributes = fc.array(attributeKey, { maxLength: 4 })
/** A record's fields, of which those of one letter are attributes; most have what can be told again. */
const recordHoles: fc.Arbitrary<readonly string[]> = fc.oneof<fc.Arbitrary<readonly string[]>[]>(
  fc.shuffledSubarray(['u', 'c', 'r', 'x', 'time', 'observed', 'severity', 'fixed32'], {
    minLength: 1,
  }),
  fc.constantFrom(['time', 'u', 'c'], ['u', 'c', 'x'], ['time', 'u', 'x', 'x'], ['c', 'c', 'u']),
  fc.array(fc.constantFrom('u', 'c', 'x', 'time', 'odd64'), { maxLength: 6 }),
)

interface Shape {
  readonly resource: readonly string[]
  readonly records: readonly (readonly string[])[]
  readonly resourceLast: boolean
  readonly trailing: string
}

const shape: fc.Arbitrary<Shape> = fc.record({
  resource: fc.oneof(fc.constant(['r', 'x']), attributes),
  records: fc.oneof(
    { weight: 4, arbitrary: fc.tuple(recordHoles) },
    { weight: 1, arbitrary: fc.array(recordHoles, { maxLength: 3 }) },
  ),
  resourceLast: fc.boolean(),
  trailing: fc.constantFrom('', '18 01', '1a 00'),
})

/** The message of this shape, with one choice for each thing that may differ. */
const resourceLogsOf = (of: Shape, choices: readonly number[]): Uint8Array => {
  let used = 0
  const choose = (from: readonly Uint8Array[]): Uint8Array => {
    const choice = choices[used % Math.max(1, choices.length)] ?? 0
    used += 1
    return from[choice % from.length] as Uint8Array
  }
  const attribute = (tag: number, key: string): Uint8Array =>
    field(tag, field(0x0a, Buffer.from(key)), choose(RESTS))
  const hole = (name: string): Uint8Array => {
    switch (name) {
      case 'time':
        return Buffer.concat([bytes('09'), choose(TIMES)])
      case 'observed':
        return Buffer.concat([bytes('59'), choose(TIMES)])
      case 'odd64':
        return Buffer.concat([bytes('41'), choose(TIMES)])
      case 'severity':
        return bytes('10 09')
      case 'fixed32':
        return bytes('45 00 00 00 01')
      default:
        return attribute(0x32, name)
    }
  }
  const resource = field(0x0a, ...of.resource.map((key) => attribute(0x0a, key)))
  const scope = field(0x12, ...of.records.map((holes) => field(0x12, ...holes.map(hole))))
  const parts = of.resourceLast ? [scope, resource] : [resource, scope]
  return field(0x0a, ...parts, bytes(of.trailing))
}

/** Tellings of one shape that differ in few choices from each other: only so are they often told again. */
const story = fc
  .tuple(shape, fc.array(fc.nat(2), { minLength: 12, maxLength: 12 }))
  .chain(([of, base]) =>
    fc.array(
      fc.array(fc.tuple(fc.nat(11), fc.nat(RESTS.length - 1)), { maxLength: 2 }).map((changes) => {
        const choices = [...base]
        for (const [at, choice] of changes) choices[at] = choice
        return resourceLogsOf(of, choices)
      }),
      { minLength: 2, maxLength: 8 },
    ),
  )

/** Requests out of some stories, told in turns, and now and then all are dealt with. */
const requests = fc.array(story, { minLength: 1, maxLength: 3 }).chain((stories) =>
  fc.array(
    fc.record({
      value: fc
        .array(fc.constantFrom(...stories.flat()), { minLength: 1, maxLength: 4 })
        .map((logs) => Buffer.concat(logs)),
      clear: fc.boolean(),
    }),
    { minLength: 2, maxLength: 10 },
  ),
)

const OPTIONS: readonly ReadOptions[] = [
  {},
  { limits: { maxRecords: 3 } },
  { limits: { maxStringBytes: 2 } },
]

describe('a record that was read before', () => {
  it('is what a full reading would give, whatever stands in its fields and in whatever order', () => {
    let taken = 0
    fc.assert(
      fc.property(
        requests,
        fc.constantFrom(2, 4),
        fc.constantFrom(...OPTIONS),
        (sequence, slots, options) => {
          const reader = new Rereader(KEYS, slots)
          for (const { value, clear } of sequence) {
            const keeps = ({
              severityNumber,
              timeMs,
            }: {
              severityNumber: number
              timeMs: unknown
            }) => severityNumber === 0 || timeMs !== null
            expect(reader.read(value, options, keeps)).toEqual(readFull(value, KEYS, options))
            if (clear) reader.clear()
          }
          taken += reader.taken
        },
      ),
      { numRuns: 4000 },
    )
    expect(taken).toBeGreaterThan(300)
  })
})
