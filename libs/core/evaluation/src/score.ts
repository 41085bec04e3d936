import { NO_PAIRS, pairsOf, type Clustered } from './clustering.ts'
import type { Expectation, ExpectedChange, ExpectedGroup } from './expectation.ts'
import type { Filed, Findings, Found, FoundChange, Input } from './found.ts'
import {
  endedTooSoon,
  groupFor,
  isIgnored,
  isOpen,
  leftOpen,
  misdiagnosed,
  missedGroups,
  primariesOf,
  spuriousIncidents,
} from './judge.ts'
import { pagesOf, type Page, type SettleMs } from './pages.ts'
import { groupingOf, type Share, type Tally } from './tally.ts'

/** What an engineer has to look at, one line each. */
export interface Faults {
  readonly missed: readonly string[]
  readonly spurious: readonly string[]
  readonly merged: readonly string[]
  readonly split: readonly string[]
  readonly owners: readonly string[]
  readonly changes: readonly string[]
  readonly severities: readonly string[]
  readonly causes: readonly string[]
  readonly leftOpen: readonly string[]
  readonly falseResolves: readonly string[]
}

export interface Scored {
  readonly tally: Tally
  readonly pages: readonly Page[]
  readonly faults: Faults
}

/** What the score needs to know of the world outside. */
export interface Judges {
  /** Reads RFC 3339: milliseconds, or NaN. */
  readonly instantOf: (text: string) => number
  readonly settleMs: SettleMs
}

/** A change is the one that the truth names when it is of its kind and object, and at most this far from it. Events have whole seconds. */
export const CHANGE_TOLERANCE_MS = 5000

/** The words of the truth, and those of a context that mean the same: a first deploy is a `rollout` there. */
const SAME_KIND: Readonly<Record<string, readonly string[]>> = {
  rollout: ['rollout', 'created'],
  config: ['config', 'created'],
  quota: ['quota', 'config'],
}

const isChange = (want: ExpectedChange, wantAt: number, got: FoundChange | undefined): boolean =>
  got !== undefined &&
  (SAME_KIND[want.kind] ?? [want.kind]).includes(got.kind) &&
  got.object === want.object &&
  Math.abs(got.at - wantAt) <= CHANGE_TOLERANCE_MS

interface Judgement {
  readonly share: Share
  readonly faults: readonly string[]
}

const judge = <T>(all: readonly T[], faultOf: (one: T) => string | undefined): Judgement => {
  const faults = all.flatMap((one) => faultOf(one) ?? [])
  return { share: { right: all.length - faults.length, of: all.length }, faults }
}

const changesOf = (
  groups: readonly ExpectedGroup[],
  found: readonly Found[],
  instantOf: (text: string) => number,
): Judgement =>
  judge(
    groups.filter((g) => g.change !== null),
    (g) => {
      const want = g.change!
      const at = instantOf(want.at)
      const primaries = primariesOf(g, found)
      if (primaries.some((i) => isChange(want, at, i.changes[0]))) return undefined
      const listed = primaries.some((i) => i.changes.some((c) => isChange(want, at, c)))
      const first = primaries.flatMap((i) => i.changes[0] ?? [])[0]
      const instead =
        primaries.length === 0 ? 'no incident' : listed ? 'not the first' : 'not listed'
      const seen =
        first === undefined
          ? ''
          : `; first is ${first.kind} of ${first.object}, ${Math.round((first.at - at) / 1000)} s off`
      return `${g.id}: ${want.kind} of ${want.object} at ${want.at}: ${instead}${seen}`
    },
  )

const severitiesOf = (groups: readonly ExpectedGroup[], found: readonly Found[]): Judgement =>
  judge(
    groups.filter((g) => g.severities !== null && primariesOf(g, found).length > 0),
    (g) => {
      const primaries = primariesOf(g, found)
      if (primaries.some(({ severity }) => severity !== null && g.severities!.includes(severity)))
        return undefined
      return `${g.id}: ${primaries.map((i) => i.severity ?? 'none').join(', ')}, is ${g.severities!.join(' or ')}`
    },
  )

const causesOf = (
  expectation: Expectation,
  groups: readonly ExpectedGroup[],
  found: readonly Found[],
): Judgement => {
  const faults = misdiagnosed(expectation, found)
  const of = groups.filter((g) => g.classes.length > 0 && primariesOf(g, found).length > 0).length
  return { share: { right: of - faults.length, of }, faults }
}

const nameOf = (owner: string): string => owner.slice(owner.lastIndexOf('/') + 1)
const spaceOf = (owner: string): string => owner.slice(0, owner.indexOf('/'))

/** The raw Events that the truth says are of this owner: names of pods, runs and volumes begin with that of what they are of. */
const isIn = (input: Input, owner: string, reason: string): boolean =>
  input.warnings.some(
    (w) =>
      w.reason === reason &&
      spaceOf(w.object) === spaceOf(owner) &&
      nameOf(w.object).startsWith(nameOf(owner)),
  )

const ownersOf = ({ owned }: Expectation, filed: readonly Filed[], input: Input): Judgement => {
  const places = new Set(filed.map(({ owner, reason }) => `${owner} ${reason}`))
  return judge(
    owned.filter((o) => o.type === 'Warning' && isIn(input, o.owner, o.reason)),
    ({ owner, reason }) =>
      places.has(`${owner} ${reason}`) ||
      places.has(`${owner.slice(owner.indexOf('/') + 1)} ${reason}`)
        ? undefined
        : `${reason} of ${owner} is filed under another`,
  )
}

interface Grouped {
  readonly incident: Found
  readonly group: ExpectedGroup | undefined
}

/** What is nobody's is a cause of its own: to join it to anything is a false merge. */
const clusteredOf = ({ incident, group }: Grouped, i: number): Clustered => ({
  found: incident.group,
  truth: group === undefined ? `spurious ${i}` : `group ${group.id}`,
})

const byKey = (grouped: readonly Grouped[], keyOf: (one: Grouped) => string): Grouped[][] => {
  const out = new Map<string, Grouped[]>()
  for (const one of grouped) out.set(keyOf(one), [...(out.get(keyOf(one)) ?? []), one])
  return [...out.values()]
}

const SHOWN = 6
const listed = (all: readonly Grouped[]): string => {
  const labels = [...new Set(all.map(({ incident }) => incident.label))]
  const more = labels.length > SHOWN ? ` and ${labels.length - SHOWN} more` : ''
  return labels.slice(0, SHOWN).join(', ') + more
}

const mergedOf = (grouped: readonly Grouped[]): string[] =>
  byKey(grouped, ({ incident }) => incident.group).flatMap((one) => {
    const causes = byKey(one, ({ group }) => group?.id ?? '')
    if (causes.length < 2) return []
    return [
      `one group for ${causes.map((c) => `${c[0]?.group?.id ?? 'nobody’s'} (${listed(c)})`).join(' and ')}`,
    ]
  })

const splitOf = (grouped: readonly Grouped[]): string[] =>
  byKey(
    grouped.filter(({ group }) => group !== undefined),
    ({ group }) => group?.id ?? '',
  ).flatMap((one) => {
    const parts = byKey(one, ({ incident }) => incident.group)
    if (parts.length < 2) return []
    return [
      `${one[0]?.group?.id ?? ''} is ${parts.length} groups: ${parts.map(listed).join(' | ')}`,
    ]
  })

/** Scores one way of finding incidents against what a scenario expects. `instantOf` reads RFC 3339. */
export const score = (
  expectation: Expectation,
  input: Input,
  findings: Findings,
  { instantOf, settleMs }: Judges,
): Scored => {
  const { incidents, settled, filed } = findings
  const groups = (expectation.groups ?? []).filter((g) => !g.optional)
  const ours = incidents.filter((i) => !isIgnored(expectation, i))
  const missed = missedGroups(expectation, incidents)
  const spurious = spuriousIncidents(expectation, incidents)
  const grouped =
    expectation.nothing === 'as-grouped' && expectation.groups !== null
      ? ours.map((incident) => ({ incident, group: groupFor(expectation, incident) }))
      : []
  const changes = changesOf(groups, incidents, instantOf)
  const severities = severitiesOf(groups, incidents)
  const causes = causesOf(expectation, groups, incidents)
  const owners = ownersOf(expectation, filed, input)
  const open = leftOpen(expectation, settled)
  const ended = endedTooSoon(expectation, incidents)
  return {
    pages: pagesOf(ours, settleMs),
    tally: {
      incidents:
        expectation.groups === null
          ? null
          : {
              expected: groups.length,
              found: groups.length - missed.length,
              spurious: spurious.length,
            },
      ...groupingOf(grouped.length === 0 ? NO_PAIRS : pairsOf(grouped.map(clusteredOf))),
      owners: owners.share,
      changes: changes.share,
      causes: causes.share,
      severities: severities.share,
      events: input.events,
      warnings: input.warnings.length,
      opened: ours.length,
      groups: new Set(ours.map(({ group }) => group)).size,
      openAtEnd: ours.filter(isOpen).length,
      leftOpen: open.length,
      falseResolves: ended.length,
      pages: pagesOf(ours, settleMs).length,
    },
    faults: {
      missed: missed.map(({ text }) => text),
      spurious: spurious.map(({ label }) => label),
      merged: mergedOf(grouped),
      split: splitOf(grouped),
      owners: owners.faults,
      changes: changes.faults,
      severities: severities.faults,
      causes: causes.faults,
      leftOpen: open,
      falseResolves: ended,
    },
  }
}
