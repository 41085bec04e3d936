import type { EventSignal, ObjectSignal } from '@kubesift/contracts'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { costFact, joinCost, type CostFact } from './cost-fact.ts'
import { eventFact, isKept, joinEvent, occurrencesOf, type EventFact } from './event-fact.ts'
import { joinObject, objectFact, type ObjectFact } from './object-fact.ts'

const position = (offset: number) => ({ topic: 'otel-logs', partition: offset % 3, offset })

const anEvent: fc.Arbitrary<EventFact> = fc
  .record({
    n: fc.oneof(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 100_000 })),
    lastAt: fc.integer({ min: 1_000, max: 9_000 }),
    firstAt: fc.integer({ min: 0, max: 1_000 }),
    offset: fc.nat(50),
    message: fc.constantFrom(
      'a',
      '(combined from similar events): a',
      'Scaled up replica set x-1 from 0 to 3',
      '(combined from similar events): Scaled up replica set x-2 from 0 to 5',
    ),
    seriesDropped: fc.boolean(),
    host: fc.constantFrom('n1', undefined),
    series: fc.constantFrom('17979cfe362a0000', undefined),
    madeAt: fc.constantFrom(1_000, undefined),
  })
  .map(({ offset, host, series, madeAt, n, lastAt, ...rest }) => {
    const signal: EventSignal = {
      t: 'event',
      event: {
        uid: 'u',
        involved: { kind: 'Pod', namespace: 'ns', name: 'p' },
        reason: 'ScalingReplicaSet',
        type: 'Warning',
        combined: rest.message.startsWith('('),
        ...rest,
        ...(host === undefined ? {} : { host }),
        ...(series === undefined ? {} : { series }),
        ...(madeAt === undefined ? {} : { madeAt }),
      },
      tellings: [{ n, at: lastAt, offset, repeats: 1 }],
    }
    return eventFact(signal, position(offset))
  })

const anObject: fc.Arbitrary<ObjectFact> = fc
  .record({
    rv: fc.integer({ min: 1, max: 30 }),
    observedAt: fc.integer({ min: 0, max: 100 }),
    ready: fc.nat(3),
    generation: fc.integer({ min: 1, max: 4 }),
    deleted: fc.boolean(),
    conditionAt: fc.nat(5),
  })
  .map((v) => {
    const signal: ObjectSignal = {
      t: 'object',
      offsets: [v.observedAt],
      repeats: 1,
      observedAt: v.observedAt,
      ...(v.deleted ? { deleted: true } : {}),
      object: {
        kind: 'Deployment',
        apiVersion: 'apps/v1',
        namespace: 'ns',
        name: 'd',
        uid: 'u',
        rv: String(v.rv),
        generation: v.generation,
        labels: {},
        annotations: {},
        owners: [],
        workload: {
          desired: 3,
          observedGeneration: v.generation,
          replicas: 3,
          updated: 3,
          ready: v.ready,
          available: v.ready,
          conditions: {
            Available: { status: v.ready === 3 ? 'True' : 'False', at: v.conditionAt },
          },
          template: { image: `i:${v.generation}` },
        },
      },
    }
    return objectFact(signal, position)
  })

/** A ConfigMap is written again and again, back to what it was, too, and by several hands. */
const aSetting: fc.Arbitrary<ObjectFact> = fc
  .record({
    rv: fc.integer({ min: 1, max: 30 }),
    observedAt: fc.integer({ min: 0, max: 100 }),
    writtenAt: fc.option(fc.integer({ min: 0, max: 12 }), { nil: undefined }),
    manager: fc.constantFrom('kubectl', 'helm'),
    value: fc.constantFrom('a', 'b', 'c'),
  })
  .map(({ rv, observedAt, writtenAt, manager, value }) =>
    objectFact(
      {
        t: 'object',
        offsets: [observedAt],
        repeats: 1,
        observedAt,
        object: {
          kind: 'ConfigMap',
          apiVersion: 'v1',
          namespace: 'ns',
          name: 'c',
          uid: 'u',
          rv: String(rv),
          labels: {},
          annotations: {},
          owners: [],
          data: { key: value },
          writer: { manager, ...(writtenAt === undefined ? {} : { at: writtenAt }) },
        },
      },
      position,
    ),
  )

const laws = <T>(name: string, fact: fc.Arbitrary<T>, join: (a: T, b: T) => T): void => {
  describe(`joining ${name} is`, () => {
    test('commutative', () => {
      fc.assert(
        fc.property(fact, fact, (a, b) => {
          expect(join(a, b)).toEqual(join(b, a))
        }),
      )
    })
    test('associative', () => {
      fc.assert(
        fc.property(fact, fact, fact, (a, b, c) => {
          expect(join(join(a, b), c)).toEqual(join(a, join(b, c)))
        }),
      )
    })
    test('idempotent', () => {
      fc.assert(
        fc.property(fc.array(fact, { minLength: 1 }), fc.nat(), (facts, n) => {
          const all = facts.reduce(join)
          expect(join(all, facts[n % facts.length]!)).toEqual(all)
          expect(join(all, all)).toEqual(all)
        }),
      )
    })
  })
}

laws('events', anEvent, joinEvent)
laws('objects', anObject, joinObject)
const aCost: fc.Arbitrary<CostFact> = fc
  .record({
    from: fc.nat(3),
    hours: fc.integer({ min: 1, max: 3 }),
    toldAt: fc.nat(3),
    total: fc.constantFrom(0, 1, 1.5),
    currency: fc.constantFrom('EUR', undefined),
    offset: fc.nat(5),
  })
  .map(({ from, hours, toldAt, total, currency, offset }) =>
    costFact(
      {
        t: 'cost',
        offsets: [offset],
        repeats: 1,
        toldAt,
        allocation: {
          source: 'opencost',
          involved: { kind: 'Deployment', namespace: 'ns', name: 'd' },
          from,
          to: from + hours,
          ...(currency === undefined ? {} : { currency }),
          total,
          terms: { cpu: total },
        },
      },
      position(offset),
    ),
  )

laws('costs', aCost, joinCost)
laws('settings', aSetting, joinObject)

test('the timeline of an Event adds up to its largest count, however its steps were thinned', () => {
  fc.assert(
    fc.property(fc.array(anEvent, { minLength: 1 }), (facts) => {
      const fact = facts.reduce(joinEvent)
      const sum = occurrencesOf(fact).reduce((n, o) => n + o.add, 0)
      expect(sum).toBe(Math.max(...facts.map((f) => f.top.n)))
    }),
  )
})

test('the steps that are kept are those whose count has at most five significant bits', () => {
  const significant = (n: number): number => n.toString(2).replace(/0*$/, '').length
  const counts = fc.oneof(fc.integer({ min: 1, max: 5_000 }), fc.integer({ min: 1, max: 2 ** 40 }))
  const round = fc
    .tuple(fc.integer({ min: 1, max: 70 }), fc.nat(34))
    .map(([n, bits]) => n * 2 ** bits)
  fc.assert(
    fc.property(fc.oneof(counts, round), (n) => {
      expect(isKept(n)).toBe(significant(n) <= 5)
    }),
    { numRuns: 2_000 },
  )
})
