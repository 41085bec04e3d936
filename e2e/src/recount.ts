/**
 * Counts what a recording says straight from its JSON, with nothing of the product: per owner and reason the sum of the largest counts of
 * the recorders' Events, each known by its name, since one that has expired is made anew under another UID and counts on. It shares no code
 * with the pipeline on purpose.
 */
import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { requestsOf } from './scenario.ts'

export interface Recount {
  readonly owner: string
  readonly reason: string
  readonly type: string
  readonly sum: number
  readonly uids: number
  readonly firstAt: number
  readonly lastAt: number
}

/** Raw JSON, read as a person would with jq. */
type Raw = Record<string, any>

const plain = (value: Raw | undefined): any => {
  if (value === undefined || value === null) return null
  if ('kvlistValue' in value)
    return Object.fromEntries(
      (value['kvlistValue'].values ?? []).map((e: Raw) => [e['key'], plain(e['value'])]),
    )
  if ('arrayValue' in value) return (value['arrayValue'].values ?? []).map(plain)
  return Object.values(value)[0] ?? null
}

const attributes = (list: Raw[] | undefined): Raw =>
  Object.fromEntries((list ?? []).map((a) => [a['key'], plain(a['value'])]))

interface Seen {
  readonly uids: Set<string>
  /** What its recorder knows it by. */
  readonly series: string
  readonly kind: string
  readonly name: string
  readonly namespace: string
  readonly involvedUid: string
  readonly reason: string
  readonly type: string
  n: number
  firstAt: number
  lastAt: number
}

/** A name that ends in nanoseconds is given once in a cluster's life; with any other an Event is known by its UID. */
const seriesOf = (namespace: string, name: string, uid: string): string =>
  /\.[0-9a-f]{16}$/.test(name) ? `${namespace}/${name}` : uid

const ms = (text: unknown): number =>
  typeof text === 'string'
    ? Date.parse(text.replace(/^(\S+) (\S+) \+0000 UTC$/, '$1T$2Z'))
    : Number.NaN
const firstOf = (...times: number[]): number => times.find((t) => !Number.isNaN(t)) ?? Number.NaN

const fromObject = (e: Raw): Seen => {
  const ref = e['regarding'] ?? e['involvedObject']
  const eventTime = ms(e['eventTime'])
  const created = ms(e['metadata'].creationTimestamp)
  return {
    uids: new Set([e['metadata'].uid]),
    series: seriesOf(ref.namespace ?? '', e['metadata'].name, e['metadata'].uid),
    kind: ref.kind,
    name: ref.name,
    namespace: ref.namespace ?? '',
    involvedUid: ref.uid ?? '',
    reason: e['reason'],
    type: e['type'],
    n: Number(e['series']?.count ?? (e['count'] || e['deprecatedCount'] || 1)),
    firstAt: firstOf(ms(e['firstTimestamp'] ?? e['deprecatedFirstTimestamp']), eventTime, created),
    lastAt: firstOf(
      ms(e['series']?.lastObservedTime),
      ms(e['lastTimestamp'] ?? e['deprecatedLastTimestamp']),
      eventTime,
      created,
    ),
  }
}

const fromReceiver = (record: Raw, resource: Raw): Seen => {
  const a = attributes(record['attributes'])
  const last =
    Number(BigInt(record['timeUnixNano']) / 1_000_000n) +
    Number(BigInt(record['timeUnixNano']) % 1_000_000n) / 1e6
  return {
    uids: new Set([a['k8s.event.uid']]),
    series: seriesOf(a['k8s.namespace.name'] ?? '', a['k8s.event.name'], a['k8s.event.uid']),
    kind: resource['k8s.object.kind'],
    name: resource['k8s.object.name'],
    namespace: a['k8s.namespace.name'] ?? '',
    involvedUid: resource['k8s.object.uid'],
    reason: a['k8s.event.reason'],
    type: record['severityText'],
    n: Number(a['k8s.event.count'] ?? 1),
    firstAt: firstOf(ms(a['k8s.event.start_time']), last),
    lastAt: last,
  }
}

interface Reference {
  kind: string
  name: string
  uid: string
}

const owners =
  (objects: Map<string, Raw>) =>
  (event: Seen): string => {
    if (event.kind === 'Node') return `/Node/${event.name}`
    let at: Reference = { kind: event.kind, name: event.name, uid: event.involvedUid }
    // The taint manager names a pod without its UID.
    if (at.uid === '')
      for (const { kind, metadata } of objects.values() as Iterable<Raw>)
        if (
          kind === event.kind &&
          metadata.namespace === event.namespace &&
          metadata.name === at.name
        )
          at = { ...at, uid: metadata.uid }
    for (let depth = 0; depth < 5; depth++) {
      const refs: Raw[] = objects.get(at.uid)?.['metadata'].ownerReferences ?? []
      const up = refs.find((r) => r['controller']) ?? refs[0]
      if (up === undefined) break
      at = { kind: up['kind'], name: up['name'], uid: up['uid'] }
    }
    // The volume test recorded no objects; its pods are all of Deployments.
    if (objects.size === 0 && at.kind === 'Pod')
      at = { ...at, kind: 'Deployment', name: at.name.replace(/-[^-]+-[^-]+$/, '') }
    return `${event.namespace}/${at.kind}/${at.name}`
  }

type Events = Map<string, Seen>

const see = (events: Events, e: Seen): void => {
  const before = events.get(e.series)
  if (before === undefined) return void events.set(e.series, e)
  for (const uid of e.uids) before.uids.add(uid)
  before.n = Math.max(before.n, e.n)
  before.firstAt = Math.min(before.firstAt, e.firstAt)
  before.lastAt = Math.max(before.lastAt, e.lastAt)
}

const read = (scenario: string): { objects: Map<string, Raw>; events: Events } => {
  const objects = new Map<string, Raw>()
  const events: Events = new Map()
  for (const { line, stream } of requestsOf(scenario)) {
    for (const rl of JSON.parse(line).resourceLogs as Raw[]) {
      const resource = attributes(rl['resource']?.attributes)
      for (const record of rl['scopeLogs'].flatMap((s: Raw) => s['logRecords']) as Raw[]) {
        if (stream === 'events') {
          see(events, fromReceiver(record, resource))
          continue
        }
        const body = plain(record['body'])
        const object: Raw = body.object ?? body
        if (object['kind'] !== 'Event') objects.set(object['metadata'].uid, object)
        else if (body.type !== 'DELETED') see(events, fromObject(object))
      }
    }
  }
  return { objects, events }
}

const sumUp = (events: Iterable<Seen>, ownerOf: (e: Seen) => string): Recount[] => {
  const out = new Map<string, Recount>()
  for (const e of events) {
    const owner = ownerOf(e)
    const key = `${owner} ${e.reason} ${e.type}`
    const before = out.get(key)
    out.set(key, {
      owner,
      reason: e.reason,
      type: e.type,
      sum: (before?.sum ?? 0) + e.n,
      uids: (before?.uids ?? 0) + e.uids.size,
      firstAt: Math.min(before?.firstAt ?? Infinity, e.firstAt),
      lastAt: Math.max(before?.lastAt ?? -Infinity, e.lastAt),
    })
  }
  return [...out.values()]
}

/** Per owner (`namespace/Kind/name`) and reason what the recording holds. */
export const recount = (scenario: string): Recount[] => {
  const { objects, events } = read(scenario)
  return sumUp(events.values(), owners(objects))
}

/** The same of what `kubectl get events` showed at the end of a scenario; the owners are those that its recorded objects name. */
export const recountDump = (file: string, scenario: string): Recount[] => {
  const { items } = JSON.parse(gunzipSync(readFileSync(file)).toString('utf8')) as { items: Raw[] }
  const events: Events = new Map()
  for (const item of items) see(events, fromObject(item))
  return sumUp(events.values(), owners(read(scenario).objects))
}
