import type { Evidence, Finding, SlimReport } from '@kubesift/contracts'
import { evidence } from './evidence.ts'
import type { EventFact } from './event-fact.ts'
import type { ObjectFact } from './object-fact.ts'

const MAX_FINDINGS = 5
const KEPT_WORST = 3

const RANK: readonly string[] = ['critical', 'high', 'error', 'fail', 'medium', 'warn', 'low']
const rankOf = (severity: string): number => {
  const at = RANK.indexOf(severity)
  return at < 0 ? RANK.length : at
}

/** What is no fault is not counted as one. */
const FINE: ReadonlySet<string> = new Set(['pass', 'skip', 'none', 'unknown', 'info'])

const badCounts = (counts: SlimReport['counts']): Record<string, number> =>
  Object.fromEntries(Object.entries(counts).filter(([name]) => !FINE.has(name)))

const worstFirst = (a: Finding, b: Finding): number => {
  const [x, y] = [a, b].map((f) => Math.min(...Object.keys(f.counts).map(rankOf)))
  return x! - y! || b.at - a.at || (a.evidence < b.evidence ? -1 : 1)
}

const say = ({
  by,
  type,
  about,
  counts,
}: Pick<Finding, 'by' | 'type' | 'about' | 'counts'>): string => {
  const numbers = Object.entries(counts)
    .sort(([a], [b]) => rankOf(a) - rankOf(b) || (a < b ? -1 : 1))
    .map(([severity, n]) => `${n} ${severity}`)
  return `${by} (${type}${about === undefined ? '' : ` of ${about}`}): ${numbers.join(', ')}`
}

interface Found {
  readonly finding: Finding
  readonly entry: Evidence
}

const finding = (
  facts: Omit<Finding, 'evidence'>,
  how: Pick<Evidence, 'kind' | 'records'>,
): Found => {
  const texts = facts.worst.map(({ id, text }) => (text === '' ? id : `${id} ${text}`))
  const entry = evidence({
    ...how,
    text: `${say(facts)}${texts.length === 0 ? '' : `: ${texts.join('; ')}`}`,
    at: facts.at,
    object: facts.object,
  })
  return { finding: { ...facts, evidence: entry.id }, entry }
}

/** What a report says of an owner; of a report about many things, only what is about it. */
const ofReport = (fact: ObjectFact, isAbout: (thing: Thing) => boolean): Found[] => {
  const { object } = fact
  const report = object.report
  if (report === undefined) return []
  const { kind, namespace, name, uid } = object
  const named = report.items.filter((item) => item.of !== undefined)
  const mine = named.filter((item) => isAbout(item.of!))
  if (named.length > 0 && mine.length === 0) return []
  const counts =
    named.length === 0
      ? badCounts(report.counts)
      : Object.fromEntries(
          [...new Set(mine.map((i) => i.severity))].map((severity) => [
            severity,
            mine.filter((i) => i.severity === severity).length,
          ]),
        )
  if (Object.keys(counts).length === 0) return []
  return [
    finding(
      {
        by: report.by,
        type: report.type,
        object: { kind, namespace, name, uid },
        ...(report.about === undefined ? {} : { about: report.about }),
        counts,
        worst: (named.length === 0 ? report.items : mine)
          .slice(0, KEPT_WORST)
          .map(({ id, severity, text }) => ({ id, severity, text })),
        at: object.createdAt ?? fact.firstAt,
      },
      { kind: 'object', records: [...fact.records] },
    ),
  ]
}

/** Of several reports of one kind about one container, as each revision has its own, the newest. */
const newestOf = (reports: readonly ObjectFact[]): ObjectFact[] => {
  const byWhat = new Map<string, ObjectFact>()
  for (const fact of reports) {
    const { report, owners } = fact.object
    if (report === undefined || fact.deletedAt !== undefined) continue
    const of = report.about === undefined ? `${owners[0]?.kind ?? ''}/${fact.uid}` : report.about
    const what = JSON.stringify([report.by, report.type, of.replace(/:[^ ]*$/, '')])
    const before = byWhat.get(what)
    if (before === undefined || ageOf(fact) > ageOf(before)) byWhat.set(what, fact)
  }
  return [...byWhat.values()]
}

const ageOf = ({ object, firstAt }: ObjectFact): number => object.createdAt ?? firstAt

/** Kyverno tells of a violation by an Event about what violates it. */
const ofViolation = (fact: EventFact): Found =>
  finding(
    {
      by: 'kyverno',
      type: 'policy',
      object: fact.involved,
      counts: { fail: fact.top.n },
      worst: [{ id: fact.reason, severity: 'fail', text: fact.message.slice(0, 240) }],
      at: fact.top.at,
    },
    { kind: 'event', records: [...fact.records] },
  )

const VIOLATION = 'PolicyViolation'
export const isViolation = (fact: EventFact): boolean => fact.reason === VIOLATION

interface Thing {
  readonly kind: string
  readonly name: string
}

/** What scanners and policy engines have found about an owner, worst first, each with the evidence that shows it. */
export const findingsOf = (
  reports: readonly ObjectFact[],
  violations: readonly EventFact[],
  isAbout: (thing: Thing) => boolean,
): { findings: Finding[]; evidence: Evidence[] } => {
  const found = [
    ...newestOf(reports).flatMap((fact) => ofReport(fact, isAbout)),
    ...violations.map(ofViolation),
  ]
    .sort((a, b) => worstFirst(a.finding, b.finding))
    .slice(0, MAX_FINDINGS)
  return { findings: found.map((f) => f.finding), evidence: found.map((f) => f.entry) }
}
