import type { Claim, Stored, Write } from '@kubesift/adapter-redis'
import { encodeBundle, encodeChunk, readSignals } from '@kubesift/adapter-signals'
import type { Catalogue, Context, ProblemRule, Progress, Signal } from '@kubesift/contracts'
import { Classifier, NO_CLOCK, RETIRE_AFTER_MS } from '@kubesift/core-context'
import { describe, expect, test } from 'vitest'
import type { Applied, HeldOptions } from './held-options.ts'
import { HeldPartition } from './held-partition.ts'

const rule = (problem: string, reason: string): ProblemRule => ({
  problem,
  severity: 'P2',
  title: '{owner}',
  events: [{ reason: [reason], type: 'Warning' }],
  states: [],
  absorbs: [],
  opens: { count: 1 },
  recovery: 'none',
  stability: 60_000,
  ttl: 3_600_000,
})
const catalogue: Catalogue = {
  problems: [rule('CrashLoop', 'BackOff'), rule('ImagePull', 'Failed')],
  ignore: [],
  hash: 'test',
}
const AT = Date.UTC(2026, 10, 26, 12)
const REFRESH_MS = 10_000

/** What Redis keeps of one partition, as far as these tests ask for it. */
class Kept {
  readonly writes: Write[] = []
  load(_partition: number, ids: readonly string[]): Promise<Map<string, Stored>> {
    return Promise.resolve(new Map(ids.map((id) => [id, { fields: [], chunks: [] }])))
  }
  write(_claim: Pick<Claim, 'partition' | 'token'>, write: Write): Promise<void> {
    this.writes.push(write)
    return Promise.resolve()
  }
  published(): Promise<void> {
    return Promise.resolve()
  }
}

const claim: Claim = {
  partition: 0,
  token: '1',
  epoch: 1,
  next: null,
  clock: NO_CLOCK,
  pending: [],
  timers: new Map(),
}

let offset = 0
const of = (value: Buffer): Applied => {
  const read = readSignals(value)
  if (!read.ok) throw new Error(read.why)
  return { offset: offset++, value: read.value, traceparent: undefined }
}

const told = (signal: Signal): Applied => {
  const source = { topic: 'otel-logs', partition: 0 }
  const chunk = { kind: 'chunk' as const, cluster: 'c', namespace: 'shop', source }
  return of(encodeBundle([encodeChunk({ ...chunk, signals: [signal] })]))
}

const event = (uid: string, reason: string, n = 1): Applied =>
  told({
    t: 'event',
    event: {
      uid,
      involved: { kind: 'Deployment', namespace: 'shop', name: 'web' },
      reason,
      type: 'Warning',
      message: reason,
      firstAt: AT,
    },
    tellings: [{ n, at: AT, offset: n, repeats: 1 }],
  })

const again = (uid: string, n: number): Applied =>
  told({ t: 'again', uid, tellings: [{ n, at: AT + n, offset: n, repeats: 1 }] })

const progress = (seconds: number): Applied => {
  const message: Progress = {
    kind: 'progress',
    topic: 'otel-logs',
    partitions: 1,
    writtenAt: AT + seconds * 1_000,
    reports: [{ partition: 0, next: 1, caughtUp: true, asOf: AT, clusters: {} }],
  }
  return of(Buffer.from(JSON.stringify(message)))
}

const optionsOf = (kept: Kept): HeldOptions => ({
  store: kept,
  classifier: new Classifier(catalogue),
  cachedNamespaces: 10,
  retireAfterMs: RETIRE_AFTER_MS,
  latenessMs: 0,
  blindMs: 360_000,
  refreshMs: REFRESH_MS,
})

const held = (kept = new Kept()): HeldPartition => new HeldPartition(optionsOf(kept), claim)

const countsOf = async (partition: HeldPartition, ...records: Applied[]): Promise<number[]> =>
  (await partition.apply(records)).map(({ occurrenceCount }) => occurrenceCount)

describe('what is open already', () => {
  test('is published at once when it opens, and its counts when they have waited for REFRESH_MS', async () => {
    const partition = held()
    expect(await countsOf(partition, event('a', 'BackOff'))).toEqual([1])
    expect(await countsOf(partition, again('a', 2))).toEqual([])
    expect(await countsOf(partition, progress(1))).toEqual([2])
    expect(await countsOf(partition, again('a', 3), progress(2))).toEqual([])
    expect(await countsOf(partition, progress(10.9))).toEqual([])
    expect(await countsOf(partition, progress(11))).toEqual([3])
    expect(await countsOf(partition, progress(30))).toEqual([])
  })

  test('lets another Event of its problem wait, too, and another problem not', async () => {
    const partition = held()
    await partition.apply([event('a', 'BackOff'), progress(1)])
    expect(await countsOf(partition, event('b', 'BackOff', 4))).toEqual([])
    expect(await countsOf(partition, event('c', 'Failed'))).toEqual([5, 1])
  })

  test('is not kept waiting by a clock that was set back', async () => {
    const partition = held()
    await partition.apply([event('a', 'BackOff'), progress(3_600)])
    expect(await countsOf(partition, again('a', 2), progress(1))).toEqual([2])
  })
})

describe('a namespace in which many are open', () => {
  const owner = (i: number, n: number): Applied =>
    told({
      t: 'event',
      event: {
        uid: `u${i}`,
        involved: { kind: 'Deployment', namespace: 'shop', name: `web${i}` },
        reason: 'BackOff',
        type: 'Warning',
        message: 'x',
        firstAt: AT,
      },
      tellings: [{ n, at: AT + n, offset: n, repeats: 1 }],
    })
  const all = (n: number): Applied[] => Array.from({ length: 100 }, (_, i) => owner(i, n))

  test('has its openings told at once, and its counts in parts: each once, none lost', async () => {
    const partition = held()
    expect(await partition.apply(all(1))).toHaveLength(100)
    expect(await partition.apply(all(2))).toEqual([])
    const parts: number[] = []
    const keys = new Set<string>()
    for (let second = 1; second <= 11; second += 1) {
      const contexts = await partition.apply([progress(second)])
      parts.push(contexts.length)
      for (const { key, occurrenceCount } of contexts) {
        expect(occurrenceCount).toBe(2)
        keys.add(key)
      }
    }
    expect([keys.size, parts.reduce((a, b) => a + b, 0)]).toEqual([100, 100])
    expect(Math.max(...parts)).toBeLessThanOrEqual(20)
  })

  test('is not forgotten by a crash in the middle of a round', async () => {
    const kept = new Kept()
    const partition = held(kept)
    await partition.apply(all(1))
    await partition.apply([...all(2), progress(1)])
    const stale = kept.writes.at(-1)?.namespaces[0]?.timer.stale
    expect(stale).toBe(true)
  })
})

describe('what is written of a batch', () => {
  test('is what came, byte for byte, with the clock only where it has moved', async () => {
    const kept = new Kept()
    const partition = held(kept)
    const first = event('a', 'BackOff')
    await partition.apply([first])
    await partition.apply([progress(1)])
    const raw = first.value.kind === 'chunks' ? first.value.chunks[0]?.raw : undefined
    expect(kept.writes[0]?.namespaces[0]).toMatchObject({
      id: 'c/shop',
      chunks: [raw],
      saved: false,
    })
    expect(kept.writes[0]).not.toHaveProperty('clock')
    expect(kept.writes[1]?.clock?.sources).toHaveProperty(['otel-logs/0'])
  })
})

describe('a cluster that is not seen any more', () => {
  const seen = (minutes: number, home = 0): Applied => {
    const asOf = AT + minutes * 60_000
    const clusters = { c: { objectsFrom: AT, objectsAt: AT, objectsArrivedAt: AT, home } }
    const message: Progress = {
      kind: 'progress',
      topic: 'otel-logs',
      partitions: 1,
      writtenAt: asOf,
      reports: [{ partition: 0, next: 1, caughtUp: true, asOf, clusters }],
    }
    return of(Buffer.from(JSON.stringify(message)))
  }

  test('is told once, by the partition that decides for it', async () => {
    const partition = held()
    expect(await partition.apply([seen(1)])).toEqual([])
    const [context, ...others] = await partition.apply([seen(7)])
    expect(context).toMatchObject({
      key: 'c//Cluster/c/Blind',
      spells: [{ from: AT, recovery: null }],
    })
    expect(others).toEqual([])
    expect(await partition.apply([seen(8)])).toEqual([])
    expect(await held().apply([seen(7, 5)])).toEqual([])
  })

  test('is told again by the next holder, should it not have been published', async () => {
    const kept = new Kept()
    const partition = held(kept)
    await partition.apply([seen(7)])
    const { next, namespaces, clock } = kept.writes.at(-1)!
    const pending = namespaces.filter((n) => n.publish).map((n) => n.id)
    expect(pending).toEqual(['c/'])
    const successor = new HeldPartition(optionsOf(kept), { ...claim, next, pending, clock: clock! })
    const left: Context[] = []
    for await (const some of successor.unpublished()) left.push(...some)
    expect(left.map((c) => c.key)).toEqual(['c//Cluster/c/Blind'])
  })
})
