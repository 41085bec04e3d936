import type { Signal } from '@kubesift/contracts'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { NamespaceMachine } from './machine.ts'
import { breachesOf, joinMetric, MAX_POINTS, metricFact, type MetricFact } from './metric-fact.ts'
import {
  SOURCE,
  AT,
  MIN,
  classifier,
  SERVICE,
  measured,
  backOff,
  objects,
  web,
  service,
  machineOf,
} from './metrics.spec-helper.ts'

const told = fc.record({
  at: fc.nat(12),
  beyond: fc.boolean(),
  lasts: fc.nat(3),
  offset: fc.nat(20),
})
const factOf = (said: { at: number; beyond: boolean; lasts: number; offset: number }): MetricFact =>
  metricFact(
    {
      ...measured('Down', said.beyond, said.at + said.lasts, { since: said.at }),
      offsets: [said.offset],
    },
    SOURCE,
  )

describe('facts', () => {
  it('grow by a join: order, grouping and repeats do not matter', () => {
    const fact = fc
      .array(told, { minLength: 1, maxLength: 5 })
      .map((all) => all.map(factOf).reduce(joinMetric))
    fc.assert(
      fc.property(fact, fact, fact, (a, b, c) => {
        expect(joinMetric(a, b)).toEqual(joinMetric(b, a))
        expect(joinMetric(a, a)).toEqual(a)
        expect(joinMetric(joinMetric(a, b), c)).toEqual(joinMetric(a, joinMetric(b, c)))
      }),
    )
  })

  it('give breaches that follow each other, whatever was told', () => {
    fc.assert(
      fc.property(fc.array(told, { minLength: 1, maxLength: 20 }), (all) => {
        const breaches = breachesOf(all.map(factOf).reduce(joinMetric))
        for (const [i, { startsAt, endsAt = Infinity }] of breaches.entries()) {
          expect(startsAt).toBeLessThanOrEqual(endsAt)
          expect(breaches[i + 1]?.startsAt ?? Infinity).toBeGreaterThanOrEqual(endsAt)
        }
      }),
    )
  })

  it('are bounded', () => {
    const all = Array.from({ length: 500 }, (_, i) =>
      factOf({ at: i, beyond: i % 2 === 0, lasts: 0, offset: i }),
    )
    const fact = all.reduce(joinMetric)
    expect(fact.points).toHaveLength(MAX_POINTS)
    expect(fact.records.length).toBeLessThanOrEqual(4)
  })

  it('give the same contexts in any order, and when loaded again', () => {
    const signal = fc.oneof(
      told.map(({ at, beyond, lasts }) =>
        measured(beyond ? 'Down' : 'Restarts', beyond, at + lasts, { since: at }),
      ),
      fc.constantFrom<Signal>(
        backOff,
        ...objects(web, service),
        measured('Down', true, 3, { of: SERVICE }),
      ),
    )
    const strip = (contexts: unknown): unknown =>
      JSON.parse(
        JSON.stringify(contexts, (key, v: unknown) =>
          key === 'cause' || key === 'records' ? 0 : v,
        ),
      )
    fc.assert(
      fc.property(fc.array(signal, { minLength: 1, maxLength: 12 }), fc.nat(), (signals, turn) => {
        const at = turn % signals.length
        const other = [...signals.slice(at), ...signals.slice(0, at), ...signals]
        const first = machineOf(signals)
        expect(strip(machineOf(other).all(AT + 60 * MIN, []).contexts)).toEqual(
          strip(first.all(AT + 60 * MIN, []).contexts),
        )
        const loaded = new NamespaceMachine('c', 'n', classifier)
        first.settle(null, [])
        loaded.load(first.snapshot())
        expect(strip(loaded.all(AT + 60 * MIN, []).contexts)).toEqual(
          strip(first.all(AT + 60 * MIN, []).contexts),
        )
      }),
      { numRuns: 100 },
    )
  })
})
