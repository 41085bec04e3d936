import type { Catalogue, EventSignal, MetricSignal, ObjectRef, Signal } from '@kubesift/contracts'
import { fromKube } from '@kubesift/core-signal'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Classifier } from './classify.ts'
import type { Derived } from './derive.ts'
import { NamespaceMachine } from './machine.ts'
import { breachesOf, joinMetric, MAX_POINTS, metricFact, type MetricFact } from './metric-fact.ts'

const SOURCE = { topic: 'otel-metrics', partition: 0 }
const AT = Date.UTC(2026, 10, 21, 1)
const MIN = 60_000

const rule = (problem: string, reason: string[], absorbs: string[] = []) => ({
  problem,
  title: '{owner}',
  severity: 'P3' as const,
  events: reason.length === 0 ? [] : [{ reason }],
  states: [],
  absorbs,
  opens: { count: 1 },
  recovery: 'workload' as const,
  stability: MIN,
  ttl: 30 * MIN,
})
const breach = [{ metric: 'm', atLeast: 1 }]
const catalogue: Catalogue = {
  problems: [rule('Crash', ['BackOff'], ['Check']), rule('Check', [])],
  ignore: [],
  metrics: [
    { name: 'Restarts', breach, problem: 'Crash' },
    { name: 'Down', breach, problem: 'Check', severity: 'P1' },
    { name: 'Memory', breach, observe: 'because' },
  ],
  hash: 'h',
}
const classifier = new Classifier(catalogue)

const POD: ObjectRef = { kind: 'Pod', namespace: 'n', name: 'web-5d6b7c8d9f-bcdfg', uid: 'p' }
const SERVICE: ObjectRef = { kind: 'Service', namespace: 'n', name: 'shop' }

const measured = (
  ruleName: string,
  beyond: boolean,
  at: number,
  { since = at, of = POD }: { since?: number; of?: ObjectRef } = {},
): MetricSignal => ({
  t: 'metric',
  offsets: [at],
  repeats: 1,
  at: AT + at * MIN,
  breach: beyond,
  since: AT + since * MIN,
  metric: {
    id: `${ruleName} ${of.name}`,
    rule: ruleName,
    source: 'httpcheck',
    involved: of,
    message: `${beyond ? 'bad' : 'fine'} at ${at}`,
  },
})

const backOff: EventSignal = {
  t: 'event',
  event: { uid: 'u', involved: POD, reason: 'BackOff', type: 'Warning', message: 'm', firstAt: AT },
  tellings: [{ n: 3, at: AT + MIN, offset: 1, repeats: 1 }],
}

const objects = (...list: object[]): Signal[] =>
  list.flatMap((object, i) => {
    const read = fromKube(object, { offset: i, observedAt: AT })
    return read.ok && 'signal' in read ? [read.signal] : []
  })
const template = { metadata: { labels: { app: 'web' } }, spec: {} }
const web = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web', namespace: 'n', uid: 'd', resourceVersion: '1', generation: 1 },
  spec: { replicas: 1, template },
  status: {},
}
const service = {
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 'shop', namespace: 'n', uid: 's', resourceVersion: '1' },
  spec: { selector: { app: 'web' }, ports: [{ port: 80 }] },
}

const machineOf = (signals: readonly Signal[]): NamespaceMachine => {
  const machine = new NamespaceMachine('c', 'n', classifier)
  for (const signal of signals) machine.apply(signal, SOURCE)
  return machine
}
const contextsOf = (signals: readonly Signal[], watermark: number | null = null): Derived[] =>
  machineOf(signals).settle(watermark === null ? null : AT + watermark * MIN, [])
    .contexts as Derived[]
const opened = (signals: readonly Signal[], watermark: number | null = null): Derived[] =>
  contextsOf(signals, watermark).filter((c) => c.spells.some((s) => s.openedAt !== null))

describe('a metric beyond its threshold', () => {
  it('opens at once, for the owner of what it is of, as bad as its rule says', () => {
    const [context, ...others] = opened([measured('Down', true, 2)])
    expect(others).toEqual([])
    expect(context).toMatchObject({
      key: 'c/n/Deployment/web/Check',
      severity: 'P1',
      occurrenceCount: 1,
      reasons: [{ reason: 'Down', type: 'Metric', source: 'state', count: 1, message: 'bad at 2' }],
      spells: [{ from: AT + 2 * MIN, openedAt: AT + 2 * MIN, recovery: null }],
      evidence: [{ kind: 'state', text: expect.stringContaining('httpcheck Down') as string }],
    })
  })

  it('is over when it has been within for as long as its problem asks, and not before all is known', () => {
    const signals = [measured('Down', true, 0), measured('Down', false, 5)]
    expect(opened(signals, 5)[0]?.spells[0]?.recovery).toBeNull()
    expect(opened(signals, 6)[0]?.spells[0]?.recovery).toMatchObject({
      at: AT + 5 * MIN,
      by: 'recovered',
      why: expect.stringContaining('within their thresholds') as string,
    })
  })

  it('does not end by silence of some hours', () => {
    expect(opened([measured('Down', true, 0)], 12 * 60)[0]?.spells[0]?.recovery).toBeNull()
  })

  it('adds no occurrence beside Events of the same problem', () => {
    const [context] = opened([backOff, measured('Restarts', true, 0)])
    expect(context).toMatchObject({ occurrenceCount: 3 })
    expect(context?.reasons.map((r) => r.reason)).toEqual(['BackOff', 'Restarts'])
  })

  it('within it from the start says nothing', () => {
    expect(opened([measured('Down', false, 0)], 60)).toEqual([])
  })

  it('ends with its pod, which nobody measures any more', () => {
    const pod = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { ...{ name: POD.name, namespace: 'n', uid: 'p' }, resourceVersion: '2' },
      spec: {},
      status: { phase: 'Running' },
    }
    const gone = fromKube({ type: 'DELETED', object: pod }, { offset: 9, observedAt: AT + 4 * MIN })
    const signal = gone.ok && 'signal' in gone ? [gone.signal] : []
    const [context] = opened([measured('Down', true, 0), ...signal], 30)
    expect(context?.spells[0]?.recovery).toMatchObject({ at: AT + 4 * MIN })
  })

  it('of a name that the catalogue has not got any more says nothing', () => {
    expect(contextsOf([measured('Gone', true, 0)])).toEqual([])
  })
})

describe('the health check of a Service', () => {
  const down = measured('Down', true, 0, { of: SERVICE })

  it('is that of the workload which it selects, whichever became known first', () => {
    const signals = [down, ...objects(web, service)]
    for (const order of [signals, signals.toReversed()])
      expect(opened(order).map((c) => c.key)).toEqual(['c/n/Deployment/web/Check'])
  })

  it('is its own where nothing, or more than one, is selected', () => {
    expect(opened([down]).map((c) => c.key)).toEqual(['c/n/Service/shop/Check'])
    const two = { ...web, metadata: { ...web.metadata, name: 'two', uid: 'e' } }
    expect(opened([down, ...objects(web, two, service)]).map((c) => c.key)).toEqual([
      'c/n/Service/shop/Check',
    ])
  })

  it('goes over to the workload when that becomes known, and says so under the former key', () => {
    const machine = machineOf([down])
    machine.settle(null, [])
    for (const signal of objects(web, service)) machine.apply(signal, SOURCE)
    const { contexts } = machine.settle(null, [])
    expect(contexts.map(({ key, movedTo }) => [key, movedTo])).toEqual(
      expect.arrayContaining([
        ['c/n/Deployment/web/Check', undefined],
        ['c/n/Service/shop/Check', 'c/n/Deployment/web/Check'],
      ]),
    )
  })

  it('is taken in by what breaks the workload', () => {
    const contexts = opened([
      backOff,
      ...objects(web, service),
      measured('Down', true, 1, { of: SERVICE }),
    ])
    expect(contexts.map((c) => c.key)).toEqual(['c/n/Deployment/web/Crash'])
    expect(contexts[0]?.reasons.map((r) => r.reason)).toEqual(['BackOff', 'Down'])
  })
})

it('what is only observed opens nothing, and is shown beside what its owner has', () => {
  const memory = measured('Memory', true, 0)
  expect(contextsOf([memory])).toEqual([])
  const [context] = opened([
    backOff,
    memory,
    measured('Memory', false, 1),
    measured('Memory', true, 2),
  ])
  expect(context?.observations).toMatchObject([
    { source: 'httpcheck', reason: 'Memory', count: 2, quality: 'exact', example: 'bad at 2' },
  ])
  const cited = context?.evidence.map(({ id }) => id)
  expect(cited).toContain(context?.observations?.[0]?.evidence)
  expect(
    opened([backOff, measured('Memory', true, -60), measured('Memory', false, -30)])[0],
  ).not.toHaveProperty('observations')
})

it('of a namespace only so many are kept', () => {
  const many = Array.from({ length: 2_100 }, (_, i) =>
    measured('Memory', true, i, { of: { ...POD, name: `p-${i}`, uid: `p-${i}` } }),
  )
  const machine = machineOf(many)
  machine.settle(null, [])
  const kept = [...machine.snapshot()].filter(
    ([name, text]) => name.startsWith('x:') && text !== '',
  )
  expect(kept.length).toBeLessThanOrEqual(2_000)
})

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
