import type { IncidentIgnore } from '@kubesift/contracts'
import type { Derived } from './derive.ts'

/** What a rule is asked about: a context, and the labels of its owner where the owner is known. */
export interface Asked {
  readonly context: Derived
  readonly labels: Readonly<Record<string, string>>
}

/** A rule of the operators with its condition compiled: pure, and bounded by whoever compiled it. */
export interface IgnoreRules {
  readonly rules: readonly (Omit<IncidentIgnore, 'when'> & {
    readonly matches: (asked: Asked) => boolean
  })[]
  readonly hash: string
}

export const NO_IGNORES: IgnoreRules = { rules: [], hash: '' }

/**
 * The first rule that says that this is no incident. A function of what is known of the context, not of what time it is: a rule ends for
 * what still occurs at its `until` or later.
 */
export const ignoredBy = (
  { rules }: IgnoreRules,
  asked: Asked,
): { readonly rule: string; readonly why: string } | undefined => {
  const found = rules.find(
    ({ until = Infinity, matches }) => asked.context.lastSeenAt < until && matches(asked),
  )
  return found === undefined ? undefined : { rule: found.name, why: found.why }
}
