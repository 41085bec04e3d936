import type {
  Catalogue,
  EventSignal,
  PatternSignal,
  Signal,
  SignalChunk,
} from '@kubesift/contracts'
import { ChunkBuilder } from '@kubesift/core-signal'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Classifier } from './classify.ts'
import type { Derived } from './derive.ts'
import { NamespaceMachine } from './machine.ts'

const AT = Date.UTC(2026, 10, 21, 1)
const MIN = 60_000
const SOURCE = { topic: 'otel-logs', partition: 0 }

const problem = (name: string, reason: string, opens: Catalogue['problems'][number]['opens']) => ({
  problem: name,
  title: '{owner}',
  severity: 'P3' as const,
  events: [{ reason: [reason] }],
  states: [],
  absorbs: [],
  opens,
  recovery: 'none' as const,
  stability: MIN,
  ttl: 30 * MIN,
})
const classifier = new Classifier({
  problems: [
    problem('Boom', 'Boom', { count: 1 }),
    problem('Network', 'FlowDenied', { count: 10, span: 30_000 }),
  ],
  ignore: [],
  hash: 'h',
})

const POD = 'web-5d6b7c8d9f-bcdfg'
interface Said {
  readonly id?: string
  readonly reason?: string
  readonly pod?: string
  readonly offset: number
  readonly n?: number
  /** Seconds. */
  readonly at?: number
}
const pattern = ({
  id = 'a',
  reason = 'LogError',
  pod = POD,
  offset,
  n = 1,
  at = 0,
}: Said): PatternSignal => ({
  t: 'pattern',
  offsets: [offset],
  repeats: 1,
  pattern: {
    id: `${pod}/${id}`,
    source: reason === 'LogError' ? 'log' : 'hubble',
    reason,
    involved: { kind: 'Pod', namespace: 'n', name: pod },
    text: `text of ${id}`,
  },
  example: `line ${offset} of ${id}`,
  heard: [{ offset, n, from: AT + at * 1_000, at: AT + at * 1_000 }],
})
const boom = (n = 1): EventSignal => ({
  t: 'event',
  event: {
    uid: 'u',
    involved: { kind: 'Pod', namespace: 'n', name: POD },
    reason: 'Boom',
    type: 'Warning',
    message: 'm',
    firstAt: AT,
  },
  tellings: [{ n, at: AT + n, offset: n, repeats: 1 }],
})

const machineOf = (...signals: Signal[]): NamespaceMachine => {
  const machine = new NamespaceMachine('c', 'n', classifier)
  for (const signal of signals) machine.apply(signal, SOURCE)
  return machine
}
const contextIn = (machine: NamespaceMachine, name = 'Boom'): Derived | undefined =>
  machine.all(AT + 60 * MIN, []).contexts.find((c) => c.problem === name)

describe('patterns', () => {
  test('alone open nothing, however many', () => {
    const machine = machineOf(pattern({ offset: 1, n: 10_000 }))
    expect(machine.settle(AT + MIN, []).contexts).toEqual([])
    expect(machine.all(null, []).contexts).toEqual([])
  })

  test('are observations of the owner that is in trouble, counted, with the newest line, as evidence', () => {
    const context = contextIn(
      machineOf(
        boom(),
        pattern({ offset: 1, n: 3, at: 1 }),
        pattern({ offset: 2, n: 2, at: 9 }),
        pattern({ id: 'b', pod: 'web-5d6b7c8d9f-zzzzz', offset: 2, n: 7, at: 5 }),
        pattern({ id: 'c', pod: 'db-0', offset: 2, n: 70, at: 5 }),
        pattern({ id: 'old', offset: 3, n: 99, at: -3_600 }),
      ),
    )
    expect(context?.observations).toMatchObject([
      { text: 'text of b', count: 7, object: { name: 'web-5d6b7c8d9f-zzzzz' } },
      {
        source: 'log',
        reason: 'LogError',
        text: 'text of a',
        count: 5,
        quality: 'exact',
        firstAt: AT + 1_000,
        lastAt: AT + 9_000,
        example: 'line 2 of a',
      },
    ])
    const cited = context?.evidence.map((e) => e.id)
    expect(context?.observations?.every((o) => cited?.includes(o.evidence))).toBe(true)
    expect(context).toMatchObject({ occurrenceCount: 1, reasons: [{ reason: 'Boom' }] })
  })

  test('that the catalogue claims are symptoms, from its threshold on, with an exact count', () => {
    const drops = Array.from({ length: 40 }, (_, i) =>
      pattern({ reason: 'FlowDenied', offset: i, at: i * 5 }),
    )
    expect(machineOf(...drops.slice(0, 9)).settle(AT, []).contexts).toEqual([])
    const [context] = machineOf(...drops).settle(AT, []).contexts
    expect(context).toMatchObject({
      problem: 'Network',
      owner: { kind: 'Deployment', name: 'web' },
      occurrenceCount: 40,
      countQuality: 'exact',
      reasons: [{ reason: 'FlowDenied', type: 'Log', count: 40 }],
      spells: [{ from: AT, openedAt: AT + 45_000, count: 40 }],
    })
  })

  test('beside what is open wait for the next refresh, and are kept through a restart', () => {
    const machine = machineOf(boom())
    machine.settle(AT, [])
    machine.apply(pattern({ offset: 2, n: 3 }), SOURCE)
    const waiting = machine.settle(null, [], 0)
    expect([waiting.contexts, waiting.stale]).toEqual([[], true])
    const fields = new Map([...machine.snapshot(), ...waiting.fields])
    const loaded = new NamespaceMachine('c', 'n', classifier)
    loaded.load(fields, [{ source: SOURCE, signals: [pattern({ offset: 2, n: 3 })] }])
    expect(loaded.settle(null, []).contexts).toMatchObject([{ observations: [{ count: 3 }] }])
  })

  test('of one pod are few; the rest are counted together', () => {
    const many = Array.from({ length: 50 }, (_, i) => pattern({ id: `p${i}`, offset: i, n: 1 }))
    const context = contextIn(machineOf(boom(), ...many))
    expect(context?.observations?.[0]).toMatchObject({
      reason: 'Others',
      count: 30,
      quality: 'aggregated',
    })
    expect(context?.evidence.length).toBeLessThanOrEqual(24)
  })

  test('of a namespace are bounded: those that were not heard of for longest are forgotten, from the stored state too', () => {
    const machine = machineOf(boom())
    machine.settle(AT, [])
    const fields = new Map<string, string>()
    for (let i = 0; i < 2_500; i += 1) {
      machine.apply(pattern({ id: `p${i}`, pod: `pod-${i}-x`, offset: i, at: i }), SOURCE)
      if (i % 100 === 0) for (const [k, v] of machine.snapshot()) fields.set(k, v)
    }
    machine.settle(AT, [])
    for (const [k, v] of machine.snapshot()) fields.set(k, v)
    const kept = [...fields].filter(([k, v]) => k.startsWith('x:') && v !== '')
    expect(kept.length).toBeLessThanOrEqual(2_000)
    expect(kept.some(([k]) => k.endsWith('p2499'))).toBe(true)
    const loaded = new NamespaceMachine('c', 'n', classifier)
    loaded.load(fields)
    expect(loaded.all(AT, []).contexts).toEqual(machine.all(AT, []).contexts)
  })
})

/** What one raw record of a partition holds: lines, by pattern. */
const aLog = fc.array(fc.array(fc.constantFrom('a', 'b', 'c'), { maxLength: 6 }), {
  minLength: 1,
  maxLength: 30,
})

const chunksOf = (log: readonly string[][], from: number, to: number): SignalChunk[] => {
  const builder = new ChunkBuilder()
  log.slice(from, to).forEach((ids, i) => {
    for (const id of ids) builder.add('c', 'n', pattern({ id, offset: from + i }))
  })
  // so small that each signal is a chunk of its own
  return builder.build(SOURCE, 300)
}

test('a redelivery, cut in other batches and begun anew anywhere before, counts no line twice and loses none', () => {
  fc.assert(
    fc.property(aLog, fc.array(fc.tuple(fc.nat(), fc.nat()), { maxLength: 8 }), (log, reads) => {
      const machine = machineOf(boom())
      let done = 0
      const read = (from: number, to: number): void => {
        for (const chunk of chunksOf(log, from, to))
          for (const signal of chunk.signals) machine.apply(signal, chunk.source)
        done = Math.max(done, to)
      }
      // Each reading begins no later than where the last ended, as a consumer does.
      for (const [start, length] of reads) {
        const from = start % (done + 1)
        read(from, Math.min(log.length, from + (length % 12)))
      }
      read(done, log.length)
      const wanted = ['a', 'b', 'c'].flatMap((id) => {
        const n = log.flat().filter((other) => other === id).length
        return n === 0 ? [] : [[`text of ${id}`, n]]
      })
      const found = (contextIn(machine)?.observations ?? []).map((o) => [o.text, o.count])
      expect(found.toSorted()).toEqual(wanted.toSorted())
    }),
  )
})
