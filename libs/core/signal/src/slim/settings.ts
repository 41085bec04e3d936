import { bool, int, list, str, sub, type Json } from '../pick.ts'
import { each, flat, merged, sortedJson, type Flat } from './flat.ts'
import { flattenTemplate } from './template.ts'

/** What the controllers themselves put there when a condition of the node changes: a symptom, not a setting. */
const OWN_TAINT = /^node\.kubernetes\.io\//

const node = (object: Json): Flat => {
  const [spec, status] = [sub(object, 'spec'), sub(object, 'status')]
  const info = sub(status, 'nodeInfo')
  const taints = list(spec, 'taints', 32).flatMap((taint): [string, string][] => {
    const [key = '', effect = ''] = [str(taint, 'key'), str(taint, 'effect')]
    return OWN_TAINT.test(key) ? [] : [[`taints.${key}:${effect}`, str(taint, 'value') ?? 'set']]
  })
  return flat([
    ['unschedulable', bool(spec, 'unschedulable') === true ? 'true' : undefined],
    ...taints,
    ...each('labels', sub(sub(object, 'metadata'), 'labels')),
    ...each('capacity', sub(status, 'capacity')),
    ...each('allocatable', sub(status, 'allocatable')),
    ...['kubeletVersion', 'containerRuntimeVersion', 'kernelVersion', 'osImage', 'bootID'].map(
      (key): [string, unknown] => [key, str(info, key)],
    ),
  ])
}

const service = (object: Json): Flat => {
  const spec = sub(object, 'spec')
  const ports = list(spec, 'ports', 32).map((port): [string, unknown] => [
    `ports.${str(port, 'name') ?? int(port, 'port') ?? '?'}`,
    `${int(port, 'port') ?? '?'} -> ${str(port, 'targetPort') ?? int(port, 'targetPort') ?? int(port, 'port') ?? '?'}/${str(port, 'protocol') ?? 'TCP'}`,
  ])
  return flat([
    ['type', str(spec, 'type')],
    ['externalName', str(spec, 'externalName')],
    ...each('selector', sub(spec, 'selector')),
    ...ports,
  ])
}

const autoscaler = (object: Json): Flat => {
  const spec = sub(object, 'spec')
  const target = sub(spec, 'scaleTargetRef')
  return flat([
    ['target', `${str(target, 'kind') ?? '?'}/${str(target, 'name') ?? '?'}`],
    ['minReplicas', int(spec, 'minReplicas')],
    ['maxReplicas', int(spec, 'maxReplicas')],
    ...list(spec, 'metrics', 16).map((metric, i): [string, unknown] => [`metrics.${i}`, metric]),
    ['behavior', sub(spec, 'behavior')],
  ])
}

/** The labels that it selects pods by stand alone, so that whom it concerns can be told. */
const networkPolicy = (object: Json): Flat => {
  const spec = sub(object, 'spec')
  const rules = (way: string): [string, unknown][] =>
    list(spec, way, 24).map((rule, i) => [`${way}.${i}`, sortedJson(rule)])
  const selector = sub(spec, 'podSelector')
  return flat([
    ...each('podSelector', sub(selector, 'matchLabels')),
    ...list(selector, 'matchExpressions', 16).map((wanted, i): [string, unknown] => [
      `podSelector.${i}`,
      wanted,
    ]),
    ['policyTypes', (spec['policyTypes'] ?? []) as unknown],
    ...rules('ingress'),
    ...rules('egress'),
  ])
}

const limitRange = (object: Json): Flat =>
  flat(
    list(sub(object, 'spec'), 'limits', 16).flatMap((limit) =>
      ['max', 'min', 'default', 'defaultRequest', 'maxLimitRequestRatio'].flatMap((kind) =>
        each(`${str(limit, 'type') ?? '?'}.${kind}`, sub(limit, kind)),
      ),
    ),
  )

const claim = (object: Json): Flat => {
  const spec = sub(object, 'spec')
  return flat([
    ['storageClassName', str(spec, 'storageClassName')],
    ['volumeName', str(spec, 'volumeName')],
    ['volumeMode', str(spec, 'volumeMode')],
    ['accessModes', (spec['accessModes'] ?? []) as unknown],
    ...each('requests', sub(sub(spec, 'resources'), 'requests')),
  ])
}

/** How a workload rolls out, which is not in its pod template. */
const workload = (object: Json): Flat => {
  const spec = sub(object, 'spec')
  return flat([
    ['strategy', spec['strategy'] ?? spec['updateStrategy']],
    ['minReadySeconds', int(spec, 'minReadySeconds')],
    ['progressDeadlineSeconds', int(spec, 'progressDeadlineSeconds')],
    ['paused', bool(spec, 'paused') === true ? 'true' : undefined],
  ])
}

/** Marks of the controller in the template of a Job, other in each. */
const OF_ONE_JOB = /^labels\.(?:batch\.kubernetes\.io\/)?(?:controller-uid|job-name)$/

/** What a Job is made of; of a CronJob, all its runs. */
const run = (spec: Json): Flat => {
  const template = Object.entries(flattenTemplate(sub(spec, 'template')))
  return merged(
    Object.fromEntries(template.filter(([path]) => !OF_ONE_JOB.test(path))),
    flat([
      ['parallelism', int(spec, 'parallelism')],
      ['completions', int(spec, 'completions')],
      ['backoffLimit', int(spec, 'backoffLimit')],
      ['activeDeadlineSeconds', int(spec, 'activeDeadlineSeconds')],
    ]),
  )
}

const cronJob = (object: Json): Flat => {
  const spec = sub(object, 'spec')
  return merged(
    run(sub(sub(spec, 'jobTemplate'), 'spec')),
    flat([
      ['schedule', str(spec, 'schedule')],
      ['timeZone', str(spec, 'timeZone')],
      ['concurrencyPolicy', str(spec, 'concurrencyPolicy')],
      ['suspend', bool(spec, 'suspend') === true ? 'true' : undefined],
    ]),
  )
}

const job = (object: Json): Flat => {
  const spec = sub(object, 'spec')
  const isSuspended = bool(spec, 'suspend') === true
  return merged(run(spec), flat([['suspend', isSuspended ? 'true' : undefined]]))
}

const disruptionBudget = (object: Json): Flat => {
  const spec = sub(object, 'spec')
  return flat([
    ['minAvailable', str(spec, 'minAvailable') ?? int(spec, 'minAvailable')],
    ['maxUnavailable', str(spec, 'maxUnavailable') ?? int(spec, 'maxUnavailable')],
    ...each('selector', sub(sub(spec, 'selector'), 'matchLabels')),
  ])
}

/** Whom it asks, of what, and what happens where there is no answer. */
const webhooks = (object: Json): Flat =>
  flat(
    list(object, 'webhooks', 16).flatMap((hook): [string, unknown][] => {
      const name = str(hook, 'name') ?? '?'
      const client = sub(hook, 'clientConfig')
      const service = sub(client, 'service')
      return [
        [`${name}.failurePolicy`, str(hook, 'failurePolicy')],
        [`${name}.timeoutSeconds`, int(hook, 'timeoutSeconds')],
        [`${name}.service`, `${str(service, 'namespace') ?? ''}/${str(service, 'name') ?? ''}`],
        [`${name}.rules`, sortedJson(hook['rules'] ?? [])],
        [`${name}.namespaceSelector`, sub(hook, 'namespaceSelector')],
        [`${name}.objectSelector`, sub(hook, 'objectSelector')],
      ]
    }),
  )

/** A map, not an object: a kind is foreign text, and `toString` must not find what every object has. */
const READERS: ReadonlyMap<string, (object: Json) => Flat> = new Map([
  ['Node', node],
  ['Namespace', (object: Json) => flat(each('labels', sub(sub(object, 'metadata'), 'labels')))],
  ['ResourceQuota', (object: Json) => flat(each('hard', sub(sub(object, 'spec'), 'hard')))],
  ['LimitRange', limitRange],
  ['NetworkPolicy', networkPolicy],
  ['Service', service],
  ['HorizontalPodAutoscaler', autoscaler],
  ['PersistentVolumeClaim', claim],
  ['Deployment', workload],
  ['StatefulSet', workload],
  ['DaemonSet', workload],
  ['CronJob', cronJob],
  ['Job', job],
  ['PodDisruptionBudget', disruptionBudget],
  ['ValidatingWebhookConfiguration', webhooks],
  ['MutatingWebhookConfiguration', webhooks],
])

/** What is set in an object, path by path, where a change of it can explain trouble; undefined for kinds of which nothing is read. */
export const settingsOf = (object: Json, kind: string): Flat | undefined => {
  const found = READERS.get(kind)?.(object)
  return found === undefined || Object.keys(found).length === 0 ? undefined : found
}
