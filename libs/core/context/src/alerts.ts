import type {
  AlertRule,
  Catalogue,
  Evidence,
  ObjectRef,
  ProblemRule,
  ReasonCount,
  Severity,
} from '@kubesift/contracts'
import { lastOf, MAX_FIRINGS, type AlertFact, type Firing } from './alert-fact.ts'
import { evidence } from './evidence.ts'
import { happening, type Happening } from './opening.ts'
import type { Interval, Surroundings } from './spells.ts'

/** What the catalogue says of an alert. */
export type AlertClass =
  | { readonly as: 'problem'; readonly rule: ProblemRule; readonly severity?: Severity }
  | { readonly as: 'ignored'; readonly why: string }

/** An alert that speaks of a problem, and how bad it is where only alerts speak of it. */
export interface AlertSign {
  readonly fact: AlertFact
  readonly firing: Firing
  readonly rule: ProblemRule
  readonly severity: Severity
  /** Its beginning is in the sums that are retired. */
  readonly counted?: true
  /** How long it had to last before it opened anything; an alert has waited before it fired. */
  readonly lasts?: number
}

/** Names a firing among all of an owner. */
export const firingKey = ({ fact, firing }: Pick<AlertSign, 'fact' | 'firing'>): string =>
  `${fact.fingerprint}@${firing.startsAt}`

const has = (wanted: readonly string[] | undefined, value: string | undefined): boolean =>
  wanted === undefined || (value !== undefined && wanted.includes(value))

const NOBODY: AlertClass = { as: 'ignored', why: 'no rule of the catalogue knows this alert' }

/** The section `alerts` of a catalogue, ready to be asked. */
export class AlertRules {
  readonly #rules: readonly AlertRule[]
  readonly #problems: ReadonlyMap<string, ProblemRule>

  constructor({ alerts = [], problems }: Pick<Catalogue, 'alerts' | 'problems'>) {
    this.#rules = alerts
    this.#problems = new Map(problems.map((rule) => [rule.problem, rule]))
  }

  /** What an alert is: a sign of a problem, or one that opens nothing, and why. */
  classify({ name, severity, involved }: AlertFact): AlertClass {
    const rule = this.#rules.find(
      (r) =>
        (r.name.includes(name) || r.name.includes('*')) &&
        has(r.label, severity) &&
        has(r.kind, involved.kind),
    )
    const problem = rule?.problem === undefined ? undefined : this.#problems.get(rule.problem)
    if (problem !== undefined)
      return {
        as: 'problem',
        rule: problem,
        ...(rule?.severity === undefined ? {} : { severity: rule.severity }),
      }
    return rule?.ignore === undefined ? NOBODY : { as: 'ignored', why: rule.ignore }
  }
}

/** What speaks of one problem, as far as alerts have to know of it. */
interface Spoken {
  readonly rule: ProblemRule
  readonly events: readonly unknown[]
  readonly states: readonly unknown[]
  readonly alerts: readonly AlertSign[]
  /** What made its count in what is retired. */
  readonly before?: 'event' | 'state' | 'alert'
}

/** Whether nothing but alerts speaks of the problem: then they alone say when it is over. */
export const isAlertsOnly = ({ events, states, alerts, before = 'alert' }: Spoken): boolean =>
  alerts.length > 0 && events.length + states.length === 0 && before === 'alert'

/** Alertmanager says again every 4 h what still fires (`repeat_interval`); silence is six times that. */
const ALERT_TTL_MS = 24 * 3_600_000

/** Severest first. */
const worstOf = (alerts: readonly AlertSign[]): Severity => alerts.map((a) => a.severity).sort()[0]!

/** The rule of a problem of which only alerts speak: resolved alerts are its recovery, and they say how bad it is. */
export const ruleOf = (part: Spoken): ProblemRule =>
  isAlertsOnly(part)
    ? {
        ...part.rule,
        severity: worstOf(part.alerts),
        recovery: 'condition',
        ttl: Math.max(part.rule.ttl, ALERT_TTL_MS),
      }
    : part.rule

/**
 * A set of labels is one alert, which fires once at a time: whoever told of it last says how it is. A firing whose end was never told (the
 * beginning differs between two Prometheus, and Alertmanager may be told to send no ends) is over with the one that was told after it.
 */
const settled = (firings: readonly Firing[]): readonly Firing[] => {
  const [first, ...others] = firings
  if (first === undefined) return firings
  const newest = others.reduce((a, b) => (b.toldAt > a.toldAt ? b : a), first)
  return firings.map((firing) =>
    firing.endsAt === undefined && firing.toldAt < newest.toldAt
      ? { ...firing, endsAt: Math.max(firing.startsAt, newest.endsAt ?? newest.startsAt) }
      : firing,
  )
}

/** The alerts of a fact that speaks of a problem. */
export const signsOfAlert = (
  fact: AlertFact,
  {
    rule,
    severity = rule.severity,
    lasts,
  }: Extract<AlertClass, { readonly as: 'problem' }> & { readonly lasts?: number },
): AlertSign[] =>
  settled(fact.firings).map((firing) => ({
    fact,
    firing,
    rule,
    severity,
    ...(lasts === undefined ? {} : { lasts }),
  }))

const firingsOf = (alerts: readonly AlertSign[]): readonly Firing[] =>
  alerts.map(({ firing }) => firing).sort((a, b) => a.startsAt - b.startsAt)

/** When none of them fired, after the first did. */
const quietOf = (alerts: readonly AlertSign[]): Interval[] => {
  const out: Interval[] = []
  let end: number | undefined
  const isMetric = alerts.every(({ fact }) => fact.by !== undefined)
  const why = isMetric
    ? 'its metrics are within their thresholds'
    : new Set(alerts.map(({ fact }) => fact)).size === 1
      ? 'its alert is resolved'
      : 'all its alerts are resolved'
  for (const { startsAt, endsAt = Infinity } of firingsOf(alerts)) {
    if (end !== undefined && startsAt > end) out.push({ from: end, to: startsAt, why })
    end = Math.max(end ?? -Infinity, endsAt)
  }
  if (end !== undefined && end !== Infinity) out.push({ from: end, to: Infinity, why })
  return out
}

/** The times between two happenings throughout which an alert fired: nothing was told then, and that was no silence. */
const firedThrough = (alerts: readonly AlertSign[]): [number, number][] => {
  const firings = firingsOf(alerts)
  const times = [...new Set(firings.flatMap((f) => [f.startsAt, lastOf(f)]))].sort((a, b) => a - b)
  let known = 0
  let until = -Infinity
  return times.slice(1).flatMap((to, i): [number, number][] => {
    const from = times[i]!
    for (; known < firings.length && firings[known]!.startsAt <= from; known += 1)
      until = Math.max(until, lastOf(firings[known]!))
    return until >= to ? [[from, to]] : []
  })
}

/** What decides about the end of a problem: of one of which only alerts speak, they alone. */
export const aroundOf = <T extends Surroundings>(part: Spoken, around: T): T =>
  isAlertsOnly(part)
    ? {
        ...around,
        healthy: quietOf(part.alerts),
        unwell: false,
        gaps: [...around.gaps, ...firedThrough(part.alerts)],
      }
    : { ...around, ...around.ofRule?.(part.rule) }

/** An alert has waited (`for`) before it was sent. */
const AT_ONCE = { count: 1 } as const

/** The timeline of alerts. Beside Events or states they add no occurrence, since that would be the same failure twice. */
export const alertHappenings = (
  part: Spoken,
  isSymptom: (sign: AlertSign) => boolean,
): Happening[] => {
  const alone = isAlertsOnly(part)
  return part.alerts.flatMap((sign): Happening[] => {
    const { startsAt } = sign.firing
    const add = alone && sign.counted !== true ? 1 : 0
    const symptom = isSymptom(sign)
    const began = happening({ at: startsAt, add, weight: 0 })
    const opens = (at: number, n: number) => happening({ at, add: n, weight: 1, opens: AT_ONCE })
    const opensAt = symptom ? Infinity : startsAt + (sign.lasts ?? 0)
    const first = opensAt === startsAt ? [opens(startsAt, add)] : [began]
    const opened = opensAt > startsAt && opensAt < Infinity ? [opens(opensAt, 0)] : []
    // As long as it was told of it went on; told of again after it was given up, it is open again.
    const last = lastOf(sign.firing)
    if (!alone || last <= startsAt) return [...first, ...opened]
    const again = last >= opensAt ? opens(last, 0) : happening({ at: last, add: 0, weight: 0 })
    return [...first, ...opened, again]
  })
}

/** How often alerts of one name fired, and when last. */
export const alertReasons = (part: Spoken): ReasonCount[] => {
  const alone = isAlertsOnly(part)
  const names = [...new Set(part.alerts.map(({ fact }) => fact.name))].sort()
  return names.map((name): ReasonCount => {
    const signs = part.alerts.filter(({ fact }) => fact.name === name)
    const facts = [...new Set(signs.map(({ fact }) => fact))]
    const firings = signs.map(({ firing }) => firing)
    const newest = facts.reduce((a, b) => (b.toldAt > a.toldAt ? b : a))
    return {
      reason: name,
      type: facts.every(({ by }) => by !== undefined) ? 'Metric' : 'Alert',
      source: 'state',
      count: signs.filter(({ counted }) => counted !== true).length,
      uids: facts.length,
      quality: facts.some((f) => f.firings.length >= MAX_FIRINGS) ? 'lower_bound' : 'exact',
      firstAt: firings.reduce((at, f) => Math.min(at, f.startsAt), Infinity),
      lastAt: firings.reduce((at, f) => Math.max(at, alone ? lastOf(f) : f.startsAt), -Infinity),
      message: newest.message,
    }
  })
}

const nameOf = ({ kind, namespace, name }: ObjectRef): string =>
  kind === 'Alert'
    ? namespace === ''
      ? 'the cluster'
      : `namespace ${namespace}`
    : `${kind}/${name}`

const KEPT_EVIDENCE = 6

/** Newest first, a few. */
export const alertEvidence = (alerts: readonly AlertSign[]): Evidence[] =>
  [...new Set(alerts.map(({ fact }) => fact))]
    .sort((a, b) => b.toldAt - a.toldAt || (a.fingerprint < b.fingerprint ? -1 : 1))
    .slice(0, KEPT_EVIDENCE)
    .map((fact) =>
      evidence({
        kind: fact.by === undefined ? 'event' : 'state',
        text: `${fact.by ?? 'alert'} ${fact.name} for ${nameOf(fact.involved)}${fact.message === '' ? '' : `: ${fact.message}`}`,
        at: fact.firings.at(-1)?.startsAt ?? fact.toldAt,
        object: fact.involved,
        records: [...fact.records],
      }),
    )
