import type { Context, Spell } from '@kubesift/contracts'
import { lastOf } from './alert-fact.ts'
import { firingKey } from './alerts.ts'
import type { Earlier } from './earlier.ts'
import type { Part } from './parts.ts'

/** How far an owner has come to its end. */
export interface Ended {
  /** The last end or occurrence of anything of it; null: something goes on. */
  readonly at: number | null
  /** Its facts must be kept all the same. */
  readonly keeps: boolean
  /** Firings of which no end was told. */
  readonly unended: readonly string[]
  /** By problem the spells that it would have by itself. */
  readonly alone: ReadonlyMap<string, readonly Spell[]>
}

/**
 * The end of an owner with these contexts. Patterns are counted by record, and their marks tell what is counted already: where one of the
 * Events is a pattern, the owner keeps its facts; so does one of which something was open across a loss and has not ended.
 */
export const endedOf = (
  contexts: readonly Pick<Context, 'problem' | 'spells' | 'lastSeenAt'>[],
  alone: ReadonlyMap<string, readonly Spell[]>,
  said: readonly Pick<Part, 'events' | 'alerts'>[],
  earlier?: Pick<Earlier, 'underway'>,
): Ended => {
  const byProblem =
    alone.size > 0 ? alone : new Map(contexts.map(({ problem, spells }) => [problem, spells]))
  const keeps = said.some(({ events }) => events.some(({ everyOne }) => everyOne === true))
  const alerts = said.flatMap((part) => part.alerts)
  const unended = alerts.filter(({ firing }) => firing.endsAt === undefined).map(firingKey)
  const known = { keeps, unended, alone: byProblem }
  if (earlier?.underway !== undefined) return { at: null, ...known }
  let at = contexts.reduce((last, { lastSeenAt }) => Math.max(last, lastSeenAt), -Infinity)
  for (const { recovery } of [...contexts.map((c) => c.spells), ...byProblem.values()].flat()) {
    if (recovery === null) return { at: null, ...known }
    at = Math.max(at, recovery.at)
  }
  // Beside Events an alert does not prolong anything; but while it fires it is not over.
  for (const { firing } of alerts) at = Math.max(at, lastOf(firing))
  return { at, ...known }
}
