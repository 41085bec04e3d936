import type { Context, Spell } from '@kubesift/contracts'

/** How far an owner has come to its end. */
export interface Ended {
  /** The last end or occurrence of anything of it; null: something goes on. */
  readonly at: number | null
  /** By problem the spells that it would have by itself. */
  readonly alone: ReadonlyMap<string, readonly Spell[]>
}

/** The end of an owner with these contexts. */
export const endedOf = (
  contexts: readonly Pick<Context, 'problem' | 'spells' | 'lastSeenAt'>[],
  alone: ReadonlyMap<string, readonly Spell[]>,
): Ended => {
  const byProblem =
    alone.size > 0 ? alone : new Map(contexts.map(({ problem, spells }) => [problem, spells]))
  let at = contexts.reduce((last, { lastSeenAt }) => Math.max(last, lastSeenAt), -Infinity)
  for (const { recovery } of [...contexts.map((c) => c.spells), ...byProblem.values()].flat()) {
    if (recovery === null) return { at: null, alone: byProblem }
    at = Math.max(at, recovery.at)
  }
  return { at, alone: byProblem }
}
