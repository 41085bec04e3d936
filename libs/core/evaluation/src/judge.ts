import type { Expectation, ExpectedGroup } from './expectation.ts'
import type { Judged } from './found.ts'
import { matchesAny } from './owners.ts'

const required = ({ groups }: Expectation): readonly ExpectedGroup[] =>
  (groups ?? []).filter((g) => !g.optional)

const isCause = (g: ExpectedGroup, { owner, objects = [] }: Judged): boolean =>
  matchesAny(g.owners, owner) || objects.some((object) => matchesAny(g.objects, object))

const isOfProblem = (g: ExpectedGroup, { problem }: Judged): boolean =>
  problem === null || g.problems === null || g.problems.includes(problem)

/** The incidents that are the primary one of a group: of its cause, with an acceptable problem. */
export const primariesOf = <T extends Judged>(g: ExpectedGroup, found: readonly T[]): T[] =>
  found.filter((i) => isCause(g, i) && isOfProblem(g, i))

/**
 * The group that an incident belongs to: of those that its owner is in, the one whose primary incident it is; else one whose problem it
 * has; else one whose cause its owner is; else the first.
 */
export const groupFor = ({ groups }: Expectation, incident: Judged): ExpectedGroup | undefined => {
  const own = (groups ?? []).filter(
    (g) => isCause(g, incident) || matchesAny(g.affected, incident.owner),
  )
  return (
    own.find((g) => isCause(g, incident) && isOfProblem(g, incident)) ??
    own.find((g) => g.problems !== null && isOfProblem(g, incident)) ??
    own.find((g) => isCause(g, incident)) ??
    own[0]
  )
}

/** Owners of other tenants are nobody's business here. */
export const isIgnored = ({ ignore }: Expectation, { owner }: Judged): boolean =>
  matchesAny(ignore, owner)

export const isOpen = ({ status }: Judged): boolean =>
  status !== 'resolved' && status !== 'closed' && status !== 'merged'

const nameOf = ({ owner, problem }: Judged): string =>
  problem === null ? owner : `${owner} ${problem}`

/** Every group that must be there and has no primary incident, with the words that say so. */
export const missedGroups = (
  expectation: Expectation,
  found: readonly Judged[],
): { readonly group: ExpectedGroup; readonly text: string }[] =>
  required(expectation)
    .filter((g) => primariesOf(g, found).length === 0)
    .map((g) => {
      const owners = [...new Set([...g.owners, ...g.objects])].join(' or ')
      const problems = g.problems === null ? '' : ` with ${[...new Set(g.problems)].join(' or ')}`
      return { group: g, text: `no incident for ${g.id}: ${owners}${problems}` }
    })

/** The incidents that nobody expects. */
export const spuriousIncidents = <T extends Judged>(
  expectation: Expectation,
  found: readonly T[],
): T[] => {
  const ours = found.filter((i) => !isIgnored(expectation, i))
  if (expectation.nothing === 'never') return ours
  if (expectation.nothing === 'at-the-end') return ours.filter(isOpen)
  return expectation.groups === null
    ? []
    : ours.filter((i) => groupFor(expectation, i) === undefined)
}

/** Causes that go on, and that nobody would know of any more: all their incidents are resolved. */
export const endedTooSoon = (expectation: Expectation, found: readonly Judged[]): string[] =>
  required(expectation)
    .filter((g) => g.recovered === false)
    .filter((g) => {
      const incidents = livingOf(g, found)
      return incidents.length > 0 && !incidents.some(isOpen)
    })
    .map((g) => `${g.id} never recovered, but all its incidents are resolved`)

/** Causes that are over, with incidents that are still open after all had time to settle. */
export const leftOpen = (expectation: Expectation, settled: readonly Judged[]): string[] =>
  required(expectation)
    .filter((g) => g.recovered === true)
    .flatMap((g) =>
      livingOf(g, settled)
        .filter(isOpen)
        .map(
          (i) =>
            `${g.id} recovered${g.recoveredAt === null ? '' : ` at ${g.recoveredAt}`}, but ${nameOf(i)} is ${i.status}`,
        ),
    )

const livingOf = <T extends Judged>(g: ExpectedGroup, found: readonly T[]): T[] =>
  found.filter((i) => isCause(g, i) && !matchesAny(g.mayStayOpen, i.owner) && i.status !== 'merged')

/** Groups whose primary incident names a cause that the truth does not accept. */
export const misdiagnosed = (expectation: Expectation, found: readonly Judged[]): string[] =>
  required(expectation).flatMap((g) => {
    const classes = new Set(g.classes)
    const primaries = primariesOf(g, found)
    if (
      classes.size === 0 ||
      primaries.length === 0 ||
      primaries.some((i) => i.cause !== undefined && classes.has(i.cause))
    )
      return []
    return [
      `${g.id}: named ${primaries.map((i) => i.cause ?? 'nothing').join(', ')}, is ${[...classes].join(' or ')}`,
    ]
  })
