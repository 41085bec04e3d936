import type { Change, Evidence, ObjectRef, SlimObject } from '@kubesift/contracts'
import { evidence } from './evidence.ts'
import type { EventFact } from './event-fact.ts'
import type { ObjectFact, Revision } from './object-fact.ts'
import type { ReleaseFact } from './release-fact.ts'
import { helmRelease, releaseDrafts, withReleases } from './releases.ts'

export const CHANGE_WINDOW_MS = 60 * 60 * 1000
/** Clocks of the API server and the Collector, and whole seconds in events: a change this much after the symptom may still be its cause. */
const AFTER_MS = 5_000
const MAX_CHANGES = 5
const MAX_FIELDS = 20

type Field = Change['fields'][number]

const diff = (
  from: Readonly<Record<string, string>>,
  to: Readonly<Record<string, string>>,
): Field[] =>
  [...new Set([...Object.keys(from), ...Object.keys(to)])]
    .sort()
    .flatMap((path) =>
      from[path] === to[path] ? [] : [{ path, from: from[path] ?? null, to: to[path] ?? null }],
    )

const tail = (image: string): string => image.slice(image.lastIndexOf('/') + 1)

const sayField = ({ path, from, to }: Field): string => {
  const short = path.replace(/^(containers|initContainers)\.[^.]+\./, '')
  if (short === 'image')
    return `image ${from === null ? 'none' : tail(from)} -> ${to === null ? 'none' : tail(to)}`
  if (from === null)
    return `${short} added${/^(args|command|limits|requests|replicas)/.test(short) ? ` (${to ?? ''})` : ''}`
  if (to === null) return `${short} removed`
  return `${short} ${from} -> ${to}`
}

const say = (fields: readonly Field[]): string => {
  const shown = fields.filter((f) => !f.path.startsWith('labels.')).map(sayField)
  const parts = (shown.length > 0 ? shown : fields.map(sayField)).slice(0, 4)
  return parts.join(', ') + (shown.length > 4 ? ` and ${shown.length - 4} more` : '')
}

const sameTemplate = (a: Revision, b: Revision): boolean =>
  diff(a.template, b.template).length === 0

type Draft = Omit<Change, 'distanceMs' | 'failingPodsAreNew' | 'evidence'>

const between = (
  object: ObjectRef,
  before: Revision,
  after: Revision,
  older: readonly Revision[],
): Draft[] => {
  const fields = diff(before.template, after.template)
  const rollback = fields.length > 0 && older.some((r) => sameTemplate(r, after))
  const base = {
    object,
    at: after.at,
    ...(after.manager === undefined ? {} : { by: after.manager }),
    ...(before.revision === undefined ? {} : { fromRevision: before.revision }),
    ...(after.revision === undefined || after.revision === before.revision
      ? {}
      : { toRevision: after.revision }),
  }
  const out: Draft[] = []
  if (fields.length > 0) {
    const summary = `${rollback ? 'rolled back: ' : ''}${say(fields)}`
    out.push({
      ...base,
      kind: 'rollout',
      ...(rollback ? { rollback } : {}),
      ...(after.helm === undefined ? {} : { release: helmRelease(after.helm) }),
      summary,
      fields: fields.slice(0, MAX_FIELDS),
    })
  }
  if (before.desired !== after.desired) {
    const field = { path: 'replicas', from: String(before.desired), to: String(after.desired) }
    out.push({
      ...base,
      kind: 'scale',
      summary: `replicas ${before.desired} -> ${after.desired}`,
      fields: [field],
    })
  }
  return out
}

const refOf = (object: SlimObject): ObjectRef => ({
  kind: object.kind,
  namespace: object.namespace,
  name: object.name,
  uid: object.uid,
})

const createdDraft = (fact: ObjectFact, first: Revision | undefined): Draft[] => {
  const { object } = fact
  if (object.createdAt === undefined) return []
  const images = Object.entries(first?.template ?? {})
    .filter(([path]) => path.endsWith('.image'))
    .map(([, image]) => tail(image))
  return [
    {
      kind: 'created',
      object: refOf(object),
      at: object.createdAt,
      ...(object.writer === undefined ? {} : { by: object.writer.manager }),
      summary: images.length === 0 ? 'created' : `created with image ${images.join(', ')}`,
      fields: [],
      ...(first?.helm === undefined ? {} : { release: helmRelease(first.helm) }),
    },
  ]
}

/** From the owner's own versions: every new generation is compared with the one before. */
const fromRevisions = (fact: ObjectFact): Draft[] => {
  const revisions = fact.revisions
  const drafts = revisions.flatMap((after, i) => {
    const before = revisions[i - 1]
    return before === undefined
      ? []
      : between(refOf(fact.object), before, after, revisions.slice(0, i - 1))
  })
  return [...createdDraft(fact, revisions[0]), ...drafts]
}

/** When a ReplicaSet that is there already was taken up again: the Deployment's progress says so, where it is of that. */
const takenUpAt = (fact: ObjectFact): number | undefined => {
  const progress = fact.object.workload?.conditions['Progressing']
  return progress?.updatedAt ?? progress?.at
}

const numberOf = (set: ObjectFact): number => Number(set.object.workload?.revision ?? NaN)

/**
 * Where only one version of the Deployment is known (a dump): its ReplicaSets hold the templates of its revisions. They are numbered in
 * the order in which they were taken up; one that is older than the one before it was rolled back to (`rollout undo` gives the old
 * ReplicaSet the next number).
 */
const fromReplicaSets = (fact: ObjectFact, replicaSets: readonly ObjectFact[]): Draft[] => {
  const sets = replicaSets
    .filter((rs) => rs.object.workload?.template !== undefined && rs.object.createdAt !== undefined)
    .sort((a, b) => numberOf(a) - numberOf(b) || a.object.createdAt! - b.object.createdAt!)
  const revisionOf = (rs: ObjectFact, at: number): Revision => ({
    generation: 0,
    at,
    desired: 0,
    template: rs.object.workload!.template!,
    ...(fact.object.writer === undefined ? {} : { manager: fact.object.writer.manager }),
    ...(rs.object.workload!.revision === undefined
      ? {}
      : { revision: rs.object.workload!.revision }),
  })
  return sets.flatMap((set, i) => {
    const previous = sets[i - 1]
    if (previous === undefined) return []
    const again = set.object.createdAt! < previous.object.createdAt!
    // Of one that was taken up again and left again nobody says when.
    const at = again ? (i === sets.length - 1 ? takenUpAt(fact) : undefined) : set.object.createdAt!
    if (at === undefined) return []
    const after = revisionOf(set, at)
    const before = revisionOf(previous, previous.object.createdAt!)
    return between(refOf(fact.object), before, after, again ? [after] : [])
  })
}

/** With no objects at all, the Deployment controller's own events tell that a new revision began: a ReplicaSet grew from nothing. */
const fromEvents = (events: readonly EventFact[]): Draft[] =>
  events.flatMap((event) =>
    (event.grown ?? []).map(({ replicaSet, at }) => ({
      kind: 'rollout' as const,
      object: event.involved,
      at,
      summary: `new revision: replica set ${replicaSet}`,
      fields: [],
    })),
  )

export interface FailingPod {
  readonly name: string
  readonly createdAt?: number
}

/** Whether the failing pods came after the change: all, not all, or cannot be told. */
const areNew = (draft: Draft, pods: readonly FailingPod[]): boolean | null => {
  if (draft.kind !== 'rollout') return null
  const replicaSet = /replica set (\S+)$/.exec(draft.summary)?.[1]
  if (replicaSet !== undefined && pods.length > 0)
    return pods.every((p) => p.name.startsWith(`${replicaSet}-`))
  const dated = pods.filter((p) => p.createdAt !== undefined)
  // Creation times are whole seconds, rounded down.
  return dated.length === 0
    ? null
    : dated.every((p) => p.createdAt! >= Math.floor(draft.at / 1000) * 1000)
}

export interface ChangeSources {
  readonly own?: ObjectFact
  readonly replicaSets: readonly ObjectFact[]
  readonly rolloutEvents: readonly EventFact[]
  /** Those that deliver the owner. */
  readonly releases?: readonly ReleaseFact[]
}

/** A trouble in time: its first symptom, and where it ended (Infinity while it has not). */
export interface Trouble {
  readonly firstAt: number
  readonly endedAt: number
}

/**
 * The changes around a trouble, nearest first, each with the evidence entry that shows it. What followed the last symptom counts, too, as
 * long as it has not ended: it may be the remedy.
 */
export const changesOf = (
  sources: ChangeSources,
  { firstAt, endedAt }: Trouble,
  pods: readonly FailingPod[],
): { changes: Change[]; evidence: Evidence[] } => {
  const own = sources.own === undefined ? [] : fromRevisions(sources.own)
  const hasDiff = own.some((d) => d.kind === 'rollout')
  const older =
    sources.own === undefined || hasDiff ? [] : fromReplicaSets(sources.own, sources.replicaSets)
  const changes =
    own.length + older.length > 0 ? [...own, ...older] : fromEvents(sources.rolloutEvents)
  const { drafts, alone } = withReleases(changes, releaseDrafts(sources.releases ?? []))
  const factOf = new Map(alone.map(({ draft, fact }) => [draft, fact]))
  const near = [...drafts, ...alone.map(({ draft }) => draft)]
    .filter(
      (d) => d.at >= firstAt - CHANGE_WINDOW_MS && d.at <= Math.max(firstAt + AFTER_MS, endedAt),
    )
    .sort((a, b) => distance(a, firstAt) - distance(b, firstAt) || b.at - a.at)
    .slice(0, MAX_CHANGES)
  const shown = near.map((draft) => {
    const text = `${draft.object.kind}/${draft.object.name} ${draft.summary}${draft.by === undefined ? '' : ` (by ${draft.by})`}`
    const entry = evidence({
      kind: 'change',
      text,
      at: draft.at,
      object: draft.object,
      records: [...((factOf.get(draft) ?? sources.own)?.records ?? [])],
    })
    const change: Change = {
      ...draft,
      distanceMs: firstAt - draft.at,
      failingPodsAreNew: areNew(draft, pods),
      evidence: entry.id,
    }
    return { change, entry }
  })
  return { changes: shown.map((s) => s.change), evidence: shown.map((s) => s.entry) }
}

/** Changes before the symptom come first, by nearness; what followed (often the remedy) comes after them. */
const distance = (draft: Draft, firstAt: number): number =>
  draft.at <= firstAt + AFTER_MS
    ? Math.abs(firstAt - draft.at)
    : CHANGE_WINDOW_MS + draft.at - firstAt
