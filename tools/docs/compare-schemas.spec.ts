import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { compareSchemas } from './compare-schemas.ts'
import { schemaOf, topics } from './topic-schemas.ts'

const json = (schema: z.ZodType): unknown => z.toJSONSchema(schema, { io: 'input' })
const topic = (before: unknown, after: unknown) =>
  compareSchemas(before, after, { readAgain: true })
const shape = (before: z.ZodType, after: z.ZodType) => topic(json(before), json(after))
const object = z.object

/** One message that has all that our contracts use. */
const kept = {
  id: z.string(),
  n: z.int().min(1),
  note: z.string().optional(),
  at: z.number().nullable(),
  severity: z.enum(['P1', 'P2']),
  list: z.array(object({ name: z.string(), uid: z.string().optional() })),
  pair: z.tuple([z.number(), z.string()]),
  byName: z.record(z.string(), object({ count: z.int() })),
  signal: z.discriminatedUnion('t', [
    object({ t: z.literal('event'), uid: z.string() }),
    object({ t: z.literal('object'), kind: z.string() }),
  ]),
}
const changed = (change: Partial<Record<keyof typeof kept, z.ZodType>> & z.core.$ZodLooseShape) =>
  shape(object(kept), object({ ...kept, ...change }))
const without = (name: keyof typeof kept) =>
  Object.fromEntries(Object.entries(kept).filter(([key]) => key !== name))

describe('what breaks nobody', () => {
  it.each(topics.map((one) => [one.topic, schemaOf(one)] as const))('%s as it is', (_, schema) => {
    expect(topic(schema, schema)).toEqual([])
  })

  it('an optional field, anywhere, and other words about the same', () => {
    expect(
      changed({
        more: z.string().optional(),
        id: kept.id.describe('says more'),
        list: z.array(
          object({ name: z.string(), uid: z.string().optional(), x: z.int().optional() }),
        ),
        signal: z.discriminatedUnion('t', [
          object({ t: z.literal('object'), kind: z.string(), more: z.string().optional() }),
          object({ t: z.literal('event'), uid: z.string() }),
        ]),
      }),
    ).toEqual([])
  })

  it('the order of fields and of values', () => {
    const back = Object.fromEntries(Object.entries(kept).reverse())
    expect(shape(object(kept), object({ ...back, severity: z.enum(['P2', 'P1']) }))).toEqual([])
  })
})

describe('what breaks a reader', () => {
  const cases: readonly (readonly [string, readonly string[], readonly string[]])[] = [
    ['a required field removed', shape(object(kept), object(without('id'))), ['id: was removed']],
    ['an optional one', shape(object(kept), object(without('note'))), ['note: was removed']],
    [
      'a required field that is optional now',
      changed({ id: z.string().optional() }),
      ['id: was always there, is optional now'],
    ],
    [
      'an optional field that is required now',
      changed({ note: z.string() }),
      ['note: was optional, is required now: messages of the former version lack it'],
    ],
    [
      'a new field that is required',
      changed({ more: z.string() }),
      ['more: is new and required: messages of the former version lack it'],
    ],
    ['another type', changed({ id: z.number() }), ['id: type was string, is number']],
    ['a narrower type', changed({ at: z.number() }), ['at: type was null or number, is number']],
    [
      'a wider type',
      changed({ n: z.number().min(1) }),
      ['n: type was integer, is number', 'n: maximum was 9007199254740991, is not given'],
    ],
    [
      'null where there was none',
      changed({ id: z.string().nullable() }),
      ['id: type was string, is null or string'],
    ],
    ['a bound', changed({ n: z.int().min(2) }), ['n: minimum was 1, is 2']],
    ['a pattern', changed({ id: z.string().regex(/^a/) }), ['id: pattern was not given, is "^a"']],
    [
      'a value removed',
      changed({ severity: z.enum(['P1']) }),
      ['severity: value "P2" was removed'],
    ],
    [
      'a value added',
      changed({ severity: z.enum(['P1', 'P2', 'P3']) }),
      ['severity: value "P3" is new: a reader of the former version refuses it'],
    ],
    ['any value', changed({ severity: z.string() }), ['severity: any value is allowed now']],
    ['only some values', changed({ id: z.enum(['a']) }), ['id: only some values are allowed now']],
    [
      'a field of a list',
      changed({ list: z.array(object({ uid: z.string().optional() })) }),
      ['list[].name: was removed'],
    ],
    [
      'a place of a tuple',
      changed({ pair: z.tuple([z.number(), z.number()]) }),
      ['pair[1]: type was string, is number'],
    ],
    [
      'a longer tuple',
      changed({ pair: z.tuple([z.number(), z.string(), z.string()]) }),
      ['pair: had 2 places, has 3', 'pair: minItems was 2, is 3', 'pair: maxItems was 2, is 3'],
    ],
    [
      'a value of a record',
      changed({ byName: z.record(z.string(), object({})) }),
      ['byName{}.count: was removed'],
    ],
    [
      'an alternative removed',
      changed({ signal: z.discriminatedUnion('t', [kept.signal.options[0]]) }),
      ['signal: alternative t="object" was removed'],
    ],
    [
      'an alternative added',
      changed({
        signal: z.discriminatedUnion('t', [...kept.signal.options, object({ t: z.literal('x') })]),
      }),
      ['signal: alternative t="x" is new: a reader of the former version refuses it'],
    ],
    [
      'a field of an alternative',
      changed({
        signal: z.discriminatedUnion('t', [
          object({ t: z.literal('event') }),
          kept.signal.options[1],
        ]),
      }),
      ['signal(t="event").uid: was removed'],
    ],
    [
      'an object that may be null',
      shape(object({ a: object({ b: z.int() }).nullable() }), object({ a: object({}).nullable() })),
      ['a(object).b: was removed'],
    ],
    [
      'a field more where no other is allowed',
      shape(z.strictObject({ a: z.int() }), z.strictObject({ a: z.int(), b: z.int().optional() })),
      ['b: is new: a reader of the former version allows no other fields'],
    ],
    [
      'no other fields where there were',
      shape(object({}), z.strictObject({})),
      ['the message: additionalProperties was not given, is false'],
    ],
  ]

  it.each(cases)('%s', (_, found, breaks) => {
    expect(found).toEqual(breaks)
  })

  it('deep inside of a contract of ours', () => {
    const before = JSON.stringify(schemaOf(topics.find(({ topic }) => topic === 'incidents')!))
    const after = before.replace('"P4"', '"P5"')
    expect(topic(JSON.parse(before), JSON.parse(after))).toHaveLength(2)
  })
})

describe('references', () => {
  const list = (name: unknown): unknown => ({
    $defs: { node: { type: 'object', properties: { name, next: { $ref: '#/$defs/node' } } } },
    $ref: '#/$defs/node',
  })

  it('are followed, round and round only once', () => {
    expect(topic(list({ type: 'string' }), list({ type: 'string' }))).toEqual([])
    expect(topic(list({ type: 'string' }), list({ type: 'number' }))).toEqual([
      'name: type was string, is number',
    ])
  })

  it('are no difference to what they name', () => {
    const named = { $defs: { a: { type: 'string' } }, properties: { x: { $ref: '#/$defs/a' } } }
    expect(topic(named, { properties: { x: { type: 'string' } } })).toEqual([])
  })
})

it('lets what is only written promise more: nobody reads former output as the new one', () => {
  const output = (before: z.ZodType, after: z.ZodType) =>
    compareSchemas(json(before), json(after), { readAgain: false })
  expect(output(object(kept), object({ ...kept, more: z.string(), note: z.string() }))).toEqual([])
  expect(output(object(kept), object(without('id')))).toEqual(['id: was removed'])
})
