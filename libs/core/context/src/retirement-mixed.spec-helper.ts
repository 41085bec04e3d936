import type { Catalogue, Condition, SlimObject } from '@kubesift/contracts'
import fc from 'fast-check'
import { Classifier } from './classify.ts'
import { AT, HOUR, MINUTE, occurred, problem, type Happened } from './retirement.spec-helper.ts'

/** Problems that Events, states, alerts and metrics speak of, alone and beside each other. */
export const mixed = new Classifier({
  problems: [
    problem('Boom', { absorbs: ['Probe', 'Oom', 'High'], opens: { count: 2 }, ttl: 30 * MINUTE }),
    problem('Probe', { absorbs: ['Boom'], opens: { count: 3 } }),
    problem('Oom', {
      events: [],
      states: [{ state: 'terminated', value: ['OOMKilled'] }],
      absorbs: ['Boom'],
      recovery: 'workload',
    }),
    problem('High', { events: [], ttl: 20 * MINUTE }),
    problem('Full', { events: [{ reason: ['Full'] }], ttl: 30 * MINUTE }),
    problem('JobFailed', {
      states: [{ state: 'condition', value: ['Failed=True'] }],
      recovery: 'job',
    }),
  ],
  alerts: [
    { name: ['High'], problem: 'High' },
    { name: ['AlsoBoom'], problem: 'Boom' },
  ],
  metrics: [
    {
      name: 'disk-full',
      metric: ['disk.used'],
      over: 0.9,
      problem: 'Full',
      message: 'disk {value}',
    },
  ],
  ignore: [],
  hash: 'test',
} as unknown as Catalogue)

const NAMES = ['web', 'constructor', 'a%2Fb']
const POD = 'web-5d4f8c9b7d-x2x4z'

/** One trouble: what kind of thing it is, of whom, how many and how long; `dies` is what is deleted after it. */
interface Trouble {
  readonly afterMin: number
  readonly kind: 'events' | 'alert' | 'metric' | 'oom' | 'run' | 'rollout'
  readonly name: string
  readonly reason: 'Boom' | 'Probe' | 'Full' | 'JobFailed'
  readonly alert: 'High' | 'AlsoBoom'
  readonly times: number
  readonly everyMin: number
  readonly dies: boolean
}

export const trouble: fc.Arbitrary<Trouble> = fc.record({
  afterMin: fc.oneof(
    fc.integer({ min: 0, max: 10 }),
    fc.integer({ min: 0, max: 400 }),
    fc.integer({ min: 0, max: 3_000 }),
  ),
  kind: fc.constantFrom('events', 'alert', 'metric', 'oom', 'run', 'rollout'),
  // As a cluster may name things: `constructor` is a name like any other.
  name: fc.constantFrom(...NAMES),
  reason: fc.constantFrom('Boom', 'Probe', 'Full', 'JobFailed'),
  alert: fc.constantFrom('High', 'AlsoBoom'),
  times: fc.integer({ min: 1, max: 4 }),
  everyMin: fc.integer({ min: 1, max: 15 }),
  dies: fc.boolean(),
})

const head = (kind: string, name: string, uid: string): SlimObject => ({
  uid,
  kind,
  apiVersion: 'v1',
  namespace: 'n',
  name,
  rv: '0',
  labels: {},
  annotations: {},
  owners: [],
  createdAt: AT - HOUR,
})

const seen = (at: number, object: SlimObject, deleted = false): Happened => ({
  at,
  signal: (offset) => ({
    t: 'object',
    object: { ...object, rv: String(at) },
    observedAt: at,
    offsets: [offset],
    repeats: 1,
    ...(deleted ? { deleted } : {}),
  }),
})

const every = ({ times, everyMin }: Trouble, start: number): number[] =>
  Array.from({ length: times }, (_, i) => start + i * everyMin * MINUTE)

const events = (t: Trouble, start: number, id: string): Happened[] =>
  every(t, start).map((at, i) =>
    occurred(at, {
      reason: t.reason,
      object: t.dies ? `Pod/${t.name}-5d4f8c9b7d-x2x4z` : `Deployment/${t.name}`,
      uid: id,
      n: i + 1,
      firstAt: start,
    }),
  )

/**
 * Fires, is told of a few times, and is resolved. One that speaks of what Events speak of comes beside them: as soon as there is one, an
 * alert that was alone does not say any more when all was over, and without retirement that goes back to the beginning of time.
 */
const alert = (t: Trouble, start: number, id: string): Happened[] => {
  const told = (at: number, endsAt?: number): Happened => ({
    at,
    signal: (offset) => ({
      t: 'alert',
      toldAt: at,
      offsets: [offset],
      repeats: 1,
      alert: {
        fingerprint: `${t.alert}/${t.name}`,
        name: t.alert,
        message: 'it is high',
        involved: { kind: 'Deployment', namespace: 'n', name: t.name },
        startsAt: start,
        ...(endsAt === undefined ? {} : { endsAt }),
      },
    }),
  })
  const times = every(t, start)
  const end = times.at(-1)! + MINUTE
  const beside = t.alert === 'High' ? [] : events({ ...t, reason: 'Boom', dies: false }, start, id)
  return [...beside, ...times.map((at) => told(at)), told(end, end)]
}

const metric = (t: Trouble, start: number): Happened[] => {
  const told = (at: number, breach: boolean): Happened => ({
    at,
    signal: (offset) => ({
      t: 'metric',
      at,
      since: breach ? start : at,
      breach,
      offsets: [offset],
      repeats: 1,
      metric: {
        id: `${t.name}/disk-full`,
        rule: 'disk-full',
        source: 'kubeletstats',
        involved: { kind: 'Pod', namespace: 'n', name: `${t.name}-5d4f8c9b7d-x2x4z` },
        message: 'disk 95 %',
      },
    }),
  })
  const times = every(t, start)
  return [...times.map((at) => told(at, true)), told(times.at(-1)! + MINUTE, false)]
}

/** A pod whose container is killed some times, and which may be deleted. */
const oom = (t: Trouble, start: number, id: string): Happened[] => {
  const pod = (at: number, ends: readonly number[]): SlimObject => ({
    ...head('Pod', `${t.name}-${POD.slice(4)}`, `pod-${id}`),
    createdAt: start - MINUTE,
    owners: [
      { kind: 'ReplicaSet', name: `${t.name}-5d4f8c9b7d`, uid: `set-${t.name}`, controller: true },
    ],
    pod: {
      phase: 'Running',
      conditions: { Ready: { status: 'True', at } },
      configMaps: [],
      secrets: [],
      claims: [],
      containers: ends.map((finishedAt, i) => ({
        name: `main${i}`,
        ready: true,
        restarts: 1,
        last: { container: `main${i}`, reason: 'OOMKilled', exitCode: 137, finishedAt },
      })),
    },
  })
  const times = every(t, start)
  const killed = times.map((at, i) => seen(at, pod(at, times.slice(0, i + 1))))
  const end = times.at(-1)! + 5 * MINUTE
  return t.dies ? [...killed, seen(end, pod(end, times), true)] : killed
}

/** Runs of a CronJob, one of which fails; the next one completes. */
const jobRun = (t: Trouble, start: number, id: string): Happened[] =>
  every(t, start).flatMap((at, i) => {
    const name = `nightly-${Math.floor(at / MINUTE)}`
    const isLast = i === t.times - 1
    const job = (conditions: Record<string, Condition>): SlimObject => ({
      ...head('Job', name, `job-${id}-${at}`),
      createdAt: at,
      owners: [{ kind: 'CronJob', name: 'nightly', uid: 'nightly-uid', controller: true }],
      job: { active: 0, succeeded: 0, failed: 0, conditions },
    })
    const end: Record<string, Condition> = isLast
      ? { Complete: { status: 'True', at: at + 1_000 } }
      : { Failed: { status: 'True', at: at + 1_000, reason: 'BackoffLimitExceeded' } }
    return [
      seen(at, job({})),
      seen(at + 1_000, job(end)),
      ...(t.dies ? [seen(at + 20 * MINUTE, job(end), true)] : []),
    ]
  })

const workload = (name: string, uid: string, available: number): SlimObject => ({
  ...head('Deployment', name, uid),
  generation: 1,
  workload: {
    desired: 2,
    observedGeneration: 1,
    replicas: 2,
    updated: 2,
    ready: available,
    available,
    conditions: {},
  },
})

/** A Deployment that is not well for a time, beside its Events; it may be made anew under its name, and that one deleted. */
const rollout = (t: Trouble, start: number, id: string): Happened[] => {
  const of = (available: number): SlimObject =>
    workload(t.name, t.dies ? `deployment-${id}` : `deployment-of-${t.name}`, available)
  const told = events({ ...t, dies: false }, start + 1_000, id)
  const end = told.at(-1)!.at + 2 * MINUTE
  return [
    seen(start, of(1)),
    ...told,
    seen(end, of(2)),
    ...(t.dies ? [seen(end + 30 * MINUTE, of(2), true)] : []),
  ]
}

const OF: Readonly<Record<Trouble['kind'], (t: Trouble, start: number, id: string) => Happened[]>> =
  { events, alert, metric, oom, run: jobRun, rollout }

/** Troubles one after the other, over days, of Deployments that are known and well. */
export const happenedOf = (troubles: readonly Trouble[]): Happened[] => {
  let start = AT
  const known = NAMES.map((name) => seen(AT - MINUTE, workload(name, `deployment-of-${name}`, 2)))
  const told = troubles.flatMap((each, i) => {
    start += each.afterMin * MINUTE
    return OF[each.kind](each, start, String(i))
  })
  return [...known, ...told]
}
