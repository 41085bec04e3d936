import type { Context, ReasonCount, Spell } from '@kubesift/contracts'
import type { OwnerResult } from './derive.ts'
import { underwayOf } from './earlier.ts'
import type { OwnerMemory } from './owner-memory.ts'
import {
  countedBy,
  countsBeside,
  keptOf,
  NO_STATES,
  objectKey,
  type Retired,
  type RetiredKey,
} from './retired.ts'

/** Of the owner of a context that is adopted: what is remembered of it, and what the facts that are left give. */
export interface Adopting {
  readonly memory: Pick<OwnerMemory, 'frozen'>
  readonly live: () => OwnerResult
}

/** A context without its place in the log, and without what only helps while it is looked into. */
export const bare = (context: Context): RetiredKey => {
  const {
    version: _v,
    rulesHash: _r,
    watermark: _w,
    movedTo: _m,
    ignored: _i,
    traceparent: _t,
    findings: _f,
    observations: _o,
    cost,
    ...kept
  } = context
  return { ...kept, evidence: kept.evidence.filter(({ id }) => id !== cost?.evidence) }
}

const reasonKey = ({ reason, type, source }: ReasonCount): string =>
  JSON.stringify([reason, type, source])

const reasonsBeyond = (
  all: readonly ReasonCount[],
  live: readonly ReasonCount[],
): ReasonCount[] => {
  const known = new Map(live.map((reason) => [reasonKey(reason), reason]))
  return all.flatMap((reason) => {
    const here = known.get(reasonKey(reason))
    const count = Math.max(0, reason.count - (here?.count ?? 0))
    const uids = Math.max(0, reason.uids - (here?.uids ?? 0))
    return count + uids === 0 ? [] : [{ ...reason, count, uids }]
  })
}

const countIn = (told: readonly Spell[], { from }: Spell): number =>
  told.find((spell) => spell.from === from)?.count ?? 0

/**
 * The spells in the order in which they are derived now, with what was told of them beyond it. That may be less than nothing: what is left
 * of an Event may count in one spell what was told of two.
 */
const spellsBeyond = (
  told: Context,
  live: readonly Spell[] | undefined,
  kept: RetiredKey,
): readonly Spell[] => {
  if (live !== undefined)
    return live.map((s) => ({ ...s, count: countIn(told.spells, s) - s.count }))
  // Nothing of it is in the facts: what has ended meanwhile keeps its end.
  return kept.spells.length === 0
    ? told.spells
    : kept.spells.map((s) => ({ ...s, count: countIn(told.spells, s) }))
}

/**
 * What a context that was told at a version holds beyond what the facts that are left give at that version; `live` is the latter, without
 * what is retired.
 */
export const adopted = (
  retired: Retired,
  told: Context,
  live: Pick<OwnerResult, 'contexts' | 'still'>,
): Retired => {
  const kept = retired.keys[told.key]
  if (kept === undefined) return retired
  const here = live.contexts.find(({ key }) => key === told.key)
  const across = underwayOf(retired, told.problem) !== undefined
  // It may have been retired meanwhile, with what is left of it alone.
  const by = countedBy(told.reasons)
  // Alerts alone that are left of Events and alerts count nothing: the Events did.
  const counted = here !== undefined && countsBeside(by, here.reasons) ? here.occurrenceCount : 0
  const known = new Set(here?.objects.map(objectKey))
  const objects = told.objects.filter((object) => !known.has(objectKey(object)))
  const beyond: RetiredKey = {
    ...(across ? bare(told) : keptOf(bare(told))),
    ...(across ? {} : { changes: [], states: NO_STATES }),
    reasons: reasonsBeyond(told.reasons, here?.reasons ?? []),
    occurrenceCount: Math.max(0, told.occurrenceCount - counted),
    objects,
    objectsTotal: Math.max(objects.length, told.objectsTotal - (here?.objectsTotal ?? 0)),
    spells: [...spellsBeyond(told, here?.spells ?? live.still.get(told.key), kept)],
  }
  return {
    ...retired,
    keys: { ...retired.keys, [told.key]: beyond },
    by: { ...retired.by, [told.key]: by },
  }
}
