import { createKafka, createProducer, ensureTopics } from '@kubesift/adapter-kafka'
import { loadCatalogue } from '@kubesift/adapter-rules'
import { connectRedis, ensureConnected, StateStore, type Claim } from '@kubesift/adapter-redis'
import {
  incidentContexts,
  namespaceKey,
  signals,
  tooLate,
  type Context,
  type ContextVersion,
} from '@kubesift/contracts'
import { Classifier } from '@kubesift/core-context'
import { testBacking, type TestBacking } from '@kubesift/testing'
import { expect, test } from 'vitest'
import { LostState } from './lost-state.ts'
import { RebuildProgress, type RebuildPart } from './rebuild-progress.ts'

const AT = Date.now() - 3_600_000
const NOW = 77
const RULES = new URL('../../../../rules/problems', import.meta.url)

/** A context of one Deployment, told at this version; it ended unless it `goesOn`. */
const context = (name: string, version: ContextVersion, goesOn = false): Context => ({
  key: `c/shop/Deployment/${name}/CrashLoop`,
  cluster: 'c',
  namespace: 'shop',
  owner: { kind: 'Deployment', name, by: 'objects' },
  problem: 'CrashLoop',
  title: name,
  severity: 'P2',
  severityTerms: [],
  reasons: [
    {
      reason: 'BackOff',
      type: 'Warning',
      source: 'event',
      count: 3,
      uids: 1,
      quality: 'exact',
      firstAt: AT,
      lastAt: AT,
      message: 'it backs off',
    },
  ],
  occurrenceCount: 3,
  countQuality: 'exact',
  firstSeenAt: AT,
  lastSeenAt: AT,
  objects: [],
  objectsTotal: 0,
  changes: [],
  states: { waiting: [], terminations: [], restarts: 0, notReady: 0, pods: 0 },
  evidence: [],
  spells: [
    {
      from: AT,
      to: AT,
      openedAt: AT,
      count: 3,
      recovery: goesOn ? null : { at: AT + 60_000, by: 'recovered', why: 'it is well' },
    },
  ],
  gaps: [],
  facets: [],
  touches: [],
  cause: { topic: 'otel-logs', partition: 0, offset: 0 },
  version,
  rulesHash: 'test',
  watermark: AT,
})

/** All that was ever told, in its order. */
class Steps extends RebuildProgress {
  readonly seen: RebuildPart[] = []

  override at(part: RebuildPart): void {
    this.seen.push(part)
    super.at(part)
  }
}

interface Scene {
  /** Records of the one partition of `signals`. */
  readonly signals: number
  readonly contexts?: readonly Context[]
  /** Values of `incident-contexts` that are none of ours; null: a tombstone. */
  readonly others?: readonly (readonly [key: string, value: string | null])[]
}

/** What an assembler finds that takes a partition without state. */
const restored = async (
  backing: TestBacking,
  { signals: records, contexts = [], others = [] }: Scene,
): Promise<{ claim: Claim; warnings: object[]; steps: RebuildPart[] }> => {
  const kafka = createKafka({
    brokers: backing.kafkaBrokers.split(','),
    clientId: 'test',
    topicPrefix: backing.topicPrefix,
  })
  const policy = { ...signals.policy, partitions: 1 }
  await ensureTopics(kafka, [{ topic: signals.topic, policy }, incidentContexts, tooLate])
  const producer = createProducer(kafka)
  await producer.publishRaw(
    signals.topic,
    Array.from({ length: records }, () => ({ value: Buffer.from('x') })),
  )
  await producer.publish(incidentContexts, contexts)
  await producer.publishRaw(
    incidentContexts.topic,
    others.map(([key, value]) => ({ key, value: value === null ? null : Buffer.from(value) })),
  )
  await producer.disconnect()
  const redis = connectRedis(backing.redisUrl)
  try {
    await ensureConnected(redis)
    const store = new StateStore(redis, `kubesift:${backing.topicPrefix}`)
    const warnings: object[] = []
    const rebuilds = new Steps()
    const lost = new LostState({
      kafka,
      store,
      classifier: new Classifier(loadCatalogue(RULES.pathname)),
      latenessMs: 120_000,
      rebuilds,
      now: () => NOW,
      log: { info: () => undefined, warn: (what) => void warnings.push(what) },
    })
    return { claim: await lost.restore(await store.claim(0)), warnings, steps: rebuilds.seen }
  } finally {
    redis.disconnect()
  }
}

test('says which contexts cannot be read, and outranks them all the same', async () => {
  await using backing = await testBacking()
  const newer = { schema: 'of another time', version: { epoch: 7, offset: 1 } }
  const { claim, warnings } = await restored(backing, {
    signals: 3,
    contexts: [context('web', { epoch: 1, offset: 1 })],
    others: [
      ['garbage', '\u0000{'],
      ['newer', JSON.stringify(newer)],
      ['c/shop/Deployment/gone/CrashLoop', null],
      ['__proto__', '{"version":{"epoch":"many"}}'],
    ],
  })
  expect(claim.epoch).toBe(8)
  expect(claim.rebuild?.until).toBe(2)
  expect(warnings).toEqual([{ unreadable: 3, first: expect.stringContaining('/') }])
})

test('takes a context that only a tombstone followed for nothing that is known, but its epoch for used', async () => {
  await using backing = await testBacking()
  const web = context('web', { epoch: 4, offset: 1 })
  const { claim } = await restored(backing, {
    signals: 3,
    contexts: [web],
    others: [[web.key, null]],
  })
  expect(claim.epoch).toBe(5)
  expect(claim.rebuild).toMatchObject({ until: 0, measured: [] })
  expect(claim.timers.size).toBe(0)
})

test('knows contexts of a topic that was made anew by their epoch, and is silent for those that came after', async () => {
  await using backing = await testBacking()
  const { claim } = await restored(backing, {
    signals: 10,
    contexts: [
      context('old', { epoch: 1, offset: 5_000 }),
      context('older', { epoch: 1, offset: 9 }),
      context('web', { epoch: 2, offset: 3 }, true),
    ],
  })
  expect(claim).toMatchObject({ epoch: 3, next: 0 })
  expect(claim.rebuild?.until).toBe(4)
  expect(claim.rebuild?.measured.map(({ at, context: { title } }) => [at, title])).toEqual([
    [3, 'web'],
  ])
  expect([...claim.timers.keys()]).toEqual([namespaceKey('c', 'shop')])
})

test('reads all of a topic that was made anew as news', async () => {
  await using backing = await testBacking()
  const { claim } = await restored(backing, {
    signals: 10,
    contexts: [context('old', { epoch: 1, offset: 5_000 })],
  })
  expect(claim).toMatchObject({ epoch: 2, next: 0 })
  // Nothing to wait for: it may be told at once.
  expect(claim.rebuild).toEqual({ until: 0, measured: [], since: NOW, from: 0 })
})

test('takes a cluster that was not seen for one that is not, as long as nothing says otherwise', async () => {
  await using backing = await testBacking()
  const name = '__proto__'
  const blind: Context = {
    ...context(name, { epoch: 1, offset: 5_000 }, true),
    key: `${name}//Cluster/${name}/Blind`,
    cluster: name,
    namespace: '',
    owner: { kind: 'Cluster', name, by: 'self' },
    problem: 'Blind',
  }
  const { claim } = await restored(backing, { signals: 10, contexts: [blind] })
  expect(Object.entries(claim.clock.blind ?? {})).toEqual([[name, blind.spells]])
})

test('says how far it is: what was published is read, and then written as the beginning', async () => {
  await using backing = await testBacking()
  const contexts = ['web', 'api'].map((name) => context(name, { epoch: 1, offset: 50 }))
  const { steps } = await restored(backing, { signals: 3, contexts })
  const part = { partition: 0, since: NOW }
  expect(steps).toEqual([
    { ...part, step: 'contexts', left: 2, of: 2 },
    { ...part, epoch: 2, step: 'beginning', left: 1, of: 1 },
  ])
})

test('is a first start where nothing was published', async () => {
  await using backing = await testBacking()
  const { claim } = await restored(backing, { signals: 10 })
  expect(claim).toMatchObject({ epoch: 1, next: null })
})
