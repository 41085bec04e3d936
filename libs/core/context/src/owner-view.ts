import type { Opening, Owner, ProblemRule } from '@kubesift/contracts'
import type { AlertSign } from './alerts.ts'
import { clearedOf } from './cleared.ts'
import type { CostFact } from './cost-fact.ts'
import type { Dependency } from './dependencies.ts'
import type { EventFact } from './event-fact.ts'
import type { Neighbour } from './neighbours.ts'
import type { ObjectFact, Transition } from './object-fact.ts'
import type { MetricFact } from './metric-fact.ts'
import type { PatternFact } from './pattern-fact.ts'
import type { ReleaseFact } from './release-fact.ts'
import type { Sensitivity } from './sensitivity.ts'
import { endOf, isEmpty, type Part } from './parts.ts'
import { signsOf } from './state-signs.ts'
import { healthyIntervals, type Interval, type Surroundings } from './spells.ts'

/** All that is known of one owner: its symptoms, itself (under every UID it has had) and what it controls. */
export interface OwnerView {
  readonly cluster: string
  readonly namespace: string
  readonly owner: Owner
  readonly symptoms: readonly {
    readonly fact: EventFact
    readonly rule: ProblemRule
    readonly opens?: Opening
  }[]
  /** Alerts, and metrics beyond their thresholds, that speak of a problem of it. */
  readonly alerts: readonly AlertSign[]
  /** Reports of scanners and policy engines about it, and those about many things. */
  readonly reports: readonly ObjectFact[]
  readonly violations: readonly EventFact[]
  /** Whether a thing of the namespace is of this owner. */
  readonly isAbout: (thing: { readonly kind: string; readonly name: string }) => boolean
  /** Releases that deliver it. */
  readonly releases: readonly ReleaseFact[]
  /** What its metrics say, besides symptoms. */
  readonly metrics: readonly MetricFact[]
  /** Whom it calls, as seen in traces. */
  readonly calls: readonly PatternFact[]
  /** What its logs, the network and its spans say, besides symptoms. */
  readonly patterns: readonly PatternFact[]
  readonly rolloutEvents: readonly EventFact[]
  /** What it costs, and whether more may have been told than is kept; looked up when asked for. */
  readonly costs: () => { readonly facts: readonly CostFact[]; readonly isFull: boolean }
  /** What the scheduler says of pods of it that had to go for others. */
  readonly preemptions: readonly EventFact[]
  readonly own: readonly ObjectFact[]
  readonly pods: readonly ObjectFact[]
  readonly replicaSets: readonly ObjectFact[]
  readonly jobs: readonly ObjectFact[]
  /** The Services of the namespace. */
  readonly services: readonly ObjectFact[]
  /** The ConfigMaps that its pods take their settings from. */
  readonly configMaps: readonly ObjectFact[]
  /** What of the namespace concerns it without being of it; looked up when asked for, since most looks find no trouble. */
  readonly neighbours: () => readonly Neighbour[]
  /** What it calls, likewise. */
  readonly dependencies: () => readonly Dependency[]
  /** How much its namespace matters. */
  readonly sensitivity: Sensitivity
}

/** The newest that is not deleted, else the newest. */
export const currentOf = (facts: readonly ObjectFact[]): ObjectFact | undefined => {
  const alive = facts.filter((f) => f.deletedAt === undefined)
  const pool = alive.length > 0 ? alive : facts
  return [...pool]
    .sort((a, b) => (a.object.createdAt ?? a.firstAt) - (b.object.createdAt ?? b.firstAt))
    .at(-1)
}

/** The owner's symptoms and states, by problem; what only lasts speaks until `known`. */
export const partsOf = (
  view: OwnerView,
  rules: Iterable<ProblemRule>,
  known: number,
): { readonly parts: Part[]; readonly askAt: number | null; readonly saidUntil: number | null } => {
  const parts: Part[] = []
  let askAt: number | null = null
  let saidUntil: number | null = null
  const byRule = new Map<ProblemRule, EventFact[]>()
  const opens = new Map<EventFact, Opening>()
  for (const { fact, rule, opens: own } of view.symptoms) {
    const facts = byRule.get(rule)
    if (facts === undefined) byRule.set(rule, [fact])
    else facts.push(fact)
    if (own !== undefined) opens.set(fact, own)
  }
  for (const rule of rules) {
    const events = byRule.get(rule) ?? []
    const signs = rule.states.length === 0 ? [] : signsOf(view, rule)
    const states = signs.filter((sign) => !sign.waits || sign.at <= known)
    for (const { waits, at } of signs) {
      if (waits && at > known) askAt = Math.min(askAt ?? at, at)
      else if (waits) saidUntil = Math.max(saidUntil ?? at, at)
    }
    const alerts = view.alerts.filter((alert) => alert.rule === rule)
    const part = { rule, events, states, alerts, opens, symptoms: new Set<never>() }
    if (!isEmpty(part)) parts.push(part)
  }
  return { parts, askAt, saidUntil }
}

/** A CronJob is well from a run that completed until one that failed. */
const fromRuns = (jobs: readonly ObjectFact[]): Interval[] => {
  const ends = jobs
    .flatMap((job) => job.transitions)
    .filter(
      (t: Transition) => t.status === 'True' && (t.type === 'Complete' || t.type === 'Failed'),
    )
    .sort((a, b) => a.at - b.at)
  return healthyIntervals(
    ends.map((t) => ({
      rv: String(t.at),
      at: t.at,
      ok: t.type === 'Complete',
      why: 'a later run has completed',
      down: 0,
    })),
    [],
  )
}

const disturbancesOf = (pods: readonly ObjectFact[]): number[] =>
  pods.flatMap((pod) =>
    pod.terminations
      .filter((t) => t.exitCode !== 0 && t.finishedAt !== undefined && t.finishedAt < endOf(pod))
      .map((t) => t.finishedAt!),
  )

/** Nothing of it is left: where the owner itself was never seen, the end of the last thing it controlled. */
const goneAt = (view: OwnerView): number | undefined => {
  const children = [...view.pods, ...view.jobs, ...view.replicaSets]
  if (
    view.own.length > 0 ||
    children.length === 0 ||
    children.some((c) => c.deletedAt === undefined)
  )
    return undefined
  return children.reduce((last, { deletedAt }) => Math.max(last, deletedAt!), -Infinity)
}

/** How long nothing of an unseen owner must have been there before it counts as deleted. */
const GONE_MS = 60_000

export const surroundingsOf = (
  view: OwnerView,
  watermark: number | null,
  gaps: Surroundings['gaps'],
): Surroundings & { readonly goneDueAt: number | null } => {
  const points = [...view.own].flatMap((f) => f.health).sort((a, b) => a.at - b.at)
  const own = healthyIntervals(points, disturbancesOf(view.pods))
  const healthy = view.owner.kind === 'CronJob' ? [...own, ...fromRuns(view.jobs)] : own
  const gone = goneAt(view)
  const goneDue = gone === undefined ? null : gone + GONE_MS
  const isGone = goneDue !== null && watermark !== null && watermark >= goneDue
  const current = currentOf(view.own)
  const deletions = view.own.flatMap((f) => (f.deletedAt === undefined ? [] : [f.deletedAt]))
  return {
    healthy,
    deletions: isGone ? [...deletions, gone!] : deletions,
    unwell:
      current !== undefined &&
      current.deletedAt === undefined &&
      current.health.at(-1)?.ok === false,
    gaps,
    watermark,
    ofRule: (rule) => clearedOf(view.owner, view.own, rule),
    goneDueAt: isGone ? null : goneDue,
  }
}
