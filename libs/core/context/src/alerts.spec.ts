import type { AlertSignal, Catalogue, Context, EventSignal, Signal } from '@kubesift/contracts'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { alertFact, joinAlert, type AlertFact } from './alert-fact.ts'
import { Classifier } from './classify.ts'
import type { Derived } from './derive.ts'
import { NamespaceMachine } from './machine.ts'

const SOURCE = { topic: 'otel-logs', partition: 0 }
const AT = Date.UTC(2026, 10, 21, 1)
const MIN = 60_000

const rule = (problem: string, reason: string[], opens = { count: 1 }) => ({
  problem,
  title: '{owner}',
  severity: 'P3' as const,
  events: reason.length === 0 ? [] : [{ reason }],
  states: [],
  absorbs: problem === 'Crash' ? ['Missing'] : [],
  opens,
  recovery: 'workload' as const,
  stability: MIN,
  ttl: 30 * MIN,
})
const catalogue: Catalogue = {
  problems: [rule('Crash', ['BackOff'], { count: 100 }), rule('Missing', [])],
  ignore: [],
  alerts: [
    { name: ['Beat'], ignore: 'a heartbeat' },
    { name: ['Loop'], problem: 'Crash' },
    { name: ['*'], label: ['critical'], problem: 'Missing', severity: 'P1' },
    { name: ['*'], problem: 'Missing' },
  ],
  hash: 'h',
}
const classifier = new Classifier(catalogue)

interface Said {
  readonly name?: string
  readonly print?: string
  readonly from?: number
  readonly to?: number
  readonly told: number
  readonly severity?: string
}
const alert = ({
  name = 'Loop',
  print = 'f',
  from = 0,
  to,
  told,
  severity,
}: Said): AlertSignal => ({
  t: 'alert',
  offsets: [told],
  repeats: 1,
  toldAt: AT + told * MIN,
  alert: {
    fingerprint: print,
    name,
    ...(severity === undefined ? {} : { severity }),
    involved: { kind: 'Pod', namespace: 'n', name: 'web-5d6b7c8d9f-bcdfg' },
    message: `${name} since ${from}`,
    startsAt: AT + from * MIN,
    ...(to === undefined ? {} : { endsAt: AT + to * MIN }),
  },
})

const backOff = (n: number): EventSignal => ({
  t: 'event',
  event: {
    uid: 'u',
    involved: { kind: 'Pod', namespace: 'n', name: 'web-5d6b7c8d9f-bcdfg' },
    reason: 'BackOff',
    type: 'Warning',
    message: 'm',
    firstAt: AT,
  },
  tellings: [{ n, at: AT + MIN, offset: 1, repeats: 1 }],
})

/** What is known when everything until that minute is. */
const at = (minute: number, ...signals: Signal[]): Map<string, Derived> => {
  const machine = new NamespaceMachine('c', 'n', classifier)
  for (const signal of signals) machine.apply(signal, SOURCE)
  const { contexts } = machine.settle(AT + minute * MIN, [])
  return new Map(contexts.map((context) => [`${context.owner.name} ${context.problem}`, context]))
}
const spellsOf = (context: Derived | undefined): Context['spells'] => context?.spells ?? []

describe('alerts', () => {
  test('open at once, for the owner of what they are about, whatever its problem asks of Events', () => {
    const context = at(1, alert({ told: 1 })).get('web Crash')
    expect(spellsOf(context)).toMatchObject([{ openedAt: AT, recovery: null, count: 1 }])
    expect(context).toMatchObject({
      occurrenceCount: 1,
      reasons: [{ reason: 'Loop', type: 'Alert', source: 'state', count: 1 }],
      evidence: [{ kind: 'event', text: 'alert Loop for Pod/web-5d6b7c8d9f-bcdfg: Loop since 0' }],
      objects: [{ kind: 'Pod', name: 'web-5d6b7c8d9f-bcdfg' }],
    })
  })

  test('beside Events of the same problem are one more reason, and no occurrence', () => {
    const contexts = at(2, backOff(7), alert({ told: 2, from: 1 }))
    expect([...contexts.keys()]).toEqual(['web Crash'])
    expect(contexts.get('web Crash')).toMatchObject({
      occurrenceCount: 7,
      reasons: [{ reason: 'BackOff' }, { reason: 'Loop' }],
      spells: [{ openedAt: AT + MIN, count: 7 }],
    })
  })

  test('of a problem that another takes in go to that', () => {
    const contexts = at(
      9,
      alert({ told: 1 }),
      alert({ name: 'Other', print: 'g', from: 2, told: 3 }),
    )
    expect([...contexts.keys()]).toEqual(['web Crash'])
    expect(contexts.get('web Crash')?.reasons.map((r) => r.reason)).toEqual(['Loop', 'Other'])
  })

  test('are over when all of them are resolved, and that has held', () => {
    const both = [
      alert({ told: 1 }),
      alert({ print: 'g', from: 2, told: 3 }),
      alert({ told: 5, to: 4 }),
    ]
    expect(spellsOf(at(60, ...both).get('web Crash'))).toMatchObject([{ recovery: null }])
    const all = [...both, alert({ print: 'g', from: 2, told: 9, to: 8 })]
    expect(spellsOf(at(8.5, ...all).get('web Crash'))).toMatchObject([{ recovery: null }])
    expect(spellsOf(at(9, ...all).get('web Crash'))).toMatchObject([
      {
        count: 2,
        recovery: {
          at: AT + 8 * MIN,
          by: 'recovered',
          why: 'all its alerts are resolved, stable for 60 s until 01:09:00Z',
        },
      },
    ])
  })

  test('that fire again are another stretch', () => {
    const signals = [alert({ told: 2, to: 2 }), alert({ from: 40, told: 41 })]
    expect(spellsOf(at(60, ...signals).get('web Crash'))).toMatchObject([
      { from: AT, recovery: { at: AT + 2 * MIN } },
      { from: AT + 40 * MIN, recovery: null },
    ])
  })

  test('that are not told of for a day have ended unseen, and not before', () => {
    const signals = [alert({ told: 1 }), alert({ told: 300 })]
    expect(spellsOf(at(24 * 60 + 299, ...signals).get('web Crash'))).toMatchObject([
      { recovery: null },
    ])
    expect(spellsOf(at(24 * 60 + 300, ...signals).get('web Crash'))).toMatchObject([
      { recovery: { by: 'ttl' } },
    ])
  })

  test('that have fired for days when they are heard of first are open', () => {
    const context = at(5, alert({ from: -3 * 24 * 60, told: 1 })).get('web Crash')
    expect(spellsOf(context)).toMatchObject([{ openedAt: AT - 3 * 24 * 60 * MIN, recovery: null }])
    const another = alert({ print: 'g', from: -60, to: -30, told: 1 })
    const beside = at(5, alert({ from: -3 * 24 * 60, told: 1 }), another).get('web Crash')
    expect(spellsOf(beside)).toMatchObject([{ openedAt: AT - 3 * 24 * 60 * MIN, recovery: null }])
    expect(
      spellsOf(at(5 + 24 * 60, alert({ from: -3 * 24 * 60, told: 1 })).get('web Crash')),
    ).toMatchObject([{ recovery: { by: 'ttl', at: AT + (1 + 24 * 60) * MIN } }])
  })

  test('that are told again after they were given up are open again', () => {
    const machine = new NamespaceMachine('c', 'n', classifier)
    machine.apply(alert({ told: 1 }), SOURCE)
    const day = 24 * 60
    expect(machine.settle(AT + (day + 5) * MIN, []).contexts).toMatchObject([
      { spells: [{ recovery: { by: 'ttl' } }] },
    ])
    machine.apply(alert({ told: 2 * day }), SOURCE)
    const { contexts } = machine.settle(AT + (2 * day + 5) * MIN, [])
    expect(contexts[0]?.spells.at(-1)).toMatchObject({
      openedAt: AT + 2 * day * MIN,
      recovery: null,
    })
  })

  test('of one set of labels are one alert: who says another beginning says how it is now', () => {
    const ofTwo = [alert({ told: 1 }), alert({ from: 2, told: 3 })]
    expect(spellsOf(at(60, ...ofTwo).get('web Crash'))).toMatchObject([{ recovery: null }])
    for (const last of [
      alert({ from: 2, told: 9, to: 8 }),
      alert({ from: -1, told: 9, to: 8 }),
      alert({ told: 9, to: 8 }),
    ])
      expect(spellsOf(at(60, ...ofTwo, last).get('web Crash'))).toMatchObject([
        { from: expect.any(Number), recovery: { at: AT + 8 * MIN, by: 'recovered' } },
      ])
  })

  test('say how bad it is where only they speak of it', () => {
    const severities = (signals: Signal[]) => at(5, ...signals).get('web Missing')?.severity
    const critical = alert({ name: 'X', severity: 'critical', told: 1 })
    expect(severities([critical])).toBe('P1')
    expect(severities([alert({ name: 'Y', print: 'y', severity: 'warning', told: 1 })])).toBe('P3')
  })

  test('that are a heartbeat open nothing, and are counted', () => {
    const machine = new NamespaceMachine('c', 'n', classifier)
    machine.apply(alert({ name: 'Beat', told: 1 }), SOURCE)
    expect(machine.settle(AT + MIN, []).contexts).toEqual([])
    expect(machine.all(null, [])).toEqual({
      contexts: [],
      ignored: [{ reason: 'Beat', count: 1, why: 'a heartbeat', owner: 'Deployment/web' }],
    })
  })

  test('are the same when the state is loaded, from a snapshot or from what came', () => {
    const signals = [alert({ told: 1 }), alert({ told: 5, to: 4 })]
    const machine = new NamespaceMachine('c', 'n', classifier)
    for (const signal of signals) machine.apply(signal, SOURCE)
    const of = (m: NamespaceMachine) => m.all(AT + 60 * MIN, []).contexts
    const told = of(machine)
    const fields = machine.snapshot()
    const loaded = new NamespaceMachine('c', 'n', classifier)
    loaded.load(fields, [{ source: SOURCE, signals }])
    expect(of(loaded)).toEqual(told)
    expect(told).toMatchObject([{ spells: [{ recovery: { by: 'recovered' } }] }])
  })
})

describe('joining alerts', () => {
  const anAlert: fc.Arbitrary<AlertFact> = fc
    .record({
      from: fc.oneof(fc.nat(3), fc.nat(200)),
      told: fc.nat(6),
      to: fc.option(fc.nat(5), { nil: undefined }),
      severity: fc.constantFrom('critical', 'warning'),
    })
    .map(({ from, told, to, severity }) =>
      alertFact(alert({ from, told, severity, ...(to === undefined ? {} : { to }) }), SOURCE),
    )
  const facts = fc.array(anAlert, { minLength: 1, maxLength: 90 })
  const join = (all: readonly AlertFact[]) => all.reduce(joinAlert)

  test('is commutative, associative and idempotent', () => {
    fc.assert(
      fc.property(facts, fc.nat(), (all, seed) => {
        const whole = join(all)
        const cut = seed % all.length
        const parts = [all.slice(cut), all.slice(0, cut)].filter((p) => p.length > 0).map(join)
        expect(join(parts)).toEqual(whole)
        expect(join([...all].reverse())).toEqual(whole)
        expect(joinAlert(whole, whole)).toEqual(whole)
        expect(joinAlert(whole, all[cut]!)).toEqual(whole)
      }),
    )
  })
})
