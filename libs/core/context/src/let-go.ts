import { lastOf, type Firing } from './alert-fact.ts'
import type { OwnerResult } from './derive.ts'
import { CALLED, CONCERNS } from './edges.ts'
import type { EventFact } from './event-fact.ts'
import type { Facts } from './facts.ts'
import { isViolation } from './findings.ts'
import type { ObjectFact } from './object-fact.ts'
import type { OwnerMemory } from './owner-memory.ts'
import { SCALING } from './view-of.ts'

/** A ReplicaSet that is gone still says what was rolled out before, and what others depend on that it was deleted; an Event about a roll-out or a policy likewise. */
export const TELLS_OF_CHANGES_MS = 7 * 24 * 3_600_000

/** Whether it is no symptom, but tells of what was done. */
export const tellsOfChanges = (fact: EventFact): boolean =>
  fact.reason === SCALING || isViolation(fact)

/** What is of it, or calls or takes it, can be open for long after it is gone, and names its changes. */
const explains = (kind: string): boolean =>
  kind === 'ReplicaSet' || CONCERNS.has(kind) || CALLED.has(kind)

/** Whether all of these had ended by then. */
export const hasEnded = (firings: readonly Firing[], by: number): boolean =>
  firings.every((firing) => lastOf(firing) <= by)

/** The watermark at which an object can go; Infinity for one that is there. */
export const goesAt = (fact: ObjectFact | undefined, afterMs: number): number =>
  fact?.deletedAt === undefined
    ? Infinity
    : fact.deletedAt + (explains(fact.object.kind) ? TELLS_OF_CHANGES_MS : afterMs)

/** The watermark has passed all its ends: they are in the owner's memory. */
export const isFrozen = ({ contexts }: OwnerResult, { frozen }: OwnerMemory): boolean =>
  contexts.every(({ key, spells }) => spells.length <= (frozen[key]?.length ?? 0))

const isLastRun = (facts: Facts, uid: string, objects: ReadonlySet<string>): boolean => {
  const own = facts.objects.get(uid)?.firstAt ?? -Infinity
  return [...objects].every((other) => {
    const fact = facts.objects.get(other)
    return other === uid || fact?.object.kind !== 'Job' || fact.firstAt < own
  })
}

/** Kept though it is gone: whether a CronJob is well is what its last run says. */
export const isPinned = (facts: Facts, uid: string, kept: ReadonlySet<string>): boolean => {
  if (kept.has(uid)) return true
  if (facts.objects.get(uid)?.object.kind !== 'Job') return false
  const id = facts.membership.ofObject.get(uid)?.id
  const group = id === undefined ? undefined : facts.membership.byOwner.get(id)
  return group !== undefined && isLastRun(facts, uid, group.objects)
}

/** Whether anything is left that will have to go. */
export const hasMore = (facts: Facts, kept: ReadonlySet<string>): boolean => {
  for (const { events } of facts.membership.byOwner.values()) if (events.size > 0) return true
  for (const [uid, { deletedAt }] of facts.objects)
    if (deletedAt !== undefined && !isPinned(facts, uid, kept)) return true
  return facts.others.alerts().length > 0
}
