import type { Catalogue, EventSignal, MetricSignal, ObjectRef, Signal } from '@kubesift/contracts'
import { fromKube } from '@kubesift/core-signal'
import { Classifier } from './classify.ts'
import type { Derived } from './derive.ts'
import { NamespaceMachine } from './machine.ts'

export const SOURCE = { topic: 'otel-metrics', partition: 0 }
export const AT = Date.UTC(2026, 10, 21, 1)
export const MIN = 60_000

export const rule = (problem: string, reason: string[], absorbs: string[] = []) => ({
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
export const catalogue: Catalogue = {
  problems: [rule('Crash', ['BackOff'], ['Check']), rule('Check', [])],
  ignore: [],
  metrics: [
    { name: 'Restarts', breach, problem: 'Crash' },
    { name: 'Down', breach, problem: 'Check', severity: 'P1' },
    { name: 'Memory', breach, observe: 'because' },
  ],
  hash: 'h',
}
export const classifier = new Classifier(catalogue)

export const POD: ObjectRef = {
  kind: 'Pod',
  namespace: 'n',
  name: 'web-5d6b7c8d9f-bcdfg',
  uid: 'p',
}
export const SERVICE: ObjectRef = { kind: 'Service', namespace: 'n', name: 'shop' }

export const measured = (
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

export const backOff: EventSignal = {
  t: 'event',
  event: { uid: 'u', involved: POD, reason: 'BackOff', type: 'Warning', message: 'm', firstAt: AT },
  tellings: [{ n: 3, at: AT + MIN, offset: 1, repeats: 1 }],
}

export const objects = (...list: object[]): Signal[] =>
  list.flatMap((object, i) => {
    const read = fromKube(object, { offset: i, observedAt: AT })
    return read.ok && 'signal' in read ? [read.signal] : []
  })
const template = { metadata: { labels: { app: 'web' } }, spec: {} }
export const web = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web', namespace: 'n', uid: 'd', resourceVersion: '1', generation: 1 },
  spec: { replicas: 1, template },
  status: {},
}
export const service = {
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 'shop', namespace: 'n', uid: 's', resourceVersion: '1' },
  spec: { selector: { app: 'web' }, ports: [{ port: 80 }] },
}

export const machineOf = (signals: readonly Signal[]): NamespaceMachine => {
  const machine = new NamespaceMachine('c', 'n', classifier)
  for (const signal of signals) machine.apply(signal, SOURCE)
  return machine
}
export const contextsOf = (
  signals: readonly Signal[],
  watermark: number | null = null,
): Derived[] =>
  machineOf(signals).settle(watermark === null ? null : AT + watermark * MIN, [])
    .contexts as Derived[]
export const opened = (signals: readonly Signal[], watermark: number | null = null): Derived[] =>
  contextsOf(signals, watermark).filter((c) => c.spells.some((s) => s.openedAt !== null))
