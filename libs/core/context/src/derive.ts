import {
  incidentKey,
  type Context,
  type ObjectRef,
  type ProblemRule,
  type Severity,
  type Spell,
} from '@kubesift/contracts'
import { aroundOf, ruleOf } from './alerts.ts'
import { besideOf } from './beside.ts'
import type { EventFact } from './event-fact.ts'
import type { ObjectFact } from './object-fact.ts'
import { partsOf, surroundingsOf, type OwnerView } from './owner-view.ts'
import { endedOf, type Ended } from './ended.ts'
import { absorb, endOf, happeningsOf, type Part } from './parts.ts'
import { countPart } from './reasons.ts'
import type { Earlier } from './earlier.ts'
import { liveParts, saysAnything } from './live-parts.ts'
import { spellsOf, type Surroundings } from './spells.ts'
import { persistenceTerms, sensitivityTerms, stateTerms } from './sensitivity.ts'
import { statesOf } from './states.ts'
import { touchesOf } from './touches.ts'

/** A context without what only its place in the log can give. */
export type Derived = Omit<
  Context,
  'version' | 'rulesHash' | 'watermark' | 'movedTo' | 'ignored' | 'traceparent'
>

export interface OwnerResult {
  /** All keys that have any symptom, opened or not. */
  readonly contexts: Derived[]
  /** Key → key that has taken its symptoms. */
  readonly absorbed: ReadonlyMap<string, string>
  readonly nextDecisionAt: number | null
  /** The latest instant at which something that lasted was held against the owner. */
  readonly saidUntil: number | null
  /** States and alerts that speak of its problems. */
  readonly signs: number
  /** UIDs of the objects whose states speak of its problems. */
  readonly speaking: () => ReadonlySet<string>
  /** Its end, where it has one, and what it takes to retire it. */
  readonly settled: Ended
}

export interface DeriveOptions {
  readonly rules: readonly ProblemRule[]
  readonly watermark: number | null
  readonly gaps: Surroundings['gaps']
  /** What lasted until here has been said before, whatever the watermark is now. */
  readonly saidUntil: number | null
  /** Spells that the watermark has already ended, by key. */
  readonly frozen: ReadonlyMap<string, readonly Spell[]>
  /** What is left of facts that are retired. */
  readonly retired?: Earlier | undefined
  readonly objectByUid: (uid: string) => ObjectFact | undefined
}

const MAX_OBJECTS = 20
/** Who was not seen to call another for so long before a trouble does not call it any more. */
const CALLED_WITHIN_MS = 24 * 3_600_000

/** Points of the catalogue's base severity; the store adds its own terms and draws the lines (`scoreSeverity`, core-incident). */
export const BASE_POINTS: Readonly<Record<Severity, number>> = { P1: 90, P2: 65, P3: 40, P4: 15 }
const IMPACT_POINTS = 15

const earliest = (...times: (number | null)[]): number | null => {
  const known = times.filter((t) => t !== null)
  return known.length === 0 ? null : Math.min(...known)
}

const severityTerms = (
  rule: ProblemRule,
  view: OwnerView,
  spells: readonly Spell[],
): Context['severityTerms'] => {
  const terms = [
    {
      term: 'base',
      points: BASE_POINTS[rule.severity],
      why: `${rule.problem} is ${rule.severity} in the catalogue`,
    },
  ]
  const points = view.own.flatMap((f) => f.health)
  const worst = spells.flatMap((s) =>
    points.filter((p) => p.at >= s.from && p.at <= (s.recovery?.at ?? Infinity)).map((p) => p.down),
  )
  const down = Math.max(0, ...worst)
  if (down > 0)
    terms.push({
      term: 'impact',
      points: Math.round(down * IMPACT_POINTS),
      why: `${Math.round(down * 100)} % of the replicas were not available at the worst`,
    })
  return [
    ...terms,
    ...sensitivityTerms(view),
    ...stateTerms(view),
    ...persistenceTerms({ spells: [...spells] }),
  ]
}

const objectsOf = (
  part: Part,
  byUid: DeriveOptions['objectByUid'],
): { objects: Context['objects']; total: number; pods: ObjectFact[]; refs: ObjectRef[] } => {
  const seen = new Map<string, { ref: ObjectRef; at: number }>()
  const add = (ref: ObjectRef, at: number): void => {
    const key = `${ref.kind}/${ref.name}/${ref.uid ?? ''}`
    const before = seen.get(key)
    // Events of one pod speak of the pod or of a container in it: the container is worth keeping.
    const { fieldPath = before?.ref.fieldPath } = ref
    if (before === undefined || before.at < at)
      seen.set(key, { ref: fieldPath === undefined ? ref : { ...ref, fieldPath }, at })
    else if (before.ref.fieldPath === undefined && fieldPath !== undefined)
      seen.set(key, { ...before, ref: { ...before.ref, fieldPath } })
  }
  for (const e of part.events) add(e.involved, e.top.at)
  for (const s of part.states) {
    const { kind, namespace, name, uid } = s.fact.object
    add({ kind, namespace, name, uid }, s.at)
  }
  for (const { fact, firing } of part.alerts) add(fact.involved, firing.startsAt)
  const ordered = [...seen.values()].sort(
    (a, b) => b.at - a.at || (a.ref.name < b.ref.name ? -1 : 1),
  )
  const facts = ordered.map(({ ref }) => (ref.uid === undefined ? undefined : byUid(ref.uid)))
  const objects = ordered.slice(0, MAX_OBJECTS).map(({ ref }, i) => {
    const node = facts[i]?.object.pod?.node
    const { kind, namespace, name, uid, fieldPath } = ref
    return {
      kind,
      namespace,
      name,
      ...(uid === undefined ? {} : { uid }),
      ...(fieldPath === undefined ? {} : { fieldPath }),
      ...(node === undefined ? {} : { node }),
    }
  })
  return {
    objects,
    total: ordered.length,
    pods: facts.filter((f) => f?.object.kind === 'Pod') as ObjectFact[],
    refs: ordered.map((o) => o.ref),
  }
}

const titleOf = (rule: ProblemRule, view: OwnerView): string =>
  rule.title
    .replaceAll('{owner}', `${view.owner.kind}/${view.owner.name}`)
    .replaceAll('{name}', view.owner.name)

/** The pods among what a part names, as far as we know them. */
const podsAmong = (
  refs: readonly ObjectRef[],
  objectByUid: DeriveOptions['objectByUid'],
): { readonly name: string; readonly createdAt?: number }[] =>
  refs
    .filter((r) => r.kind === 'Pod')
    .map((r) => {
      const createdAt = r.uid === undefined ? undefined : objectByUid(r.uid)?.object.createdAt
      return { name: r.name, ...(createdAt === undefined ? {} : { createdAt }) }
    })

const contextOf = (
  { part, all, spells }: { part: Part; all: readonly EventFact[]; spells: Spell[] },
  view: OwnerView,
  options: DeriveOptions,
): Derived => {
  const counted = countPart(part, all)
  const involved = objectsOf(part, options.objectByUid)
  const failing = podsAmong(involved.refs, options.objectByUid)
  const beside = besideOf(view, { part, counted, spells }, failing)
  const records = part.events
    .flatMap((e) => e.records)
    .concat(part.states.flatMap((s) => s.fact.records))
    .concat(part.alerts.flatMap((a) => a.fact.records))
  const cause = records.reduce((a, b) => (b.offset > a.offset ? b : a), records[0]!)
  const { cluster, namespace, owner } = view
  const calls = view.calls.filter(({ top }) => top.at >= counted.firstSeenAt - CALLED_WITHIN_MS)
  const { changes } = beside
  const noted = { objects: involved.objects, changes }
  const endedAt = spells.at(-1)?.recovery?.at ?? Infinity
  const touches = touchesOf(part, { ...view, calls }, noted, options.objectByUid)
  return {
    key: incidentKey({
      cluster,
      namespace,
      kind: owner.kind,
      name: owner.name,
      problem: part.rule.problem,
    }),
    cluster,
    namespace,
    owner,
    problem: part.rule.problem,
    title: titleOf(part.rule, view),
    severity: part.rule.severity,
    severityTerms: severityTerms(part.rule, view, spells),
    reasons: counted.reasons,
    occurrenceCount: counted.occurrenceCount,
    countQuality: counted.countQuality,
    firstSeenAt: counted.firstSeenAt,
    lastSeenAt: counted.lastSeenAt,
    objects: involved.objects,
    objectsTotal: involved.total,
    changes,
    states: statesOf(view.pods),
    ...beside.context,
    evidence: beside.evidence,
    spells,
    // What nobody saw after its end is no news of it.
    gaps: options.gaps
      .filter(([from, to]) => to >= counted.firstSeenAt && to !== Infinity && from <= endedAt)
      .map(([from, to]): [number, number] => [from, to]),
    facets: touches.map(({ how, thing }) => `${how}:${thing}`),
    touches,
    cause,
  }
}

/** What there is of an owner without symptoms. */
export const NOTHING: OwnerResult = {
  contexts: [],
  absorbed: new Map(),
  nextDecisionAt: null,
  saidUntil: null,
  signs: 0,
  speaking: () => new Set(),
  settled: { at: -Infinity, keeps: false, unended: [], alone: new Map() },
}

/** The contexts of one owner: a function of its facts, the rules, the watermark, and the boundaries that the watermark has frozen. */
export const deriveOwner = (view: OwnerView, options: DeriveOptions): OwnerResult => {
  const known = Math.max(options.watermark ?? -Infinity, options.saidUntil ?? -Infinity)
  const { retired, rules } = options
  const { cluster, namespace, owner } = view
  const keyOf = (problem: string): string =>
    incidentKey({ cluster, namespace, kind: owner.kind, name: owner.name, problem })
  const { parts: told, askAt, saidUntil } = partsOf(view, rules, known)
  const raw = retired === undefined ? told : liveParts(told, retired, rules, keyOf)
  if (!saysAnything(raw)) return { ...NOTHING, nextDecisionAt: askAt }
  const around = surroundingsOf(view, options.watermark, options.gaps)
  const end = (fact: EventFact): number => {
    const uid = fact.involved.uid
    return endOf(uid === undefined ? undefined : options.objectByUid(uid))
  }
  const { parts, absorbed, asks, alone } = absorb(raw, around, end, retired)
  const all = raw.flatMap((p) => p.events)
  let next = earliest(around.goneDueAt, askAt, ...asks)
  const contexts = parts.map((each) => {
    const part = { ...each, rule: ruleOf(each) }
    const frozen = options.frozen.get(keyOf(part.rule.problem)) ?? []
    const whole = around.deletions.length + frozen.length > 0 || retired !== undefined
    const { spells, nextDecisionAt } = spellsOf(
      happeningsOf(part, end, whole),
      part.rule,
      aroundOf(part, around),
      frozen,
    )
    next = earliest(next, nextDecisionAt)
    return contextOf({ part, all, spells }, view, options)
  })
  return {
    contexts,
    absorbed: new Map([...absorbed].map(([from, to]) => [keyOf(from), keyOf(to)])),
    nextDecisionAt: next,
    saidUntil,
    signs: raw.reduce((sum, { states, alerts }) => sum + states.length + alerts.length, 0),
    speaking: () => new Set(raw.flatMap(({ states }) => states.map(({ fact }) => fact.uid))),
    settled: endedOf(contexts, alone, raw),
  }
}
