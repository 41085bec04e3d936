import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import type { OtlpLogRecord } from '@kubesift/adapter-otlp'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { z } from 'zod'
import { collectorFile } from '../src/build-collector.ts'
import { redactSpec } from '../src/redaction.ts'
import { agentBench, CLUSTER, type AgentBench } from './agent-bench.ts'
import type { KubeObject } from './kube-api.ts'
import { KUBE_RESOURCES, pathOf } from './kube-resources.ts'
import { PLAIN_HOST, plantedForms, plantedObjects, plantedSecret, STRIPPED_URL } from './planted.ts'
import { eventAt, recordedChanges } from './recorded-cluster.ts'
import { recordsOfProto } from './records.ts'

const Body = z.looseObject({
  type: z.string().optional(),
  object: z.looseObject({ metadata: z.looseObject({ resourceVersion: z.string() }) }).optional(),
  kind: z.string().optional(),
})

/** The objects that watches brought, by resource version. */
const watched = (values: readonly Buffer[]): ReadonlyMap<string, readonly unknown[]> => {
  const found = new Map<string, unknown[]>()
  for (const { body } of objectRecords(values)) {
    const { object } = Body.parse(body)
    if (object === undefined) continue
    const version = object.metadata.resourceVersion
    found.set(version, [...(found.get(version) ?? []), object])
  }
  return found
}
const objectRecords = (values: readonly Buffer[]): readonly OtlpLogRecord[] =>
  recordsOfProto(values).filter(({ attributes }) => 'k8s.resource.name' in attributes)
const eventRecords = (values: readonly Buffer[]): readonly OtlpLogRecord[] =>
  recordsOfProto(values).filter(({ attributes }) => 'k8s.event.uid' in attributes)
const pulledKinds = (values: readonly Buffer[]): readonly unknown[] =>
  objectRecords(values).flatMap(({ body }) => Body.parse(body).kind ?? [])

/** What the rules of src/redaction.ts leave of an object that holds no values but those of containers. */
const redacted = (object: KubeObject): unknown => {
  const { annotations, ...metadata } = object.metadata
  const kept = Object.entries(z.record(z.string(), z.string()).parse(annotations ?? {})).filter(
    ([key]) => !key.includes('last-applied'),
  )
  return {
    ...object,
    metadata:
      annotations === undefined ? metadata : { ...metadata, annotations: Object.fromEntries(kept) },
    ...(object['spec'] === undefined
      ? {}
      : { spec: JSON.parse(redactSpec(JSON.stringify(object['spec']))) }),
  }
}

const COSTLY = 'shop/deployment/costly'
/** In several lines, as what was made readable is posted. */
const COSTS = JSON.stringify(
  {
    code: 200,
    data: [{ [COSTLY]: { window: {}, totalCost: 1, labels: { a: 'x'.repeat(30_000) } } }],
  },
  null,
  1,
)

/** How often each resource is to be watched: Events by two receivers. */
const wanted = new Map(
  KUBE_RESOURCES.filter(
    ({ plural, group }) => plural !== 'secrets' && group !== 'events.k8s.io',
  ).map((one) => [pathOf(one), one.plural === 'events' ? 2 : 1]),
)

describe('the agent on a recorded cluster', () => {
  let bench: AgentBench
  let all: readonly Buffer[]
  const applied = new Map<string, KubeObject>()
  const events: KubeObject[] = []

  const play = (changes: ReturnType<typeof recordedChanges>): void => {
    for (const { type, object } of changes) {
      const isEvent = object.kind === 'Event'
      const sent = bench.api.apply(
        type,
        isEvent ? eventAt(object, new Date(Date.now() + 2000)) : object,
      )
      applied.set(String(sent.metadata['resourceVersion']), sent)
      if (isEvent) events.push(sent)
    }
  }

  beforeAll(async () => {
    bench = await agentBench({})
    for (const object of [...plantedObjects, plantedSecret]) bench.api.apply('ADDED', object)
    await bench.agent.daemon.start()
    await bench.api.watched(wanted)
    // the pull must see the cluster as it was before anything changes
    await bench.arrived((values) => pulledKinds(values).length >= plantedObjects.length)
    const changes = recordedChanges('crashloop-bad-rollout')
    const half = Math.floor(changes.length / 2)
    play(changes.slice(0, half))
    bench.api.bookmark()
    await bench.arrived((values) => watched(values).size >= applied.size)
    bench.api.expire()
    await bench.api.watched(wanted)
    play(changes.slice(half))
    play(plantedObjects.map((object) => ({ type: 'MODIFIED', object })))
    const alert = { status: 'firing', alerts: [{ labels: { alertname: 'TooSlow' } }] }
    await fetch(bench.agent.webhook, { method: 'POST', body: JSON.stringify(alert) })
    await fetch(bench.agent.webhook, { method: 'POST', body: COSTS })
    all = await bench.arrived(
      (values) =>
        watched(values).size >= applied.size &&
        new Set(eventRecords(values).map(eventKey)).size >= events.length &&
        values.some((value) => value.includes('TooSlow')) &&
        values.some((value) => value.includes(COSTLY)),
    )
  })
  afterAll(() => bench.dispose())

  const eventKey = ({ attributes }: OtlpLogRecord): string =>
    `${String(attributes['k8s.event.uid'])} ${String(attributes['k8s.event.count'])}`

  it('brings every watched change once, also after its watches expired (410)', () => {
    const found = watched(all)
    expect([...found.keys()].sort()).toEqual([...applied.keys()].sort())
    expect([...found.values()].filter((records) => records.length !== 1)).toEqual([])
  })

  it('changes nothing in them but what src/redaction.ts says', () => {
    const found = watched(all)
    const unlike = [...applied].filter(([, object]) => object.kind !== 'ConfigMap')
    expect(unlike.length).toBeGreaterThan(150)
    for (const [version, object] of unlike) expect(found.get(version)).toEqual([redacted(object)])
  })

  it('brings every Event through k8s_events too', () => {
    const sent = events.map((event) => `${String(event.metadata['uid'])} ${String(event['count'])}`)
    expect([...new Set(eventRecords(all).map(eventKey))].sort()).toEqual([...new Set(sent)].sort())
  })

  it('hands on an answer of OpenCost as one text, as it was posted', () => {
    const texts = recordsOfProto(all).flatMap(({ body }) => (typeof body === 'string' ? body : []))
    expect(texts.filter((text) => text.includes(COSTLY))).toEqual([COSTS])
  })

  it('lists what was there before it, with the slow pull', () => {
    expect([...new Set(pulledKinds(all))].sort()).toEqual(
      plantedObjects.map(({ kind }) => kind).sort(),
    )
  })

  it('names the cluster on every record', () => {
    const records = recordsOfProto(all)
    expect(records.filter(({ resource }) => resource['k8s.cluster.name'] !== CLUSTER)).toEqual([])
  })

  it('lets no planted value through, and every host and stripped URL', () => {
    for (const form of plantedForms) {
      expect(all.filter((value) => value.includes(form)).length, form).toBe(0)
    }
    for (const kept of [
      PLAIN_HOST,
      STRIPPED_URL,
      'app.properties',
      'example.com/team',
      'TooSlow',
    ]) {
      expect(
        all.some((value) => value.includes(kept)),
        kept,
      ).toBe(true)
    }
  })

  it('never asks for Secrets, and for nothing that rbac.yaml does not allow', () => {
    const Role = z.object({ kind: z.string(), rules: z.array(Rule).default([]) })
    const allowed = readFileSync(collectorFile('agent', 'rbac.yaml'), 'utf8')
      .split(/^---$/m)
      .flatMap((text) => Role.parse(parse(text)).rules)
      .flatMap(({ resources }) => resources)
    const asked = new Set(bench.api.requests.map((request) => request.split('/').at(-1)))
    expect([...asked].sort()).toEqual(allowed.sort())
  })
})

const Rule = z.object({ resources: z.array(z.string()) })

describe('the agent with a hash key, told to read Secrets', () => {
  const KEY = '00ff00ff'
  let bench: AgentBench
  let all: readonly Buffer[]

  beforeAll(async () => {
    const kinds = ['secrets', 'configmaps', 'deployments', 'services']
    const objects = kinds.map((name) => ({ name, mode: 'pull', interval: '1s' }))
    const watch = { objects: [{ name: 'secrets', mode: 'watch' }] }
    const overlay = { receivers: { 'k8sobjects/pull': { objects }, 'k8sobjects/watch': watch } }
    bench = await agentBench({ hashKey: KEY, overlay: JSON.stringify(overlay) })
    for (const object of [...plantedObjects, plantedSecret]) bench.api.apply('ADDED', object)
    await bench.agent.daemon.start()
    await bench.api.watched(new Map([['/api/v1/secrets', 1]]))
    bench.api.apply('MODIFIED', plantedSecret)
    const listed = (): number =>
      bench.api.requests.filter((one) => one === 'list /api/v1/secrets').length
    const before = listed()
    // the pulls go round every second: three more of Secrets, and what came with them
    all = await bench.arrived(
      (values) => listed() >= before + 3 && pulledKinds(values).length >= 3 * (before + 3),
    )
  })
  afterAll(() => bench.dispose())

  it('drops Secrets whole', () => {
    expect(bench.api.requests).toContain('watch /api/v1/secrets')
    expect(new Set(pulledKinds(all))).toEqual(new Set(['ConfigMap', 'Deployment', 'Service']))
    expect(watched(all).size).toBe(0)
    for (const form of plantedForms)
      expect(
        all.some((value) => value.includes(form)),
        form,
      ).toBe(false)
  })

  it('leaves hashes under the key in the place of values', () => {
    const configMap = plantedObjects.find(({ kind }) => kind === 'ConfigMap')
    const { data } = z.object({ data: z.record(z.string(), z.string()) }).parse(configMap)
    const hash = (text: string): string =>
      `sha256:${createHash('sha256')
        .update(KEY + text)
        .digest('hex')}`
    const [found] = objectRecords(all).filter(({ body }) => Body.parse(body).kind === 'ConfigMap')
    expect(found?.body).toMatchObject({
      data: Object.fromEntries(Object.entries(data).map(([key, text]) => [key, hash(text)])),
    })
    const [deployment] = objectRecords(all).filter(
      ({ body }) => Body.parse(body).kind === 'Deployment',
    )
    const entry = { name: 'PAYMENTS_HOST', value: PLAIN_HOST, valueHash: hash(PLAIN_HOST) }
    expect(deployment?.body).toMatchObject({
      spec: {
        template: { spec: { containers: [{ env: expect.arrayContaining([entry]) as unknown }] } },
      },
    })
  })
})
