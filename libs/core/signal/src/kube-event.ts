import type { EventHead, EventSignal, ObjectRef } from '@kubesift/contracts'
import { contentId } from './hash.ts'
import { compact, cut, int, str, sub, time, type Json } from './pick.ts'

export const MESSAGE_MAX = 1024
const COMBINED = '(combined from similar events)'

/** Nobody's clock may run ahead of the record that brought its time by more than this (domain.md, "Counting truthfully"). */
export const MAX_CLOCK_SKEW_MS = 60_000

export interface At {
  readonly offset: number
  /** When the Collector saw it (k8sobjects) or undefined. */
  readonly observedAt?: number
  /** The Kafka timestamp of the record, the upper bound of any time in it. */
  readonly kafkaAt?: number
}

/** A time that runs ahead of its record by more than that is the record's: one from the year 9999 must not decide what is over. */
export const guard = (at: number, { kafkaAt }: Pick<At, 'kafkaAt'>): number =>
  kafkaAt !== undefined && at > kafkaAt + MAX_CLOCK_SKEW_MS ? kafkaAt : at

/** Kubernetes counts in 32 bits (core/v1, `Event.count`, `EventSeries.count`). Larger ones would make sums that no document can hold. */
const MAX_COUNT = 2 ** 31 - 1

/** Kinds that live in no namespace, whatever one a reporter names: some give that of the Event, which is `default`. */
const CLUSTER_SCOPED: ReadonlySet<string> = new Set([
  'Node',
  'PersistentVolume',
  'StorageClass',
  'CSINode',
  'PriorityClass',
  'ClusterRole',
  'ClusterRoleBinding',
  'CustomResourceDefinition',
  'ValidatingWebhookConfiguration',
  'MutatingWebhookConfiguration',
])

/**
 * Which namespace an involved object counts to. Events of cluster-scoped objects are stored in `default`: the involved object's own
 * namespace is trusted instead. A Namespace object counts to its own name.
 */
export const namespaceOf = (kind: string, name: string, namespace: string): string =>
  kind === 'Namespace' ? name : CLUSTER_SCOPED.has(kind) ? '' : namespace

/** Events about Nodes carry the name, the UUID or nothing as UID, depending on who wrote them: they are joined by name alone. */
const involvedRef = (ref: Json): ObjectRef => {
  const kind = str(ref, 'kind') ?? 'Unknown'
  const name = str(ref, 'name') ?? ''
  return compact({
    kind,
    name,
    namespace: namespaceOf(kind, name, str(ref, 'namespace') ?? ''),
    uid: kind === 'Node' ? undefined : str(ref, 'uid'),
    apiVersion: str(ref, 'apiVersion'),
    fieldPath: str(ref, 'fieldPath'),
  })
}

export interface EventFields {
  readonly uid: string | undefined
  /** Its own, not that of its object. */
  readonly name: string | undefined
  readonly involved: ObjectRef
  readonly reason: string
  readonly type: string
  readonly message: string
  readonly count: number | undefined
  readonly firstAt: number | undefined
  readonly lastAt: number | undefined
  /** When the stored Event was made, where that is told beside its beginning. */
  readonly createdAt?: number | undefined
  readonly component: string | undefined
  readonly host: string | undefined
  readonly seriesDropped: boolean
}

/** When an Event was last seen, by its record; undefined where neither it nor its record has any time. */
export const lastSeenAt = (
  firstAt: number | undefined,
  lastAt: number | undefined,
  at: At,
): number | undefined => {
  const last = lastAt ?? firstAt ?? at.observedAt ?? at.kafkaAt
  return last === undefined ? undefined : guard(last, at)
}

/** When it began, given when it was last seen. */
export const firstSeenAt = (firstAt: number | undefined, lastAt: number, at: At): number =>
  Math.min(guard(firstAt ?? lastAt, at), lastAt)

/** An instant between 2013 and 2043 in nanoseconds: a name that somebody makes of a hash is seldom like it. */
const NANOSECONDS = /^1[3-9a-f][0-9a-f]{14}$/
const RANDOM_UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/

/**
 * The series of repeats that an Event is of, by its name. client-go names it `<object>.<nanoseconds, hex>` when it first occurs (or by a
 * random UUID, where that were no name), and keeps the name when the Event has expired and must be made anew, under another UID
 * (`docs/sources.md`). Any other name may be given again to an Event that counts from 1.
 */
export const seriesOf = (name: string | undefined, object: string): string | undefined => {
  if (name === undefined) return undefined
  const end = object.length + 1
  if (name[end - 1] !== '.' || !name.startsWith(object))
    return RANDOM_UUID.test(name) ? name : undefined
  const series = name.slice(end)
  return NANOSECONDS.test(series) ? series : undefined
}

/** client-go tries for two minutes to write an Event for the first time: one that is made later is made anew. */
const TRIED_MS = 120_000

const madeAnew = (
  { firstAt = Infinity, createdAt = -Infinity }: EventFields,
  at: At,
): Pick<EventHead, 'madeAt'> =>
  createdAt > firstAt + TRIED_MS ? { madeAt: guard(createdAt, at) } : {}

/** How often, where it says so. */
export const countOf = (count: number | undefined): number =>
  count !== undefined && count > 0 ? Math.min(count, MAX_COUNT) : 1

/** One stored Event, whatever it came through. Without any time of its own it has that of its record. */
export const eventSignal = (
  fields: EventFields,
  at: At,
): EventSignal | { readonly why: string } => {
  const lastAt = lastSeenAt(fields.firstAt, fields.lastAt, at)
  if (lastAt === undefined) return { why: 'an Event without any time' }
  const { kind, namespace, name } = fields.involved
  const series = seriesOf(fields.name, name)
  const event: EventHead = {
    // Dumps made by other tools may lack the UID; who, what and since when is the next best identity.
    uid:
      fields.uid ??
      contentId(
        JSON.stringify([namespace, kind, name, fields.reason, fields.message, fields.firstAt]),
      ),
    involved: fields.involved,
    reason: fields.reason,
    type: fields.type,
    message: cut(fields.message, MESSAGE_MAX),
    firstAt: firstSeenAt(fields.firstAt, lastAt, at),
    ...(fields.component === undefined ? {} : { component: fields.component }),
    ...(fields.host === undefined ? {} : { host: fields.host }),
    ...(fields.message.startsWith(COMBINED) ? { combined: true } : {}),
    ...(fields.seriesDropped ? { seriesDropped: true } : {}),
    ...(series === undefined ? {} : { series, ...madeAnew(fields, at) }),
  }
  const telling = { n: countOf(fields.count), at: lastAt, offset: at.offset, repeats: 1 }
  return { t: 'event', event, tellings: [telling] }
}

/** True for core/v1 and events.k8s.io/v1 (and v1beta1) Events; some dumps leave `kind` to the list. */
export const isKubeEvent = (object: Json): boolean =>
  str(object, 'kind') === 'Event' ||
  (str(object, 'kind') === undefined &&
    (Object.hasOwn(object, 'involvedObject') || Object.hasOwn(object, 'regarding')))

/** An Event object of either API: the same stored object under two sets of names. */
export const fromKubeEvent = (object: Json, at: At): EventSignal | { readonly why: string } => {
  const meta = sub(object, 'metadata')
  const ref = Object.hasOwn(object, 'regarding')
    ? sub(object, 'regarding')
    : sub(object, 'involvedObject')
  const source = Object.hasOwn(object, 'deprecatedSource')
    ? sub(object, 'deprecatedSource')
    : sub(object, 'source')
  const series = sub(object, 'series')
  const involved = involvedRef(ref)
  const reason = str(object, 'reason')
  if (involved.name === '') return { why: 'an Event that names no involved object' }
  if (reason === undefined) return { why: 'an Event without a reason' }
  const eventTime = time(object, 'eventTime')
  const first = time(object, 'firstTimestamp') ?? time(object, 'deprecatedFirstTimestamp')
  const last = time(object, 'lastTimestamp') ?? time(object, 'deprecatedLastTimestamp')
  return eventSignal(
    {
      uid: str(meta, 'uid'),
      name: str(meta, 'name'),
      involved,
      reason,
      type: str(object, 'type') ?? 'Normal',
      message: str(object, 'message', MESSAGE_MAX) ?? str(object, 'note', MESSAGE_MAX) ?? '',
      count: int(series, 'count') ?? int(object, 'count') ?? int(object, 'deprecatedCount'),
      firstAt: first ?? eventTime ?? time(meta, 'creationTimestamp'),
      lastAt:
        time(series, 'lastObservedTime') ?? last ?? eventTime ?? time(meta, 'creationTimestamp'),
      createdAt: time(meta, 'creationTimestamp'),
      component:
        str(source, 'component') ??
        str(object, 'reportingComponent') ??
        str(object, 'reportingController'),
      host: str(source, 'host'),
      seriesDropped: false,
    },
    at,
  )
}
