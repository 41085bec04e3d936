import { decodeLogsJson } from '@kubesift/adapter-otlp'
import { loadCatalogue } from '@kubesift/adapter-rules'
import type { EventSignal, Signal } from '@kubesift/contracts'
import { Classifier, NamespaceMachine, type Settled } from '@kubesift/core-context'
import { fromLogRecord } from '@kubesift/core-signal'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { requestsOf } from './scenario.ts'

const classifier = new Classifier(
  loadCatalogue(new URL('../../rules/problems', import.meta.url).pathname),
)
const SOURCE = { topic: 'otel-logs', partition: 0 }
const SETTLE_MS = 15 * 60_000

interface Recording {
  readonly namespace: string
  readonly signals: readonly Signal[]
  readonly newest: number
}

/** The signals of the busiest namespace of a recording. */
const recording = (scenario: string): Recording => {
  const byNamespace = new Map<string, Signal[]>()
  let newest = 0
  let offset = 0
  for (const { line } of requestsOf(scenario)) {
    for (const record of decodeLogsJson(line).records) {
      const read = fromLogRecord(record, { offset: offset++ })
      if (!read.ok || !('signal' in read)) continue
      byNamespace.set(read.namespace, [...(byNamespace.get(read.namespace) ?? []), read.signal])
      newest = Math.max(newest, record.observedMs ?? record.timeMs ?? 0)
    }
  }
  const [namespace, signals] = [...byNamespace].sort((a, b) => b[1].length - a[1].length)[0]!
  return { namespace, signals, newest }
}

/** What a store keeps: fields, and the chunks that came after them. */
class Stored {
  readonly fields = new Map<string, string>()
  chunks: { source: typeof SOURCE; signals: readonly Signal[] }[] = []

  keep(fields: Iterable<readonly [string, string]>): void {
    for (const [name, value] of fields) this.fields.set(name, value)
  }
}

const machineOf = (rec: Recording, stored = new Stored()): NamespaceMachine => {
  const machine = new NamespaceMachine('lab', rec.namespace, classifier)
  machine.load(
    stored.fields,
    stored.chunks.map(({ source, signals }) => ({ source, signals: [...signals] })),
  )
  return machine
}

/** As `normalise` sends them: whole once, and then again by name, as long as one text is all that there is of an Event. */
const asSent = (signals: readonly Signal[]): Signal[] => {
  const texts = new Map<string, Set<string>>()
  for (const signal of signals)
    if (signal.t === 'event') {
      const { uid, message } = signal.event
      texts.set(uid, (texts.get(uid) ?? new Set()).add(message))
    }
  const told = new Set<string>()
  return signals.map((signal) => {
    if (signal.t !== 'event') return signal
    const { uid, combined } = signal.event
    const head = JSON.stringify(signal.event)
    const isKnown = told.has(head) && combined !== true && texts.get(uid)?.size === 1
    told.add(head)
    return isKnown ? { t: 'again', uid, tellings: signal.tellings } : signal
  })
}

const underAnotherUid = (signal: EventSignal): EventSignal => ({
  ...signal,
  event: { ...signal.event, uid: `${signal.event.uid}-late` },
})

/** What can be compared between runs: the causing record depends on the order by its nature. */
const essence = (contexts: Settled['contexts']) =>
  contexts
    .map(({ cause: _cause, evidence, ...rest }) => ({
      ...rest,
      evidence: evidence.map(({ records: _records, ...e }) => e),
    }))
    .sort((a, b) => (a.key < b.key ? -1 : 1))

const finalOf = (machine: NamespaceMachine, newest: number) =>
  essence(machine.republish(newest + SETTLE_MS, []).filter((c) => c.movedTo === undefined))

const factsIn = (fields: ReadonlyMap<string, string>): Map<string, unknown> =>
  new Map(
    [...fields]
      .filter(([name]) => name.startsWith('e:'))
      .map(([name, value]) => [name, JSON.parse(value)]),
  )

const shuffled = <T>(items: readonly T[], seed: number): T[] => {
  let state = seed | 1
  const random = (): number => {
    state = Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + 0x297a2d39
    return ((state ^ (state >>> 12)) >>> 0) / 2 ** 32
  }
  return items
    .map((item) => ({ item, at: random() }))
    .sort((a, b) => a.at - b.at)
    .map(({ item }) => item)
}

describe.each([
  'crashloop-bad-rollout',
  'probes-failing',
  'oomkilled',
  'quota-hpa-pdb',
  'failed-scheduling',
])('the facts of %s', (scenario) => {
  const rec = recording(scenario)
  const sent = asSent(rec.signals)
  const straight = machineOf(rec)
  for (const signal of rec.signals) straight.apply(signal, SOURCE)
  straight.settle(rec.newest + SETTLE_MS, [])
  const expected = finalOf(straight, rec.newest)
  const expectedFacts = factsIn(straight.snapshot())

  test('give the same contexts in any order, with any duplicates, in any batches, through any number of crashes', () => {
    expect(expected.length).toBeGreaterThan(0)
    fc.assert(
      fc.property(
        fc.integer(),
        fc.array(fc.nat(), { maxLength: 6 }),
        fc.array(fc.nat(), { maxLength: 20 }),
        fc.constantFrom(rec.signals, sent),
        (seed, cuts, repeats, signals) => {
          const doubled = [...signals, ...repeats.map((i) => signals[i % signals.length]!)]
          const order = shuffled(doubled, seed)
          const ends = [...cuts.map((c) => c % order.length), order.length].sort((a, b) => a - b)
          const stored = new Stored()
          const published = new Map<string, Settled['contexts'][number]>()
          const take = ({ contexts, fields }: Settled): void => {
            for (const context of contexts) published.set(context.key, context)
            stored.keep(fields)
          }
          let from = 0
          for (const [i, end] of ends.entries()) {
            // Each batch begins from what was stored, as after a kill; most leave repeats, or some of them, for later.
            const machine = machineOf(rec, stored)
            for (const signal of order.slice(from, end)) machine.apply(signal, SOURCE)
            take(machine.settle(null, [], [Infinity, 0, 1, 2][i % 4]))
            stored.chunks.push({ source: SOURCE, signals: order.slice(from, end) })
            if ((seed >>> i) % 2 === 1) {
              stored.keep(machine.snapshot())
              stored.chunks = []
            }
            from = end
          }
          const last = machineOf(rec, stored)
          take(last.settle(rec.newest + SETTLE_MS, []))
          const standing = [...published.values()].filter((c) => c.movedTo === undefined)
          expect(essence(standing)).toEqual(expected)
          expect(finalOf(last, rec.newest)).toEqual(expected)
          stored.keep(last.snapshot())
          expect(factsIn(stored.fields)).toEqual(expectedFacts)
        },
      ),
      { numRuns: 30 },
    )
  })

  test('tell of some Events again by name', () => {
    expect(sent.filter(({ t }) => t === 'again').length).toBeGreaterThan(0)
  })

  test('what the watermark has ended stays ended, however late a record comes', () => {
    const ended = straight
      .republish(rec.newest + SETTLE_MS, [])
      .flatMap((c) => c.spells.filter((s) => s.recovery !== null).map((s) => ({ key: c.key, s })))
    const late = machineOf(rec)
    for (const signal of rec.signals) late.apply(signal, SOURCE)
    late.settle(rec.newest + SETTLE_MS, [])
    for (const signal of rec.signals)
      if (signal.t === 'event') late.apply(underAnotherUid(signal), SOURCE)
    late.settle(rec.newest + SETTLE_MS, [])
    const after = new Map(late.republish(rec.newest + SETTLE_MS, []).map((c) => [c.key, c]))
    for (const { key, s } of ended) {
      const kept = after.get(key)?.spells.find((x) => x.from === s.from)
      expect(kept).toMatchObject({ to: s.to, openedAt: s.openedAt, recovery: s.recovery })
    }
  })
})
