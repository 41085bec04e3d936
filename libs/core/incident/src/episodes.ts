import type { Context, Recovery, Spell } from '@kubesift/contracts'

/** An occurrence within this time after a recovery continues the incident; a later one begins a new, linked one. */
export const REOPEN_WINDOW_MS = 30 * 60_000

/** A stretch of activity that reached the opening threshold. */
export interface OpenedSpell extends Spell {
  readonly openedAt: number
}

/** What one incident is made of: the opened spells of a key, each no further than the reopen window from the former's recovery. */
export interface Episode {
  /** 1 for the first of the key. */
  readonly number: number
  readonly spells: readonly OpenedSpell[]
  readonly firstSeenAt: number
  readonly lastSeenAt: number
  readonly openedAt: number
  readonly occurrenceCount: number
  /** The recovery of the last spell: null while it goes on. */
  readonly recovery: Recovery | null
  readonly reopenCount: number
}

const isOpened = (spell: Spell): spell is OpenedSpell => spell.openedAt !== null

const continues = (former: OpenedSpell, next: OpenedSpell): boolean =>
  former.recovery === null || next.from - former.recovery.at <= REOPEN_WINDOW_MS

const runsOf = (spells: readonly OpenedSpell[]): readonly (readonly OpenedSpell[])[] => {
  const runs: OpenedSpell[][] = []
  for (const spell of spells) {
    const run = runs.at(-1)
    const former = run?.at(-1)
    if (run === undefined || former === undefined || !continues(former, spell)) runs.push([spell])
    else run.push(spell)
  }
  return runs
}

const countOf = (spells: readonly Spell[]): number => spells.reduce((sum, s) => sum + s.count, 0)

/**
 * The first episode is credited with what no other stretch has (records later than the watermark enter the total without moving
 * a frozen boundary), so that a key with one episode shows the context's total.
 */
const occurrencesOf = (context: Context, run: readonly OpenedSpell[], index: number): number => {
  if (index > 0) return countOf(run)
  const others = context.spells.filter((s) => !isOpened(s) || !run.includes(s))
  return Math.max(countOf(run), context.occurrenceCount - countOf(others))
}

/** The episodes of a key, as its newest context tells them. Pure: nothing but the context decides. */
export const episodesOf = (context: Context): readonly Episode[] =>
  runsOf(context.spells.filter(isOpened)).map((run, index) => {
    const [first] = run
    const last = run.at(-1)
    if (first === undefined || last === undefined) throw new RangeError('a run has a first spell')
    return {
      number: index + 1,
      spells: run,
      firstSeenAt: first === context.spells[0] ? context.firstSeenAt : first.from,
      lastSeenAt: last === context.spells.at(-1) ? context.lastSeenAt : last.to,
      openedAt: first.openedAt,
      occurrenceCount: occurrencesOf(context, run, index),
      recovery: last.recovery,
      reopenCount: run.length - 1,
    }
  })
