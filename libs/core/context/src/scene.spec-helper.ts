import type { Catalogue, Signal } from '@kubesift/contracts'
import { fromKube } from '@kubesift/core-signal'
import { expect } from 'vitest'
import { Classifier } from './classify.ts'
import type { Derived } from './derive.ts'
import { NamespaceMachine } from './machine.ts'

export const SOURCE = { topic: 'otel-logs', partition: 0 }
/** When the first symptom shows. */
export const AT = Date.parse('2026-11-21T01:30:00Z')
export const iso = (seconds: number): string =>
  new Date(AT + seconds * 1_000).toISOString().replace('.000Z', 'Z')

/** Each problem opens with its first Event, which has its name as reason. */
export const catalogueOf = (
  problems: readonly string[],
  recovery: Catalogue['problems'][number]['recovery'] = 'workload',
): Catalogue => ({
  problems: problems.map((problem) => ({
    problem,
    title: '{owner}',
    severity: 'P3',
    events: [{ reason: [problem] }],
    states: [],
    absorbs: [],
    opens: { count: 1 },
    recovery,
    stability: 60_000,
    ttl: 3_600_000,
  })),
  ignore: [],
  hash: 'h',
})

/** What was seen, and when: seconds from the first symptom. */
export interface Sight {
  readonly at: number
  readonly object: object
  readonly deleted?: true
}

export const at = (seconds: number, object: object): Sight => ({ at: seconds, object })
export const gone = (seconds: number, object: object): Sight => ({
  at: seconds,
  object,
  deleted: true,
})

const signalsOf = (sights: readonly Sight[], namespace: string): Signal[] =>
  sights.flatMap(({ at: seconds, object, deleted }, i) => {
    const read = fromKube(object, { offset: i, observedAt: AT + seconds * 1_000 })
    if (!read.ok || !('signal' in read)) throw new Error(`not readable: ${JSON.stringify(object)}`)
    if (read.namespace !== namespace) return []
    const { signal } = read
    return [signal.t === 'object' && deleted === true ? { ...signal, deleted } : signal]
  })

const plain = (value: unknown): unknown =>
  JSON.parse(
    JSON.stringify(value, (key, v: unknown) => (key === 'records' || key === 'cause' ? 0 : v)),
  )

/** The contexts of a namespace, the same in whichever order things were seen, and when loaded again. */
export const sceneOf = (
  sights: readonly Sight[],
  {
    catalogue,
    namespace = 'shop',
    watermark = AT + 400_000,
  }: { catalogue: Catalogue; namespace?: string; watermark?: number },
): Derived[] => {
  const run = (signals: readonly Signal[]): NamespaceMachine => {
    const machine = new NamespaceMachine('c', namespace, new Classifier(catalogue))
    for (const signal of signals) {
      machine.apply(signal, SOURCE)
      machine.settle(null, [])
    }
    return machine
  }
  const byKey = (machine: NamespaceMachine): Derived[] =>
    machine.all(watermark, []).contexts.toSorted((a, b) => (a.key < b.key ? -1 : 1))
  const signals = signalsOf(sights, namespace)
  const machine = run(signals)
  const contexts = byKey(machine)
  expect(plain(byKey(run(signals.toReversed())))).toEqual(plain(contexts))
  expect(plain(byKey(run([...signals, ...signals])))).toEqual(plain(contexts))
  const loaded = new NamespaceMachine('c', namespace, new Classifier(catalogue))
  loaded.load(machine.snapshot())
  expect(plain(byKey(loaded))).toEqual(plain(contexts))
  return contexts
}

let rv = 0
const meta = (kind: string, name: string, namespace: string, more: object): object => ({
  name,
  namespace,
  uid: `uid-${kind}-${name}`,
  resourceVersion: String((rv += 1)),
  creationTimestamp: iso(-30_000),
  ...more,
})

/** Who wrote the spec last, and when. */
export const by = (manager: string, seconds: number): object => ({
  managedFields: [{ manager, operation: 'Update', time: iso(seconds) }],
})

export const thing = (
  kind: string,
  name: string,
  body: object,
  more: { readonly meta?: object; readonly namespace?: string } = {},
): object => ({
  kind,
  apiVersion: 'v1',
  metadata: meta(kind, name, more.namespace ?? 'shop', more.meta ?? {}),
  ...body,
})

export const POD = 'web-5d6b7c8d9f-bcdfg'

export const symptom = (
  reason: string,
  {
    kind = 'Pod',
    name = POD,
    message = 'm',
    seconds = 0,
    namespace = 'shop',
  }: {
    kind?: string
    name?: string
    message?: string
    seconds?: number
    namespace?: string
  } = {},
): Sight =>
  at(seconds, {
    kind: 'Event',
    apiVersion: 'v1',
    metadata: { name: `${reason}-${name}`, namespace, uid: `event-${reason}-${name}` },
    involvedObject: { kind, namespace, name },
    reason,
    type: 'Warning',
    message,
    count: 3,
    firstTimestamp: iso(seconds),
    lastTimestamp: iso(seconds + 5),
  })

/** A Deployment in one of its versions; `container` and `template` are merged into its pod template. */
export const deployment = (
  name: string,
  {
    generation = 1,
    container = {},
    pod = {},
    spec = {},
    labels = { app: name, tier: 'front' },
    meta: more = {},
  }: {
    generation?: number
    container?: object
    pod?: object
    spec?: object
    labels?: object
    meta?: object
  } = {},
): object =>
  thing(
    'Deployment',
    name,
    {
      apiVersion: 'apps/v1',
      spec: {
        replicas: 2,
        ...spec,
        template: {
          metadata: { labels },
          spec: { containers: [{ name: 'main', image: `reg.io/${name}:1`, ...container }], ...pod },
        },
      },
      status: {
        observedGeneration: generation,
        replicas: 2,
        updatedReplicas: 2,
        readyReplicas: 2,
        availableReplicas: 2,
      },
    },
    { meta: { generation, ...more } },
  )
