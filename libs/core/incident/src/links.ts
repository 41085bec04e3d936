import type { Incident, IncidentEvent, IncidentLink } from '@kubesift/contracts'
import { effectOf, type Effect } from './effects.ts'
import { groupableOf } from './groupable.ts'
import { sameJson } from './same-json.ts'

/** What came new with the failing pods and may have gone to other clusters too. */
export interface Delivered {
  /** `image:REFERENCE` or `release:REPOSITORY@REVISION`: the same text wherever the same thing was delivered. */
  readonly thing: string
  /** For people. */
  readonly words: string
}

/** What decides about the links of an incident to those of other clusters. */
export interface Linkable {
  readonly id: string
  readonly key: string
  readonly cluster: string
  readonly label: string
  readonly firstSeenAt: number
  readonly delivered: readonly Delivered[]
}

/** A delivery reaches the last of many clusters within a day; what fails later of the same is another story. */
export const LINK_WINDOW_MS = 24 * 3_600_000
const MAX_DELIVERED = 6
const MAX_LINKS = 20
const MAX_TEXT = 400

/** An image that names its version; `app` alone is whatever the registry has today. */
const isPinned = (image: string): boolean => /[@:][^/]+$/.test(image)

const deliveredOf = ({ context }: Incident): readonly Delivered[] => {
  const own = context.changes.filter(
    (c) => c.failingPodsAreNew === true && (c.kind === 'rollout' || c.kind === 'created'),
  )
  const images = own.flatMap(({ fields }) =>
    fields.flatMap(({ path, to }) =>
      path.endsWith('.image') && to !== null && isPinned(to)
        ? [{ thing: `image:${to}`, words: `the new image ${to}` }]
        : [],
    ),
  )
  const releases = own.flatMap(({ release }) =>
    release?.repository === undefined || release.revision === undefined
      ? []
      : [
          {
            thing: `release:${release.repository}@${release.revision}`,
            words: `the release ${release.revision} of ${release.repository}`,
          },
        ],
  )
  const byThing = new Map([...images, ...releases].map((d) => [d.thing, d]))
  return [...byThing.values()]
    .filter(({ thing }) => thing.length <= MAX_TEXT)
    .slice(0, MAX_DELIVERED)
}

export const linkableOf = (incident: Incident): Linkable => {
  const { id, key, cluster, firstSeenAt } = incident
  const { label } = groupableOf(incident)
  const delivered = incident.status === 'merged' ? [] : deliveredOf(incident)
  return { id, key, cluster, label, firstSeenAt, delivered }
}

const olderFirst = (a: Linkable, b: Linkable): number =>
  a.firstSeenAt - b.firstSeenAt || (a.key < b.key ? -1 : a.key > b.key ? 1 : 0)

/**
 * The incidents of other clusters to which the same thing was delivered, and which failed within a day of this one; oldest first, at most
 * twenty. A second level beside groups: nobody's page is held back by another cluster.
 */
export const linksOf = (one: Linkable, others: readonly Linkable[]): IncidentLink[] => {
  const own = new Map(one.delivered.map((d) => [d.thing, d]))
  return others
    .filter(
      ({ cluster, firstSeenAt }) =>
        cluster !== one.cluster && Math.abs(firstSeenAt - one.firstSeenAt) <= LINK_WINDOW_MS,
    )
    .toSorted(olderFirst)
    .flatMap((other): IncidentLink[] => {
      const shared = other.delivered.find(({ thing }) => own.has(thing))
      if (shared === undefined) return []
      const { thing, words } = shared
      return [
        {
          to: other.id,
          cluster: other.cluster,
          thing,
          since: Math.max(one.firstSeenAt, other.firstSeenAt),
          why: `${words} fails in ${other.cluster} too: ${other.label}`,
        },
      ]
    })
    .slice(0, MAX_LINKS)
}

/** The same incidents, each with its links to those of other clusters. */
export const inLinks = (incidents: readonly Incident[]): Incident[] => {
  const linkables = incidents.map(linkableOf).filter(({ delivered }) => delivered.length > 0)
  const byThing = Map.groupBy(
    linkables.flatMap((one) => one.delivered.map(({ thing }) => ({ thing, one }))),
    ({ thing }) => thing,
  )
  const linksById = new Map(
    linkables.map((one) => {
      const near = one.delivered.flatMap(({ thing }) => byThing.get(thing) ?? [])
      return [one.id, linksOf(one, [...new Set(near.map((n) => n.one))])]
    }),
  )
  return incidents.map((incident) => {
    const links = linksById.get(incident.id) ?? []
    return links.length === 0 ? incident : { ...incident, links }
  })
}

/**
 * What new links cause: a revision that carries them, and a note for each that was not there. Undefined where nothing is new. `published`
 * says that the document goes out with this revision anyway.
 */
export const linked = (
  incident: Incident,
  links: readonly IncidentLink[],
  { cause, published }: { readonly cause: IncidentEvent['cause']; readonly published: boolean },
): Effect | undefined => {
  const before = incident.links ?? []
  if (sameJson(before, links)) return undefined
  const known = new Set(before.map(({ to, thing }) => `${to} ${thing}`))
  const fresh = links.filter(({ to, thing }) => !known.has(`${to} ${thing}`))
  const revision = incident.revision + Math.max(fresh.length, published ? 0 : 1)
  const transitions = fresh.map(({ to, thing, since, why }) => ({
    id: `${incident.id}/linked/${to}/${thing}`,
    type: 'linked' as const,
    at: since ?? incident.lastSeenAt,
    status: incident.status,
    note: why,
  }))
  return effectOf({ incident: { ...incident, links: [...links], revision }, transitions }, cause)
}
