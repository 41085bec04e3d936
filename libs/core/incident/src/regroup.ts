import type { BlastRadius, Incident, IncidentEvent } from '@kubesift/contracts'
import { effectOf, type Effect } from './effects.ts'
import type { Groupable } from './groupable.ts'
import { groupsOf, joinsOfMember, withGroup, type Constraints, type Group } from './groups.ts'
import { sameJson } from './same-json.ts'
import { severityNote, type Transition } from './transitions.ts'

/** What of an incident's group is stored beside it. */
export interface Placed {
  readonly group: string
  readonly primary: string
  readonly joins: Incident['joins']
  readonly blastRadius?: BlastRadius | undefined
}

/** An incident that groups may have to be decided about again. */
export interface Candidate {
  readonly groupable: Groupable
  /** As stored; undefined for one that is new. */
  readonly placed: Placed | undefined
}

/** Where an incident belongs now, and what others call those that it belongs to. */
export interface Placement {
  readonly id: string
  readonly group: Group
  readonly before: Placed | undefined
  /** The primary's label. */
  readonly primaryLabel: string
}

export interface Regrouping {
  /** Those whose group, primary or joins are not what is stored. */
  readonly changed: readonly Placement[]
  /** Groups that have gone up in others: former id, new id. */
  readonly aliases: readonly (readonly [string, string])[]
}

/** What is stored of a member of this group. */
export const placedIn = (id: string, group: Group): Placed => ({
  group: group.id,
  primary: group.primary,
  joins: joinsOfMember(id, group),
  ...(group.blastRadius === undefined || group.primary !== id
    ? {}
    : { blastRadius: group.blastRadius }),
})

const isSame = (a: Placed, b: Placed | undefined): boolean =>
  b !== undefined &&
  a.group === b.group &&
  a.primary === b.primary &&
  sameJson(a.joins, b.joins) &&
  sameJson(a.blastRadius ?? null, b.blastRadius ?? null)

/** Decides the groups of these anew. They must hold every member of each group that any of them was in. */
export const regroup = (candidates: readonly Candidate[], constraints: Constraints): Regrouping => {
  const byId = new Map(candidates.map((c) => [c.groupable.id, c]))
  const groups = groupsOf(
    candidates.map(({ groupable }) => groupable),
    constraints,
  )
  const changed = groups.flatMap((group) =>
    group.members.flatMap((id): Placement[] => {
      const before = byId.get(id)?.placed
      if (isSame(placedIn(id, group), before)) return []
      const primaryLabel = byId.get(group.primary)?.groupable.label ?? group.primary
      return [{ id, group, before, primaryLabel }]
    }),
  )
  const living = new Set(groups.map(({ id }) => id))
  const gone = candidates
    .flatMap(({ placed }) => placed?.group ?? [])
    .filter((id) => !living.has(id))
  const home = new Map(groups.flatMap((group) => group.members.map((id) => [id, group.id])))
  // Whoever gave it its name may have been merged into another: then it is where the oldest of those are that were in it.
  const heir = (former: string): string | undefined =>
    groups.find(({ members }) => members.some((id) => byId.get(id)?.placed?.group === former))?.id
  const aliases = [...new Set(gone)].flatMap((id): (readonly [string, string])[] => {
    const to = home.get(id) ?? heir(id)
    return to === undefined || to === id ? [] : [[id, to]]
  })
  return { changed, aliases }
}

const noteOf = (incident: Incident, { group, primaryLabel }: Placement): string => {
  if (group.members.length === 1) return 'on its own again: nothing joins it to a group any more'
  const joins = joinsOfMember(incident.id, group)
  const why = joins.map((j) => j.why).join('; ')
  const through = why === '' ? '' : ` (${why})`
  return group.primary === incident.id
    ? `stands for the cause of a group of ${group.members.length}${through}`
    : `grouped with ${primaryLabel}${through}`
}

/** Whether the story has to tell of it: another group, or another that stands for the cause. */
const isTold = ({ group, before }: Placement): boolean =>
  before === undefined
    ? group.members.length > 1
    : before.group !== group.id || (before.primary !== group.primary && group.members.length > 1)

/**
 * The incident in its new place. `published` says that its document goes out with this revision anyway; else it gets one of its own.
 */
export const placed = (
  incident: Incident,
  placement: Placement,
  { cause, published }: { readonly cause: IncidentEvent['cause']; readonly published: boolean },
): Effect => {
  const after = withGroup(incident, placement.group)
  const said = [
    ...(isTold(placement) ? [['regrouped', noteOf(incident, placement)] as const] : []),
    ...(after.severity === incident.severity
      ? []
      : [['severity_changed', severityNote(incident.severity, after)] as const]),
  ]
  const revision = incident.revision + Math.max(said.length, published ? 0 : 1)
  const transitions = said.map(([type, note]): Transition => ({
    id: `${incident.id}/${type}/r${revision}`,
    type,
    at: incident.lastSeenAt,
    status: incident.status,
    note,
  }))
  return effectOf({ incident: { ...after, revision }, transitions }, cause)
}
