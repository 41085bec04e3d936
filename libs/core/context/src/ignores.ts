import type { Context, IncidentIgnore } from '@kubesift/contracts'
import type { Derived } from './derive.ts'

/** What a rule is asked about: a context, and the labels of its owner where the owner is known. */
export interface Asked {
  readonly context: Derived
  readonly labels: Readonly<Record<string, string>>
}

/** A rule of the operators with its condition compiled: pure, and bounded by whoever compiled it. */
export interface IgnoreRules {
  readonly rules: readonly (Pick<IncidentIgnore, 'name' | 'why'> & {
    /** Milliseconds. */
    readonly until?: number
    readonly matches: (asked: Asked) => boolean
  })[]
  readonly hash: string
}

export const NO_IGNORES: IgnoreRules = { rules: [], hash: '' }

/**
 * The first rule that says that this is no incident. A function of what is known of the context, not of what time it is: a rule ends for
 * what still occurs at its `until` or later.
 */
export const ignoredBy = ({ rules }: IgnoreRules, asked: Asked): Context['ignored'] => {
  const found = rules.find(
    ({ until = Infinity, matches }) => asked.context.lastSeenAt < until && matches(asked),
  )
  return found === undefined ? undefined : { rule: found.name, why: found.why }
}

export interface Sorted {
  /** To be told as they are. */
  readonly open: readonly Derived[]
  /** Told before, and now no incident: they are taken back. */
  readonly withdrawn: readonly (Derived & Pick<Context, 'ignored'>)[]
  /** The keys of both. */
  readonly told: ReadonlySet<string>
  /** By key, which rule keeps it shut. */
  readonly shut: Readonly<Record<string, { readonly rule: string; readonly count: number }>>
}

/** What has opened, told apart by the rules. A key that was never told is not told now either. */
export const sortOut = (
  opened: readonly Derived[],
  ask: (context: Derived) => Context['ignored'],
  { published }: { readonly published: readonly string[] },
): Sorted => {
  const open: Derived[] = []
  const withdrawn: Sorted['withdrawn'][number][] = []
  const shut: Record<string, { rule: string; count: number }> = {}
  for (const context of opened) {
    const ignored = ask(context)
    if (ignored === undefined) {
      open.push(context)
      continue
    }
    shut[context.key] = { rule: ignored.rule, count: context.occurrenceCount }
    if (published.includes(context.key)) withdrawn.push({ ...context, ignored })
  }
  const told = new Set([...open, ...withdrawn].map(({ key }) => key))
  return { open, withdrawn, told, shut }
}
