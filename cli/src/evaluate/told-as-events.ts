import { z } from 'zod'

/** A table of `kubectl` has ages and no times: they are told of this one. */
const ASKED_AT = Date.UTC(2026, 0, 1)

const rowsSchema = z.array(
  z.looseObject({
    type: z.string().default('Normal'),
    reason: z.string(),
    message: z.string().default(''),
    object: z.string().nullish(),
    namespace: z.string().nullish(),
    source: z.string().nullish(),
    count: z.number().nullish(),
    firstAge: z.string().nullish(),
    lastAge: z.string().nullish(),
    from_command: z.string().nullish(),
  }),
)
type Row = z.infer<typeof rowsSchema>[number]

const summarySchema = z.looseObject({
  warning_events: z.array(
    z.looseObject({
      namespace: z.string(),
      reason: z.string(),
      message: z.string().default(''),
      type: z.string().default('Warning'),
      count: z.number().default(1),
      involved_object: z.string(),
      first_time: z.string(),
      last_time: z.string(),
    }),
  ),
})

const parsed = <T>(schema: z.ZodType<T>, value: unknown): T => {
  const result = schema.safeParse(value)
  if (result.success) return result.data
  throw new Error(`no table of Events: ${z.prettifyError(result.error).replaceAll('\n', ' ')}`)
}

const UNITS: Readonly<Record<string, number>> = { d: 86_400, h: 3600, m: 60, s: 1 }

/** `4m28s`, `16m`, `103s`, `2d3h`; what is none (`<unknown>`) is no age. */
export const ageMs = (text: string): number =>
  [...text.matchAll(/(\d+)([dhms])/g)].reduce(
    (sum, [, n, unit]) => sum + Number(n) * 1000 * (UNITS[unit ?? ''] ?? 0),
    0,
  )

const KINDS = [
  'Pod',
  'Node',
  'Deployment',
  'ReplicaSet',
  'StatefulSet',
  'DaemonSet',
  'Job',
  'CronJob',
  'PersistentVolumeClaim',
  'HorizontalPodAutoscaler',
  'Service',
]
const byLowerCase = new Map(KINDS.map((kind) => [kind.toLowerCase(), kind]))

/** Who writes about what, where `kubectl describe` left the kind out. */
const KIND_OF_SOURCE: Readonly<Record<string, string>> = {
  'deployment-controller': 'Deployment',
  'replicaset-controller': 'ReplicaSet',
  'statefulset-controller': 'StatefulSet',
  'daemonset-controller': 'DaemonSet',
  'job-controller': 'Job',
  'cronjob-controller': 'CronJob',
  'horizontal-pod-autoscaler': 'HorizontalPodAutoscaler',
  'node-controller': 'Node',
}

const objectOf = (text: string, source: string): { kind: string; name: string } => {
  const at = text.indexOf('/')
  if (at === -1) return { kind: KIND_OF_SOURCE[source] ?? 'Pod', name: text }
  const kind = text.slice(0, at)
  return { kind: byLowerCase.get(kind.toLowerCase()) ?? kind, name: text.slice(at + 1) }
}

interface Told {
  readonly object: { readonly kind: string; readonly name: string }
  readonly namespace: string
  readonly reason: string
  readonly type: string
  readonly message: string
  readonly count: number
  readonly firstAt: number
  readonly lastAt: number
  readonly source: string
}

const eventOf = (told: Told, i: number): object => ({
  apiVersion: 'v1',
  kind: 'Event',
  metadata: {
    name: `${told.object.name}.${i}`,
    namespace: told.namespace,
    uid: `told-${i}`,
  },
  involvedObject: {
    ...told.object,
    ...(told.object.kind === 'Node' ? {} : { namespace: told.namespace }),
  },
  reason: told.reason,
  type: told.type,
  message: told.message,
  count: told.count,
  firstTimestamp: new Date(told.firstAt).toISOString(),
  lastTimestamp: new Date(told.lastAt).toISOString(),
  source: { component: told.source },
})

const listOf = (all: readonly Told[]): object => ({
  apiVersion: 'v1',
  kind: 'List',
  items: all.map(eventOf),
})

/** The same Event stands in the answers of several commands: one is enough, the one that counts most. */
const distinct = (all: readonly Told[]): Told[] => {
  const byContent = new Map<string, Told>()
  for (const told of all) {
    const key = JSON.stringify([told.object, told.reason, told.message])
    const before = byContent.get(key)
    if (before === undefined || before.count < told.count) byContent.set(key, told)
  }
  return [...byContent.values()]
}

/** The object of a row: its own, else that which its command asked about. */
const namedIn = (row: Row): string | undefined => {
  const asked = /\bdescribe ([a-z]+) ([a-z0-9][\w.-]*)/.exec(row.from_command ?? '')
  return row.object ?? (asked === null ? undefined : `${asked[1]}/${asked[2]}`)
}

const toldOfRow = (row: Row, namespace: string): Told => {
  const source = row.source ?? ''
  const last = ageMs(row.lastAge ?? '')
  return {
    object: objectOf(namedIn(row) ?? '', source),
    namespace: row.namespace ?? namespace,
    reason: row.reason,
    type: row.type,
    message: row.message,
    count: Math.max(1, row.count ?? 1),
    firstAt: ASKED_AT - Math.max(last, ageMs(row.firstAge ?? '')),
    lastAt: ASKED_AT - last,
    source,
  }
}

/** `derived_events.json`: rows of what `kubectl describe` and `kubectl get events` printed, as a list of Events. */
export const eventsOfTable = (value: unknown): object => {
  // a row that was cut out of its table says what happened, but not to whom
  const rows = parsed(rowsSchema, value).filter((row) => namedIn(row) !== undefined)
  const namespace = rows.find((row) => typeof row.namespace === 'string')?.namespace ?? 'default'
  return listOf(distinct(rows.map((row) => toldOfRow(row, namespace))))
}

/** `eks_events.json`: Warning Events in the form of a tool's answer, as a list of Events. */
export const eventsOfSummary = (value: unknown): object =>
  listOf(
    parsed(summarySchema, value).warning_events.map((e) => ({
      object: objectOf(e.involved_object, ''),
      namespace: e.namespace,
      reason: e.reason,
      type: e.type,
      message: e.message,
      count: e.count,
      firstAt: Date.parse(e.first_time),
      lastAt: Date.parse(e.last_time),
      source: '',
    })),
  )
