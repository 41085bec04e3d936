import { withoutCost, type Context, type Incident, type Resolution } from '@kubesift/contracts'
import { episodesOf, type Episode } from './episodes.ts'
import { incidentIdOf } from './ids.ts'
import { sameJson } from './same-json.ts'
import { scoreSeverity } from './severity.ts'
import { endingOf, ignoringOf, transitionsOf, type Draft, type Transition } from './transitions.ts'

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

const draftOf = (context: Context, episode: Episode, before: Incident | undefined): Draft => {
  const id = incidentIdOf(context.key, episode.number)
  const { traceparent } = context
  return {
    id,
    key: context.key,
    episode: episode.number,
    ...(episode.number > 1 ? { previous: incidentIdOf(context.key, episode.number - 1) } : {}),
    cluster: context.cluster,
    namespace: context.namespace,
    resourceKind: context.owner.kind,
    resourceName: context.owner.name,
    problem: context.problem,
    title: context.title,
    severity: scoreSeverity(context, { ...episode, blastRadius: before?.blastRadius }).severity,
    status: episode.recovery === null ? 'open' : 'resolved',
    resolution: resolutionOf(episode),
    reopenCount: episode.reopenCount,
    occurrenceCount: episode.occurrenceCount,
    countQuality: context.countQuality,
    reasons: reasonsWithin(context, episode),
    firstSeenAt: episode.firstSeenAt,
    lastSeenAt: episode.lastSeenAt,
    openedAt: episode.openedAt,
    group: before?.group ?? id,
    ...(before?.primary === undefined ? {} : { primary: before.primary }),
    joins: before?.joins ?? [],
    ...(before?.links === undefined ? {} : { links: before.links }),
    ...(before?.blastRadius === undefined ? {} : { blastRadius: before.blastRadius }),
    context,
    analysis: before?.analysis ?? null,
    ...(traceparent === undefined ? {} : { traceparent }),
  }
}

/** An episode that another has followed keeps what was known when it ended; only late records still enter its numbers. */
const settled = (draft: Draft, before: Incident | undefined): Draft => {
  if (before === undefined || before.status === 'merged') return draft
  const { severity, title, context, countQuality } = before
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

const withoutRevision = ({ revision: _revision, ...draft }: Incident): Draft => draft

/** What of a state says nothing of the trouble: how far the stream was read, where what it says stands there, and what its owner costs. */
const said = ({ traceparent: _trace, context, ...draft }: Draft): unknown => {
  const {
    version: _v,
    watermark: _w,
    cause: _c,
    traceparent: _t,
    evidence,
    ...rest
  } = withoutCost(context)
  return { ...draft, context: { ...rest, evidence: evidence.map(({ id, at }) => [id, at]) } }
}

/** A newer context that says the same makes no revision: everybody downstream would read it for nothing. */
const isNews = (before: Incident | undefined, { incident, transitions }: Step): boolean =>
  before === undefined ||
  transitions.length > 0 ||
  !sameJson(said(withoutRevision(before)), said(withoutRevision(incident)))

/**
 * The key was an inference that the truth has corrected, and its document shows the other key's content: what was published of it
 * ends as it stands. Earlier episodes had their own end. Of the other key only the name is known here, so its first episode is named.
 */
const mergeNewest = (context: Context, living: readonly Incident[]): readonly Step[] => {
  const newest = living.at(-1)
  const { movedTo, version, cause, rulesHash } = context
  if (newest === undefined || movedTo === undefined) return []
  const draft: Draft = {
    ...withoutRevision(newest),
    status: 'merged',
    mergedInto: incidentIdOf(movedTo, 1),
    context: { ...newest.context, version, cause, rulesHash, movedTo },
  }
  return [stepOf(newest, draft)]
}

/** Its occurrences turned out to be another's before it ended, and what is left never opened: it ends with what is left. */
const endLeftOver = (context: Context, left: readonly Incident[]): readonly Step[] => {
  const last = context.spells.at(-1)
  const open = left.find((incident) => incident.resolution === null)
  if (last === undefined || last.recovery === null || open === undefined) return []
  const { at, by, why } = last.recovery
  const draft: Draft = {
    ...withoutRevision(open),
    status: 'resolved',
    resolution: { at, by, why },
    context,
  }
  const transitions = [endingOf(draft, last, open.reopenCount + 1)]
  return [{ incident: { ...draft, revision: open.revision + 1 }, transitions }]
}

/** Operators have said that it is none: what is open ends by their rule, and nothing opens. */
const endIgnored = (context: Context, living: readonly Incident[]): readonly Step[] => {
  const { ignored } = context
  const open = living.find((incident) => incident.resolution === null)
  if (ignored === undefined || open === undefined) return []
  const why = `ignored by the rule ${ignored.rule}: ${ignored.why}`
  const resolution = { at: context.lastSeenAt, by: 'operator', why } as const
  const draft: Draft = { ...withoutRevision(open), status: 'resolved', resolution, context }
  const transitions = [ignoringOf(draft, why)]
  return [{ incident: { ...draft, revision: open.revision + 1 }, transitions }]
}

/**
 * The episodes of a key that was merged before and now speaks for itself. Where it tells again of what was merged (records that came
 * late have given it its symptoms back), that incident is itself again. Where it tells only of later things, they are numbered on.
 */
const episodesAfter = (context: Context, merged: readonly Incident[]): readonly Episode[] => {
  const episodes = episodesOf(context)
  const covered = Math.max(...merged.map((i) => i.lastSeenAt))
  const first = episodes[0]
  if (merged.length === 0 || first === undefined || first.firstSeenAt <= covered) return episodes
  const from = Math.max(...merged.map((i) => i.episode))
  return episodes.map((e) => ({ ...e, number: e.number + from }))
}

/**
 * What a context makes of the incidents of its key, given what is stored of them: only those that change. The stream's part is
 * computed whole from this context each time, never from increments, so that skipped, doubled and coalesced versions end alike. That
 * holds for `merged` too: nobody but the stream can take it back, and it does when records that came late give the key its symptoms back.
 */
export const stepsOf = (context: Context, known: readonly Incident[] = []): readonly Step[] => {
  const byEpisode = known.toSorted((a, b) => a.episode - b.episode)
  const merged = byEpisode.filter((i) => i.status === 'merged')
  const living = byEpisode.filter((i) => i.status !== 'merged')
  if (context.movedTo !== undefined) return mergeNewest(context, living)
  if (context.ignored !== undefined) return endIgnored(context, living)
  const episodes = episodesAfter(context, merged)
  const last = episodes.at(-1)
  if (last === undefined) return endLeftOver(context, living)
  return episodes.flatMap((episode): readonly Step[] => {
    const before = byEpisode.find((i) => i.episode === episode.number)
    const draft = draftOf(context, episode, before)
    if (episode === last) {
      const step = stepOf(before, draft, episode)
      return isNews(before, step) ? [step] : []
    }
    const past = settled(draft, before)
    if (before !== undefined && sameNumbers(past, before)) return []
    return [stepOf(before, past, episode)]
  })
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
