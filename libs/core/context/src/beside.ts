import type { Context, Evidence, Spell } from '@kubesift/contracts'
import { changesOf, type FailingPod } from './changes.ts'
import type { Draft } from './change-drafts.ts'
import { costOf } from './costs.ts'
import { dependencyChanges } from './dependencies.ts'
import { findingsOf } from './findings.ts'
import { observedMetrics } from './metrics.ts'
import { neighbourChanges } from './neighbour-changes.ts'
import { nodesMissed } from './node-changes.ts'
import { observationsOf } from './observations.ts'
import { currentOf, type OwnerView } from './owner-view.ts'
import type { Part } from './parts.ts'
import type { Counted } from './reasons.ts'
import { runChanges } from './run-changes.ts'

const MAX_EVIDENCE = 24
const MAX_EVIDENCE_BESIDE = 5

/** When the last spell recovered; Infinity while it goes on. */
const endOfTrouble = (spells: readonly Spell[], lastSeenAt: number): number => {
  const last = spells.at(-1)
  if (last === undefined) return lastSeenAt
  return last.recovery === null ? Infinity : Math.max(last.recovery.at, lastSeenAt)
}

/** What shows the trouble comes first; findings and observations have a few places of their own, since any of them may be what explains it. */
const citedOf = (own: readonly Evidence[][], beside: readonly Evidence[][]): Evidence[] => {
  const kept = beside.flatMap((entries) => entries.slice(0, MAX_EVIDENCE_BESIDE))
  return [...own.flat().slice(0, MAX_EVIDENCE - kept.length), ...kept]
}

export interface Beside {
  readonly changes: Context['changes']
  /** What is there of the rest. */
  readonly context: Pick<Context, 'findings' | 'observations' | 'cost'>
  readonly evidence: Evidence[]
}

interface Trouble {
  readonly part: Part
  readonly counted: Counted
  readonly spells: readonly Spell[]
}

const changesBeside = (
  view: OwnerView,
  { rule, events, states }: Part,
  firstAt: number,
): Draft[] => [
  ...runChanges(view),
  ...dependencyChanges(view.dependencies, { problem: rule.problem, firstAt }),
  ...neighbourChanges(view.neighbours(), {
    problem: rule.problem,
    messages: () => new Set([...events, ...states].map(({ message }) => message)),
  }),
  ...nodesMissed(events, view.pods),
]

/** What stands beside the symptoms of a trouble: changes, findings, what logs and the network say, what it costs; and what of all of it can be cited. */
export const besideOf = (
  view: OwnerView,
  { part, counted, spells }: Trouble,
  failing: readonly FailingPod[],
): Beside => {
  const { firstSeenAt: firstAt, lastSeenAt } = counted
  const trouble = { firstAt, endedAt: endOfTrouble(spells, lastSeenAt) }
  const own = currentOf(view.own)
  const { replicaSets, rolloutEvents, releases } = view
  const beside = changesBeside(view, part, firstAt)
  const sources = {
    ...(own === undefined ? {} : { own }),
    replicaSets,
    rolloutEvents,
    releases,
    beside,
  }
  const changed = changesOf(sources, trouble, failing)
  const found = findingsOf(view.reports, view.violations, view.isAbout)
  const heard = observationsOf(view.patterns, trouble)
  const measured = observedMetrics(view.metrics, trouble)
  const paid = costOf(view, lastSeenAt)
  const observations = [...heard.observations, ...measured.observations]
  return {
    changes: changed.changes,
    context: {
      ...(found.findings.length === 0 ? {} : { findings: found.findings }),
      ...(observations.length === 0 ? {} : { observations }),
      ...(paid === undefined ? {} : { cost: paid.cost }),
    },
    evidence: citedOf(
      [changed.evidence, counted.evidence],
      [
        heard.evidence,
        measured.evidence,
        found.evidence,
        paid === undefined ? [] : [paid.evidence],
      ],
    ),
  }
}
