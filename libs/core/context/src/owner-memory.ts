import { parseIncidentKey, type Context, type Spell } from '@kubesift/contracts'
import type { Derived, OwnerResult } from './derive.ts'

/** What of an owner must survive besides its facts: which keys were published, and the boundaries that have been frozen. */
export interface OwnerMemory {
  readonly published: readonly string[]
  readonly frozen: Readonly<Record<string, readonly Spell[]>>
  readonly nextDecisionAt: number | null
  /**
   * The problems that are open and go on, and those whose symptoms they have taken in: another Event of one of them can only move counts,
   * times and examples.
   */
  readonly open: readonly string[]
  /** By key: which rule of the operators keeps it shut, and how often it has occurred under it. */
  readonly ignored?: Readonly<Record<string, { readonly rule: string; readonly count: number }>>
  /** Owners to which the truth has given symptoms of this one, after it had been published. */
  readonly heirs?: readonly string[]
  /** Keys that are retired, and have had something new to say since. */
  readonly anew?: readonly string[]
  /** Until when states that lasted have been said: they stay so between two decisions by time. */
  readonly saidUntil?: number
  /** Repeats have been joined that are not yet in what was published. */
  readonly stale?: true
}

export const NO_MEMORY: OwnerMemory = {
  published: [],
  frozen: {},
  nextDecisionAt: null,
  open: [],
}

/** Open, and not ended so far. */
const goesOn = ({ spells }: Derived): boolean => {
  const last = spells.at(-1)
  return last !== undefined && last.openedAt !== null && last.recovery === null
}

const openOf = ({ contexts, absorbed }: OwnerResult): string[] => {
  const open = contexts.filter(goesOn)
  const keys = new Set(open.map((c) => c.key))
  const taken = [...absorbed].filter(([, to]) => keys.has(to)).map(([from]) => problemOf(from))
  return [...new Set([...open.map((c) => c.problem), ...taken])].sort()
}

const problemOf = (key: string): string => parseIncidentKey(key)?.problem ?? ''

/** What the watermark has passed never moves again. Frozen boundaries only grow in number. */
const freeze = (
  contexts: readonly Derived[],
  watermark: number | null,
  before: OwnerMemory['frozen'],
): OwnerMemory['frozen'] => {
  const out: Record<string, readonly Spell[]> = { ...before }
  for (const context of contexts) {
    const ended = context.spells.filter(
      (s) => s.recovery !== null && watermark !== null && s.recovery.at <= watermark,
    )
    if (ended.length > (out[context.key]?.length ?? 0)) out[context.key] = ended
  }
  return out
}

const saidOf = (
  before: OwnerMemory,
  { saidUntil }: OwnerResult,
): Pick<OwnerMemory, 'saidUntil'> => {
  const said = Math.max(before.saidUntil ?? -Infinity, saidUntil ?? -Infinity)
  return said === -Infinity ? {} : { saidUntil: said }
}

/** What to remember of an owner that has just been derived; `now` are the keys that go out, and those that are kept shut. */
export const memoryAfter = (
  before: OwnerMemory,
  result: OwnerResult,
  now: {
    readonly published: ReadonlySet<string>
    readonly shut: NonNullable<OwnerMemory['ignored']>
    readonly heirs: readonly string[]
    readonly anew: readonly string[]
  },
  watermark: number | null,
): OwnerMemory => ({
  published: [...new Set([...before.published, ...now.published])].sort(),
  frozen: freeze(result.contexts, watermark, before.frozen),
  nextDecisionAt: result.nextDecisionAt,
  open: openOf(result),
  ...saidOf(before, result),
  ...(now.heirs.length === 0 ? {} : { heirs: now.heirs }),
  ...(now.anew.length === 0 ? {} : { anew: now.anew }),
  ...(Object.keys(now.shut).length === 0 ? {} : { ignored: now.shut }),
})

/**
 * After a loss: an end that was told was decided, so it stands, though what is left would not show it (of its owner nothing may have been
 * heard since). The owner is looked at again.
 */
export const decidedAs = (
  before: OwnerMemory,
  { key, spells }: Pick<Context, 'key' | 'spells'>,
): OwnerMemory => {
  const goingOn = spells.findIndex(({ recovery }) => recovery === null)
  const ended = goingOn < 0 ? [...spells] : spells.slice(0, goingOn)
  const known = Object.hasOwn(before.frozen, key) ? before.frozen[key]!.length : 0
  const at = ended.at(-1)?.recovery?.at
  if (at === undefined || ended.length <= known) return before
  return {
    ...before,
    frozen: { ...before.frozen, [key]: ended },
    nextDecisionAt: Math.min(at, before.nextDecisionAt ?? Infinity),
  }
}

/** What a rule of the operators has kept shut: how many keys anew, and how many occurrences of theirs. */
export interface Counted {
  readonly rule: string
  readonly contexts: number
  readonly occurrences: number
}

/** What was kept shut now and not before: the memory is stored, so that nothing is counted twice. */
export const ledgerOf = (
  before: OwnerMemory | undefined,
  { ignored = {} }: OwnerMemory,
): readonly Counted[] =>
  Object.entries(ignored).flatMap(([key, { rule, count }]) => {
    const known = before?.ignored?.[key]
    const isNew = known?.rule !== rule
    const occurrences = Math.max(0, count - (isNew ? 0 : known.count))
    return isNew || occurrences > 0 ? [{ rule, contexts: isNew ? 1 : 0, occurrences }] : []
  })
