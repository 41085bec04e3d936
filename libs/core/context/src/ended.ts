import type { Context, Spell } from '@kubesift/contracts'
import type { EventFact } from './event-fact.ts'

/** How far an owner has come to its end. */
export interface Ended {
  /** The last end or occurrence of anything of it; null: something goes on. */
  readonly at: number | null
  /** Its facts must be kept all the same. */
  readonly keeps: boolean
  /** By problem the spells that it would have by itself. */
  readonly alone: ReadonlyMap<string, readonly Spell[]>
}

/**
 * The end of an owner with these contexts. Patterns are counted by record, and their marks tell what is counted already: where one of the
 * Events is a pattern, the owner keeps its facts.
 */
export const endedOf = (
  contexts: readonly Pick<Context, 'problem' | 'spells' | 'lastSeenAt'>[],
  alone: ReadonlyMap<string, readonly Spell[]>,
  events: readonly Pick<EventFact, 'everyOne'>[],
): Ended => {
  const byProblem =
    alone.size > 0 ? alone : new Map(contexts.map(({ problem, spells }) => [problem, spells]))
  const keeps = events.some(({ everyOne }) => everyOne === true)
  let at = contexts.reduce((last, { lastSeenAt }) => Math.max(last, lastSeenAt), -Infinity)
  for (const { recovery } of [...contexts.map((c) => c.spells), ...byProblem.values()].flat()) {
    if (recovery === null) return { at: null, keeps, alone: byProblem }
    at = Math.max(at, recovery.at)
  }
  return { at, keeps, alone: byProblem }
}
