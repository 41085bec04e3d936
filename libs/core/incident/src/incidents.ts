import type { Context, Incident, Resolution } from '@kubesift/contracts'
import { episodesOf, type Episode } from './episodes.ts'
import { incidentIdOf } from './ids.ts'
import { scoreSeverity } from './severity.ts'
import { transitionsOf, type Draft, type Transition } from './transitions.ts'

/** An incident in its new state, and what led there. */
export interface Step {
  readonly incident: Incident
  readonly transitions: readonly Transition[]
}

const resolutionOf = ({ recovery }: Episode): Resolution | null =>
  recovery === null ? null : { at: recovery.at, by: recovery.by, why: recovery.why }

const reasonsWithin = (context: Context, { firstSeenAt, lastSeenAt }: Episode): string[] => [
  ...new Set(
    context.reasons
      .filter((r) => r.firstAt <= lastSeenAt && r.lastAt >= firstSeenAt)
      .map((r) => r.reason),
  ),
]

const statusOf = (context: Context, episode: Episode): Incident['status'] => {
  if (context.movedTo !== undefined) return 'merged'
  return episode.recovery === null ? 'open' : 'resolved'
}

const draftOf = (context: Context, episode: Episode, before: Incident | undefined): Draft => {
  const id = incidentIdOf(context.key, episode.number)
  const { movedTo, traceparent } = context
  return {
    id,
    key: context.key,
    episode: episode.number,
    ...(episode.number > 1 ? { previous: incidentIdOf(context.key, episode.number - 1) } : {}),
    // Of the other key nothing is known here; its first episode is the one that has the moved occurrences.
    ...(movedTo === undefined ? {} : { mergedInto: incidentIdOf(movedTo, 1) }),
    cluster: context.cluster,
    namespace: context.namespace,
    resourceKind: context.owner.kind,
    resourceName: context.owner.name,
    problem: context.problem,
    title: context.title,
    severity: scoreSeverity(context, episode).severity,
    status: statusOf(context, episode),
    resolution: resolutionOf(episode),
    reopenCount: episode.reopenCount,
    occurrenceCount: episode.occurrenceCount,
    countQuality: context.countQuality,
    reasons: reasonsWithin(context, episode),
    firstSeenAt: episode.firstSeenAt,
    lastSeenAt: episode.lastSeenAt,
    openedAt: episode.openedAt,
    group: id,
    context,
    analysis: before?.analysis ?? null,
    ...(traceparent === undefined ? {} : { traceparent }),
  }
}

/** An episode that another has followed keeps what was known when it ended; only late records still enter its numbers. */
const settled = (draft: Draft, before: Incident | undefined): Draft => {
  if (before === undefined) return draft
  const { severity, title, countQuality } = before
  const context = draft.status === 'merged' ? draft.context : before.context
  return { ...draft, severity, title, context, countQuality }
}

const sameNumbers = (a: Draft, b: Draft): boolean =>
  a.status === b.status &&
  a.occurrenceCount === b.occurrenceCount &&
  a.lastSeenAt === b.lastSeenAt &&
  a.firstSeenAt === b.firstSeenAt &&
  a.openedAt === b.openedAt &&
  a.reopenCount === b.reopenCount &&
  a.resolution?.at === b.resolution?.at &&
  a.reasons.join() === b.reasons.join()

/** Each transition has a revision of its own, so that `revision` and `type` name it on `incident-events`. */
const stepOf = (before: Incident | undefined, draft: Draft, episode?: Episode): Step => {
  const transitions = transitionsOf(before, draft, episode)
  const revision = (before?.revision ?? 0) + Math.max(1, transitions.length)
  return { incident: { ...draft, revision }, transitions }
}

/** A moved key whose document carries no spells any more: what was published of it is merged as it stands. */
const mergeKnown = (context: Context, known: readonly Incident[]): readonly Step[] => {
  const { movedTo } = context
  if (movedTo === undefined) return []
  return known.map((before) => {
    const { revision: _, ...kept } = before
    const mergedInto = incidentIdOf(movedTo, 1)
    return stepOf(before, { ...kept, status: 'merged', mergedInto, context })
  })
}

/**
 * `merged` is terminal: what a merged episode covered stays with it. Where the key lives again afterwards, its newer stretches are
 * numbered on from there.
 */
const liveEpisodes = (context: Context, merged: readonly Incident[]): readonly Episode[] => {
  if (merged.length === 0) return episodesOf(context)
  const covered = Math.max(...merged.map((i) => i.lastSeenAt))
  const from = Math.max(...merged.map((i) => i.episode))
  const spells = context.spells.filter((s) => s.to > covered)
  const firstSeenAt = spells[0]?.from ?? context.firstSeenAt
  return episodesOf({ ...context, spells, firstSeenAt, occurrenceCount: 0 }).map((e) => ({
    ...e,
    number: e.number + from,
  }))
}

/**
 * What a context makes of the incidents of its key, given what is stored of them: only those that change. The stream's part is
 * computed whole from this context each time, never from increments, so that skipped, doubled and coalesced versions end alike.
 */
export const stepsOf = (context: Context, known: readonly Incident[] = []): readonly Step[] => {
  const merged = known.filter((i) => i.status === 'merged')
  const living = known.filter((i) => i.status !== 'merged')
  const episodes = liveEpisodes(context, merged)
  const last = episodes.at(-1)
  const steps = episodes.flatMap((episode): readonly Step[] => {
    const before = living.find((i) => i.episode === episode.number)
    const draft = draftOf(context, episode, before)
    if (episode === last) return [stepOf(before, draft, episode)]
    const past = settled(draft, before)
    if (before !== undefined && sameNumbers(past, before)) return []
    return [stepOf(before, past, episode)]
  })
  const numbers = new Set(episodes.map((e) => e.number))
  return [
    ...mergeKnown(
      context,
      living.filter((i) => !numbers.has(i.episode)),
    ),
    ...steps,
  ]
}

/** All incidents of a key after this context, oldest episode first. */
export const incidentsOf = (
  context: Context,
  known: readonly Incident[] = [],
): readonly Incident[] => {
  const changed = new Map(stepsOf(context, known).map(({ incident }) => [incident.id, incident]))
  const kept = known.filter((i) => !changed.has(i.id))
  return [...kept, ...changed.values()].sort((a, b) => a.episode - b.episode)
}
