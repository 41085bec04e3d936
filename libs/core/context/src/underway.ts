import type { Context, Spell } from '@kubesift/contracts'
import type { OwnerResult } from './derive.ts'
import { underwayOf, type Earlier } from './earlier.ts'
import type { OwnerMemory } from './owner-memory.ts'
import type { OwnerView } from './owner-view.ts'
import { boundedSpells, NO_STATES, type Retired, type RetiredKey } from './retired.ts'
import type { Surroundings } from './spells.ts'

/**
 * What decides about the end of something that was open across a loss: as long as nothing is known of the owner, it is as unwell as it was;
 * and it had not recovered by then, whatever its objects say that were told of only later.
 */
export const aroundUnderway = <T extends Surroundings>(
  around: T,
  { own }: Pick<OwnerView, 'own'>,
  retired: Earlier | undefined,
  problem: string,
): T => {
  const underway = underwayOf(retired, problem)
  if (retired === undefined || underway === undefined) return around
  const { through } = retired
  return {
    ...around,
    unwell: around.unwell || (underway.unwell && own.length === 0),
    healthy: around.healthy
      .filter(({ to }) => to > through)
      .map((interval) => ({ ...interval, from: Math.max(interval.from, through) })),
  }
}

/** The owner of something that was open across a loss, should nothing be heard of it since. */
export const unheardOf = ({ underway = {}, keys }: Retired): Context['owner'] | undefined =>
  Object.values(keys).find(({ problem }) => Object.hasOwn(underway, problem))?.owner

/** What is left of it, as spells that have ended: boundaries from now, counts from before. */
const ended = (kept: RetiredKey, spells: readonly Spell[]): RetiredKey => ({
  ...kept,
  changes: [],
  states: NO_STATES,
  spells: spells.map((spell, i) => ({ ...spell, count: kept.spells[i]?.count ?? 0 })),
})

/** What is kept of an owner once something that was open across a loss has ended for good; the same where nothing has. */
export const closed = (
  retired: Retired,
  {
    memory: { frozen },
    result: { settled },
  }: {
    readonly memory: Pick<OwnerMemory, 'frozen'>
    readonly result: { readonly settled: Pick<OwnerResult['settled'], 'alone'> }
  },
): Retired => {
  let after = retired
  for (const kept of Object.values(retired.keys)) {
    const underway = underwayOf(after, kept.problem)
    const spells = Object.hasOwn(frozen, kept.key) ? frozen[kept.key]! : []
    const end = spells.find(({ from }) => from === underway?.spell.from)
    if (underway === undefined || end === undefined) continue
    const { [kept.problem]: _, ...others } = after.underway ?? {}
    const { underway: __, ...rest } = after
    // What it has taken in may have gone on for longer than it did by itself.
    const own = settled.alone.get(kept.problem)?.find(({ from }) => from === end.from)
    const by = own === undefined || own.recovery === null ? end : own
    const alone = [...(after.alone[kept.problem] ?? []), by]
    after = {
      ...rest,
      keys: { ...after.keys, [kept.key]: ended(kept, spells) },
      alone: { ...after.alone, [kept.problem]: boundedSpells(alone) },
      ...(Object.keys(others).length === 0 ? {} : { underway: others }),
    }
  }
  return after
}
