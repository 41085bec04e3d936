import {
  endedTooSoon,
  expectationOfTruth,
  fullOwner,
  leftOpen,
  misdiagnosed as misdiagnosedOf,
  missedGroups,
  spuriousIncidents,
  type Judged,
  type Truth,
} from '@kubesift/core-evaluation'
import type { Recount } from './recount.ts'

/** An incident as any of the doors shows it, cut down to what can be judged. */
export interface Found extends Judged {
  readonly problem: string
  readonly firstSeenAt: number
  readonly lastSeenAt: number
  readonly reasons: readonly {
    readonly reason: string
    readonly type: string
    readonly source: string
    readonly count: number
    readonly firstAt: number
    readonly lastAt: number
  }[]
}

/** Every expected cause has an incident of an acceptable problem. */
export const missed = (truth: Truth, found: readonly Found[], objects: boolean): string[] =>
  missedGroups(expectationOfTruth(truth, objects), found).map(({ text }) => text)

/** Nobody outside `affected`, `ignore` and the optional groups has one. */
export const spurious = (truth: Truth, found: readonly Found[]): string[] =>
  spuriousIncidents(expectationOfTruth(truth, true), found).map(
    (i) => `an incident that nobody expects: ${i.owner} ${i.problem}`,
  )

const sameInstant = (a: number, b: number): boolean => Math.abs(a - b) < 1

/** Every reason of every incident has the count and the times that the raw records give. */
export const miscounted = (found: readonly Found[], recounted: readonly Recount[]): string[] => {
  const byKey = new Map(recounted.map((r) => [`${r.owner} ${r.reason} ${r.type}`, r]))
  const sums = new Map<string, { count: number; firstAt: number; lastAt: number }>()
  for (const incident of found) {
    for (const r of incident.reasons.filter((x) => x.source === 'event')) {
      const key = `${incident.owner} ${r.reason} ${r.type}`
      const before = sums.get(key)
      sums.set(key, {
        count: (before?.count ?? 0) + r.count,
        firstAt: Math.min(before?.firstAt ?? Infinity, r.firstAt),
        lastAt: Math.max(before?.lastAt ?? -Infinity, r.lastAt),
      })
    }
  }
  return [...sums].flatMap(([key, got]) => {
    const want = byKey.get(key)
    if (want === undefined) return [`${key}: counted ${got.count}, but no record says so`]
    const faults = []
    if (got.count !== want.sum)
      faults.push(`${key}: counted ${got.count}, the records hold ${want.sum}`)
    if (!sameInstant(got.firstAt, want.firstAt))
      faults.push(`${key}: first seen ${got.firstAt}, the records say ${want.firstAt}`)
    if (!sameInstant(got.lastAt, want.lastAt))
      faults.push(`${key}: last seen ${got.lastAt}, the records say ${want.lastAt}`)
    return faults
  })
}

/** The recount itself against what `kubectl get events` showed at the end; where the notes say that the dump is older, at least as much. */
export const againstDump = (truth: Truth, recounted: readonly Recount[]): string[] => {
  const older = truth.expected.notes.some((note) => /dumped before the end/.test(note))
  return truth.expected.event_counts.flatMap((want) => {
    const owner = fullOwner(want.owner, want.namespace ?? truth.namespace)
    const got = recounted.find(
      (r) => r.owner === owner && r.reason === want.reason && r.type === 'Warning',
    )
    const sum = got?.sum ?? 0
    const agrees = older ? sum >= want.sum : sum === want.sum
    return agrees ? [] : [`${owner} ${want.reason}: the dump has ${want.sum}, the records ${sum}`]
  })
}

/** After everything has had time to settle: what recovered is resolved, what did not is not. */
export const wronglyEnded = (truth: Truth, found: readonly Found[], settled: boolean): string[] => {
  const expectation = expectationOfTruth(truth, true)
  return [...endedTooSoon(expectation, found), ...(settled ? leftOpen(expectation, found) : [])]
}

/** The incident of every expected cause names a cause class that the truth accepts. */
export const misdiagnosed = (truth: Truth, found: readonly Found[]): string[] =>
  misdiagnosedOf(expectationOfTruth(truth, true), found)
