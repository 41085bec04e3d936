import { consumeBatches, createKafka, type Kafka } from '@kubesift/adapter-kafka'
import {
  incidentEvents,
  incidents,
  type Incident,
  type IncidentEvent,
  type TopicContract,
} from '@kubesift/contracts'
import type { TestBacking } from '@kubesift/testing'
import type { Found } from '../judge.ts'

const follow = <T>(
  kafka: Kafka,
  topic: TopicContract<T>,
  signal: AbortSignal,
  take: (value: T) => void,
): Promise<void> =>
  consumeBatches({
    kafka,
    topic,
    groupId: `e2e-${topic.topic}`,
    handle: async (batch) => {
      for (const { value } of batch.records) take(value)
      return { through: batch.lastOffset }
    },
  }).run(signal)

/** A downstream consumer: the newest revision of every incident, and the story of its transitions. */
export class Reader {
  readonly incidents = new Map<string, Incident>()
  readonly events = new Map<string, IncidentEvent>()
  readonly #stop = new AbortController()
  readonly #running: Promise<unknown>
  /** When something new came last (performance.now). */
  movedAt = performance.now()

  constructor(backing: Pick<TestBacking, 'kafkaBrokers' | 'topicPrefix'>) {
    const kafka = createKafka({
      brokers: backing.kafkaBrokers.split(','),
      clientId: 'e2e-reader',
      topicPrefix: backing.topicPrefix,
    })
    this.#running = Promise.all([
      follow(kafka, incidents, this.#stop.signal, (incident) => {
        const before = this.incidents.get(incident.id)
        if (before !== undefined && before.revision >= incident.revision) return
        this.incidents.set(incident.id, incident)
        this.movedAt = performance.now()
      }),
      follow(kafka, incidentEvents, this.#stop.signal, (event) => {
        this.events.set(incidentEvents.idOf(event), event)
      }),
    ])
  }

  of(cluster: string): Incident[] {
    return [...this.incidents.values()].filter(
      (i) => i.cluster === cluster && i.status !== 'merged',
    )
  }

  found(cluster: string): Found[] {
    return this.of(cluster).map((i) => ({
      owner: `${i.namespace}/${i.resourceKind}/${i.resourceName}`,
      problem: i.problem,
      status: i.status,
      firstSeenAt: i.firstSeenAt,
      lastSeenAt: i.lastSeenAt,
      reasons: i.context.reasons,
    }))
  }

  async stop(): Promise<void> {
    this.#stop.abort()
    await this.#running
  }
}

/**
 * What two runs of the same records must agree on: everything but names of the run, versions and the records that caused it. Sorted.
 */
export const essence = (cluster: string, list: readonly Incident[]) => {
  const relative = (key: string): string => key.replace(encodeURIComponent(cluster), '*')
  const keys = new Map(list.map((i) => [i.id, `${relative(i.key)}#${i.episode}`]))
  const named = (id: string | undefined): string => keys.get(id ?? '') ?? '?'
  return list
    .map((i) => {
      const { context } = i
      return {
        key: relative(i.key),
        group: named(i.group),
        primary: named(i.primary),
        joins: i.joins.map(({ to, thing, directed }) => ({ to: named(to), thing, directed })),
        episode: i.episode,
        status: i.status,
        severity: i.severity,
        resolution: i.resolution,
        reopenCount: i.reopenCount,
        occurrenceCount: i.occurrenceCount,
        countQuality: i.countQuality,
        firstSeenAt: i.firstSeenAt,
        lastSeenAt: i.lastSeenAt,
        openedAt: i.openedAt,
        reasons: context.reasons,
        objects: context.objects,
        changes: context.changes,
        spells: context.spells,
        evidence: context.evidence.map((e) => e.id),
        hypothesis: i.analysis?.hypothesis,
      }
    })
    .sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : a.episode - b.episode))
}

type Essence = ReturnType<typeof essence>

/** Whoever parsed a value may have put its keys in another order. */
const canonical = (value: unknown): string | undefined =>
  JSON.stringify(value, (_, v: unknown) =>
    typeof v === 'object' && v !== null && !Array.isArray(v)
      ? Object.fromEntries(Object.entries(v).sort(([a], [b]) => (a < b ? -1 : 1)))
      : v,
  )

/** What differs between two runs, a line each, so that a failure can be read. */
export const differences = (expected: Essence, got: Essence): string[] => {
  const id = (e: Essence[number]): string => `${e.key}#${e.episode}`
  const before = new Map(expected.map((e) => [id(e), e]))
  const after = new Map(got.map((e) => [id(e), e]))
  return [...new Set([...before.keys(), ...after.keys()])].flatMap((key) => {
    const [a, b] = [before.get(key), after.get(key)]
    if (a === undefined || b === undefined)
      return [`${key}: ${a === undefined ? 'unexpected' : 'missing'}`]
    return (Object.keys(a) as (keyof typeof a)[]).flatMap((field) => {
      const [x, y] = [canonical(a[field]), canonical(b[field])]
      return x === y ? [] : [`${key}: ${field} was ${x}, is ${y}`]
    })
  })
}
