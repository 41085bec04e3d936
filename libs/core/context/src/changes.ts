import type { Change, Evidence, ObjectRef } from '@kubesift/contracts'
import { diff, MAX_FIELDS, refOf, say, tail, type Draft, type Field } from './change-drafts.ts'
import { evidence } from './evidence.ts'
import type { EventFact } from './event-fact.ts'
import { nodeChanges } from './node-changes.ts'
import type { ObjectFact, Revision } from './object-fact.ts'
import type { ReleaseFact } from './release-fact.ts'
import { helmRelease, releaseDrafts, withReleases } from './releases.ts'
import { rolloutsTold, type ToldRollout } from './rollout-events.ts'
import { settingChanges } from './setting-changes.ts'
import { inOrder } from './settings.ts'
import { takesOf, type Take } from './takes.ts'

export const CHANGE_WINDOW_MS = 60 * 60 * 1000
/** Clocks of the API server and the Collector, and whole seconds in events: a change this much after the symptom may still be its cause. */
const AFTER_MS = 5_000
const MAX_CHANGES = 5

const sameTemplate = (a: Revision, b: Revision): boolean =>
  diff(a.template, b.template).length === 0

/** How it rolls out: known of both, or not compared. */
const rollingOut = (before: Revision, after: Revision): Field[] =>
  before.rollingOut === undefined || after.rollingOut === undefined
    ? []
    : diff(before.rollingOut, after.rollingOut)

const between = (
  object: ObjectRef,
  before: Revision,
  after: Revision,
  older: readonly Revision[],
): Draft[] => {
  const ofTemplate = diff(before.template, after.template)
  const beside = rollingOut(before, after)
  const rollback = ofTemplate.length > 0 && older.some((r) => sameTemplate(r, after))
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
  if (ofTemplate.length > 0) {
    const fields = [...ofTemplate, ...beside]
    const summary = `${rollback ? 'rolled back: ' : ''}${say(fields)}`
    out.push({
      ...base,
      kind: 'rollout',
      ...(rollback ? { rollback } : {}),
      ...(after.note === undefined || after.note === before.note ? {} : { note: after.note }),
      ...(after.helm === undefined ? {} : { release: helmRelease(after.helm) }),
      summary,
      fields: fields.slice(0, MAX_FIELDS),
    })
  } else if (beside.length > 0) {
    out.push({ ...base, kind: 'config', summary: say(beside), fields: beside.slice(0, MAX_FIELDS) })
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

/** What it was made with: its first version, or its first ReplicaSet. Any later version says nothing of that. */
const firstTemplate = (fact: ObjectFact, takes: readonly Take[]): Revision['template'] => {
  const [first] = fact.revisions
  if (first === undefined) return inOrder(fact.settings ?? [])[0]?.values ?? {}
  return first.generation === 1 ? first.template : (takes[0]?.set.object.workload?.template ?? {})
}

const createdDraft = (fact: ObjectFact, takes: readonly Take[]): Draft[] => {
  const { object } = fact
  if (object.createdAt === undefined) return []
  const [first] = fact.revisions
  const helm = first?.generation === 1 ? first.helm : undefined
  const images = Object.entries(firstTemplate(fact, takes))
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
      ...(helm === undefined ? {} : { release: helmRelease(helm) }),
    },
  ]
}

/** From the owner's own versions: every new generation is compared with the one before. */
const fromRevisions = (fact: ObjectFact): Draft[] => {
  const revisions = fact.revisions
  return revisions.flatMap((after, i) => {
    const before = revisions[i - 1]
    return before === undefined
      ? []
      : between(refOf(fact.object), before, after, revisions.slice(0, i - 1))
  })
}

/** Where only one version of the Deployment is known (a dump): its ReplicaSets hold the templates of its revisions. */
const fromReplicaSets = (fact: ObjectFact, takes: readonly Take[]): Draft[] => {
  const revisionOf = ({ set, number, at = 0 }: Take): Revision => ({
    generation: 0,
    at,
    desired: 0,
    template: set.object.workload!.template!,
    ...(fact.object.writer === undefined ? {} : { manager: fact.object.writer.manager }),
    ...(number === undefined ? {} : { revision: number }),
  })
  return takes.flatMap((take, i) => {
    const previous = takes[i - 1]
    if (previous === undefined || take.at === undefined) return []
    const after = revisionOf(take)
    const older = take.again ? [after] : []
    return between(refOf(fact.object), revisionOf(previous), after, older).map((draft) => ({
      ...draft,
      replicaSet: take.set.object.name,
    }))
  })
}

/** The path of the one field that Events tell of a roll-out: which ReplicaSet took over from which. */
const REPLICA_SET = 'replicaSet'

/** With no objects at all, the Deployment controller's own Events tell that a revision began, or began again. */
const fromEvents = (told: readonly ToldRollout[]): Draft[] =>
  told.map(({ object, at, from, to, rollback }) => ({
    kind: 'rollout' as const,
    object,
    at,
    ...(rollback ? { rollback } : {}),
    summary: rollback ? `rolled back: to replica set ${to}` : `new revision: replica set ${to}`,
    fields: [{ path: REPLICA_SET, from: from ?? null, to }],
    replicaSet: to,
  }))

/** The ReplicaSet of a Deployment's making is told by Events, too: that is no second change. */
const CREATED_MS = 60_000

/** All changes of one owner that its facts tell of, releases left out. */
export const changeDrafts = ({ own, replicaSets, rolloutEvents }: ChangeSources): Draft[] => {
  const told = rolloutsTold(rolloutEvents)
  if (own === undefined) return fromEvents(told)
  const takes = takesOf(own, replicaSets, told)
  const created = createdDraft(own, takes)
  if (own.object.kind === 'Node') return [...created, ...nodeChanges(own)]
  const seen = [...fromRevisions(own), ...settingChanges(own)]
  if (seen.some((d) => d.kind === 'rollout')) return [...created, ...seen]
  if (takes.length > 0) return [...created, ...seen, ...fromReplicaSets(own, takes)]
  const { createdAt } = own.object
  const later = told.filter(
    ({ at, from }) =>
      from !== undefined || createdAt === undefined || Math.abs(at - createdAt) > CREATED_MS,
  )
  return [...created, ...seen, ...fromEvents(later)]
}

export interface FailingPod {
  readonly name: string
  readonly createdAt?: number
}

/** Whether the failing pods came after the change: all, not all, or cannot be told. */
const areNew = (
  { kind, at, of, replicaSet }: Draft,
  pods: readonly FailingPod[],
): boolean | null => {
  if (kind !== 'rollout' || of !== undefined) return null
  if (replicaSet !== undefined && pods.length > 0)
    return pods.every((p) => p.name.startsWith(`${replicaSet}-`))
  const dated = pods.filter((p) => p.createdAt !== undefined)
  // Creation times are whole seconds, rounded down.
  return dated.length === 0
    ? null
    : dated.every((p) => p.createdAt! >= Math.floor(at / 1000) * 1000)
}

export interface ChangeSources {
  readonly own?: ObjectFact
  readonly replicaSets: readonly ObjectFact[]
  readonly rolloutEvents: readonly EventFact[]
  /** Those that deliver the owner. */
  readonly releases?: readonly ReleaseFact[]
  /** What has changed beside it and concerns it. */
  readonly beside?: readonly Draft[]
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
  const { drafts, alone } = withReleases(
    changeDrafts(sources),
    releaseDrafts(sources.releases ?? []),
  )
  const factOf = new Map<Draft, ReleaseFact>(alone.map(({ draft, fact }) => [draft, fact]))
  const near: Draft[] = [...drafts, ...alone.map(({ draft }) => draft), ...(sources.beside ?? [])]
    .filter(
      (d) => d.at >= firstAt - CHANGE_WINDOW_MS && d.at <= Math.max(firstAt + AFTER_MS, endedAt),
    )
    .sort(byDistance(firstAt))
    .slice(0, MAX_CHANGES)
  const shown = near.map((whole) => {
    const { replicaSet: _, records, ...draft } = whole
    const text = `${draft.object.kind}/${draft.object.name} ${draft.summary}${draft.by === undefined ? '' : ` (by ${draft.by})`}${draft.via === undefined ? '' : `: ${draft.via}`}`
    const entry = evidence({
      kind: 'change',
      text,
      at: draft.at,
      object: draft.object,
      records: [...(records ?? (factOf.get(whole) ?? sources.own)?.records ?? [])],
    })
    const change: Change = {
      ...draft,
      distanceMs: firstAt - draft.at,
      failingPodsAreNew: areNew(whole, pods),
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

/** That something was made says less than that it was changed; of equals the owner's own comes first. */
const byDistance =
  (firstAt: number) =>
  (a: Draft, b: Draft): number =>
    Number(isOnlyThere(a)) - Number(isOnlyThere(b)) ||
    distance(a, firstAt) - distance(b, firstAt) ||
    b.at - a.at ||
    Number(a.via !== undefined) - Number(b.via !== undefined)

/** What holds for others from its making on; anything else is made before it is used. */
const RULES_OTHERS: ReadonlySet<string> = new Set(['ResourceQuota', 'LimitRange', 'NetworkPolicy'])

const isOnlyThere = ({ kind, via, object }: Draft): boolean =>
  kind === 'created' && via !== undefined && !RULES_OTHERS.has(object.kind)
