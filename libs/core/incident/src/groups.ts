import type { BlastRadius, Incident } from '@kubesift/contracts'
import { blastRadiusOf } from './blast-radius.ts'
import { joinsOf, type Join } from './group-joins.ts'
import { groupableOf, olderFirst, type Groupable } from './groupable.ts'
import { scoreSeverity } from './severity.ts'

/** Incidents with one cause. */
export interface Group {
  /** That of its oldest member. */
  readonly id: string
  /** The incident that stands for the cause; the others are its blast radius. */
  readonly primary: string
  /** Oldest first. */
  readonly members: readonly string[]
  readonly joins: readonly Join[]
  /** What the cause has hit beside itself; undefined where nothing else is hit. */
  readonly blastRadius: BlastRadius | undefined
}

/** What an operator has said of pairs of incidents, by id. */
export interface Constraints {
  readonly mustLink: readonly (readonly [string, string])[]
  readonly cannotLink: readonly (readonly [string, string])[]
}

const NONE: Constraints = { mustLink: [], cannotLink: [] }

/** Which incidents are connected; never across a pair that must not be. */
class Components {
  readonly #of = new Map<string, Set<string>>()
  readonly #apart: ReadonlyMap<string, ReadonlySet<string>>

  constructor(ids: readonly string[], apart: Constraints['cannotLink']) {
    for (const id of ids) this.#of.set(id, new Set([id]))
    const pairs = new Map<string, Set<string>>()
    for (const [a, b] of apart) {
      pairs.set(a, (pairs.get(a) ?? new Set()).add(b))
      pairs.set(b, (pairs.get(b) ?? new Set()).add(a))
    }
    this.#apart = pairs
  }

  /** False where they may not be connected, or one of them is not here. */
  connect(a: string, b: string): boolean {
    const [one, other] = [this.#of.get(a), this.#of.get(b)]
    if (one === undefined || other === undefined) return false
    if (one === other) return true
    for (const id of one)
      for (const far of this.#apart.get(id) ?? []) if (other.has(far)) return false
    const [large, small] = one.size < other.size ? [other, one] : [one, other]
    for (const id of small) {
      large.add(id)
      this.#of.set(id, large)
    }
    return true
  }

  all(): Set<string>[] {
    return [...new Set(this.#of.values())]
  }
}

const byText = (a: readonly string[], b: readonly string[]): number =>
  a.join() < b.join() ? -1 : 1

/** How many members lead to this one, over any number of steps; `led` has for each member the directed joins that end in it. */
const dependants = (id: string, led: ReadonlyMap<string, readonly Join[]>): number => {
  const seen = new Set([id])
  const queue = [id]
  for (let at = queue.pop(); at !== undefined; at = queue.pop()) {
    for (const { from } of led.get(at) ?? []) {
      if (seen.has(from)) continue
      seen.add(from)
      queue.push(from)
    }
  }
  return seen.size - 1
}

/** Where the arrows end: who depends on none of the others, and has the most that depend on it; then the oldest. */
const primaryOf = (members: readonly Groupable[], joins: readonly Join[]): string => {
  const directed = joins.filter((j) => j.directed)
  const explained = new Set(directed.map((j) => j.from))
  const led = Map.groupBy(directed, ({ to }) => to)
  const roots = members.filter(({ id }) => !explained.has(id))
  const ranked = (roots.length > 0 ? roots : members)
    .map((incident) => ({ incident, count: dependants(incident.id, led) }))
    .sort((a, b) => b.count - a.count || olderFirst(a.incident, b.incident))
  return ranked[0]!.incident.id
}

/**
 * The groups of these incidents, oldest first: a function of the set, whatever its order. Joined only through a shared thing that fails or
 * has changed (domain.md, "Groups"), never across a `cannotLink`.
 */
export const groupsOf = (
  incidents: readonly Groupable[],
  { mustLink, cannotLink }: Constraints = NONE,
): Group[] => {
  const living = incidents.toSorted(olderFirst)
  const byId = new Map(living.map((i) => [i.id, i]))
  const components = new Components([...byId.keys()], cannotLink)
  for (const [a, b] of mustLink.toSorted(byText)) components.connect(a, b)
  const joins = joinsOf(living).filter(({ from, to }) => components.connect(from, to))
  return components
    .all()
    .map((ids): Group => {
      const members = [...ids].map((id) => byId.get(id)!).sort(olderFirst)
      const own = joins.filter(({ from }) => ids.has(from))
      const primary = primaryOf(members, own)
      return {
        id: members[0]!.id,
        primary,
        blastRadius: blastRadiusOf(byId.get(primary)!, members),
        members: members.map(({ id }) => id),
        joins: own,
      }
    })
    .sort((a, b) => olderFirst(byId.get(a.id)!, byId.get(b.id)!))
}

/** The same incidents, each with its group. Those that were merged into others keep what they have. */
export const inGroups = (incidents: readonly Incident[], constraints?: Constraints): Incident[] => {
  const groups = new Map(
    groupsOf(incidents.filter((i) => i.status !== 'merged').map(groupableOf), constraints).flatMap(
      (group) => group.members.map((id) => [id, group]),
    ),
  )
  return incidents.map((incident) => {
    const group = groups.get(incident.id)
    return group === undefined ? incident : withGroup(incident, group)
  })
}

/** By member, for each group that was asked about: a group does not change, and each of its members is asked for more than once. */
const byMember = new WeakMap<Group, ReadonlyMap<string, readonly Join[]>>()

/** The joins of one member, as its document has them. */
export const joinsOfMember = (id: string, group: Group): Incident['joins'] => {
  let known = byMember.get(group)
  if (known === undefined) {
    known = Map.groupBy(group.joins, ({ from }) => from)
    byMember.set(group, known)
  }
  return (known.get(id) ?? []).map(({ to, thing, why, directed }) => ({ to, thing, why, directed }))
}

/** What a group says of one of its members; who stands for the cause is as severe as what it has hit makes it. */
export const withGroup = (incident: Incident, group: Group): Incident => {
  const { blastRadius: _, ...rest } = incident
  const placed: Incident = {
    ...rest,
    group: group.id,
    primary: group.primary,
    joins: joinsOfMember(incident.id, group),
    ...(group.blastRadius === undefined || group.primary !== incident.id
      ? {}
      : { blastRadius: group.blastRadius }),
  }
  return { ...placed, severity: scoreSeverity(placed.context, placed).severity }
}
