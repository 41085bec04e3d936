import { bare } from './adopted.ts'
import type { Context, ProblemRule, Spell } from '@kubesift/contracts'
import type { Underway } from './earlier.ts'
import { ownerId } from './facts.ts'
import { memoryField } from './memories.ts'
import { NO_MEMORY, type OwnerMemory } from './owner-memory.ts'
import { boundedSpells, countedBy, keptOf, type Retired, type RetiredKey } from './retired.ts'
import { retiredField } from './retirement.ts'
import type { Fields } from './stored-facts.ts'

/**
 * After the loss of a state: contexts say what was known, `signals` what still can be read. What is only in a context becomes the sum of
 * retired facts (domain.md: "its sum stays in the context, which seeds a rebuild"); all else is derived anew.
 */
export interface Horizon {
  readonly rules: ReadonlyMap<string, ProblemRule>
  /** Milliseconds: when the oldest record that is left was written. What happened before is known from contexts alone. */
  readonly at: number
  /** No later than that, and such that nothing from before it is still on its way. */
  readonly through: number
  /** Offsets of `signals`: the oldest that is left, and the first of which no context tells. */
  readonly from: number
  readonly until: number
}

/** Whether it tells of anything that may have gone. */
export const isOlder = ({ firstSeenAt }: Pick<Context, 'firstSeenAt'>, horizon: Horizon): boolean =>
  firstSeenAt <= horizon.at

const endedBefore = ({ spells }: Context, at: number): Spell[] => {
  const end = spells.findIndex(({ recovery }) => recovery === null || recovery.at > at)
  return end < 0 ? [...spells] : spells.slice(0, end)
}

const knewObjects = ({ owner, states, reasons }: Context): boolean =>
  owner.by === 'objects' || states.pods > 0 || reasons.some(({ source }) => source === 'state')

/** The last occurrence of the problem itself, told by the reasons that the catalogue knows it by. */
const ownTo = ({ problem, reasons }: Context, spell: Spell, { rules }: Horizon): number => {
  const known = new Set(rules.get(problem)?.events.flatMap(({ reason }) => reason))
  const own = reasons.filter(({ reason, source }) => source === 'state' || known.has(reason))
  const last = Math.max(...own.map(({ lastAt }) => lastAt))
  return Math.min(spell.to, own.length === 0 ? spell.to : Math.max(spell.from, last))
}

/** What had opened before the horizon, and had not ended by then. */
const openAcross = (context: Context, horizon: Horizon): Underway | undefined => {
  const spell = context.spells[endedBefore(context, horizon.at).length]
  if (spell === undefined || spell.openedAt === null || spell.from > horizon.at) return undefined
  // What came later comes again.
  const until = { ...spell, to: Math.min(spell.to, horizon.at) }
  return { spell: until, ownTo: ownTo(context, until, horizon), unwell: knewObjects(context) }
}

/** Whether any end is told by it. */
export const tellsOfEnds = ({ spells }: Pick<Context, 'spells'>): boolean =>
  spells.some(({ recovery }) => recovery !== null)

/**
 * The offset at which what this context holds beyond the records that are left is measured (`adopted`): where it was told from, or, of one
 * that is open since before and was not told again, when all are read. One that began later is asked for its ends alone: what they were
 * seen by may have gone. Undefined: all of it is kept as it is.
 */
export const measuredAt = (context: Context, horizon: Horizon): number | undefined => {
  const { from, until } = horizon
  if (context.movedTo !== undefined) return undefined
  if (!isOlder(context, horizon) && !(Number.isFinite(horizon.at) && tellsOfEnds(context)))
    return undefined
  const { offset } = context.version
  if (offset >= from && offset < until) return offset
  return until > from && openAcross(context, horizon) !== undefined ? until - 1 : undefined
}

/** Nothing is counted yet. */
const empty = (kept: RetiredKey): RetiredKey => ({
  ...kept,
  reasons: [],
  occurrenceCount: 0,
  countQuality: 'exact',
  objects: [],
  objectsTotal: 0,
  spells: [],
})

/** What is kept of a context: of one that is open across the horizon also what explains it. */
const keyOf = (context: Context, horizon: Horizon): RetiredKey => {
  const kept = openAcross(context, horizon) === undefined ? keptOf(bare(context)) : bare(context)
  return measuredAt(context, horizon) === undefined ? kept : empty(kept)
}

const retiredOf = (contexts: readonly Context[], horizon: Horizon): Retired => {
  const underway = contexts.flatMap((c): [string, Underway][] => {
    const across = openAcross(c, horizon)
    return across === undefined ? [] : [[c.problem, across]]
  })
  const alone = contexts.flatMap((c): [string, readonly Spell[]][] => {
    const opened = endedBefore(c, horizon.at).filter(({ openedAt }) => openedAt !== null)
    return opened.length === 0 ? [] : [[c.problem, boundedSpells(opened)]]
  })
  return {
    through: horizon.through,
    rebuiltAt: horizon.through,
    keys: Object.fromEntries(contexts.map((c) => [c.key, keyOf(c, horizon)])),
    by: Object.fromEntries(contexts.map((c) => [c.key, countedBy(c.reasons)])),
    absorbed: {},
    alone: Object.fromEntries(alone),
    ...(underway.length === 0 ? {} : { underway: Object.fromEntries(underway) }),
  }
}

const memoryOf = (
  told: readonly Context[],
  kept: readonly Context[],
  horizon: Horizon,
): OwnerMemory => {
  const open = kept.filter((c) => openAcross(c, horizon) !== undefined).map((c) => c.problem)
  const frozen = kept.flatMap((c): [string, Spell[]][] => {
    const ended = endedBefore(c, horizon.at)
    return ended.length === 0 ? [] : [[c.key, ended]]
  })
  const ignored = kept.flatMap(({ key, ignored: by, occurrenceCount }) =>
    by === undefined ? [] : [[key, { rule: by.rule, count: occurrenceCount }] as const],
  )
  return {
    ...NO_MEMORY,
    published: told.map((c) => c.key).sort(),
    frozen: Object.fromEntries(frozen),
    nextDecisionAt: open.length === 0 ? null : horizon.at,
    open: open.sort(),
    ...(ignored.length === 0 ? {} : { ignored: Object.fromEntries(ignored) }),
  }
}

/**
 * What a namespace begins with when its state is lost, as stored fields: `contexts` are the newest of its keys. Nothing where all of them
 * began after the horizon.
 */
export const seedsOf = (contexts: readonly Context[], horizon: Horizon): Fields => {
  const fields: Fields = new Map()
  const owners = Map.groupBy(
    contexts.filter((c) => isOlder(c, horizon)),
    ({ owner }) => ownerId(owner),
  )
  for (const [id, told] of owners) {
    const kept = told.filter(({ movedTo }) => movedTo === undefined)
    const retired = retiredOf(kept, horizon)
    if (kept.length > 0) fields.set(retiredField(id), JSON.stringify(retired))
    fields.set(memoryField(id), JSON.stringify(memoryOf(told, kept, horizon)))
  }
  return fields
}
