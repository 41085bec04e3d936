import { withoutCost, type Context, type KnownCondition } from '@kubesift/contracts'
import { findChange, hasRecentChange, type FoundChange } from './match-change.ts'
import { textsOf, type ContextText } from './context-texts.ts'
import { patternOf } from './pattern.ts'

/** How a condition holds: what was captured, the change it found, and what supports it. */
export interface Match {
  readonly captures: Readonly<Record<string, string>>
  readonly change: FoundChange | undefined
  /** Ids of evidence entries, strongest first. */
  readonly support: readonly string[]
}

/** A context prepared once for many conditions. */
export interface Subject {
  readonly context: Context
  readonly texts: readonly ContextText[]
}

/** What is looked at of a context. What its owner costs is no ground of anything. */
export const subjectOf = (context: Context): Subject => {
  const { paid: _, ...grounds } = withoutCost(context)
  return { context: grounds, texts: textsOf(grounds) }
}

const idsOf = (texts: readonly ContextText[]): string[] =>
  texts.flatMap(({ evidence }) => (evidence === undefined ? [] : [evidence]))

type Said = Pick<Match, 'captures' | 'support'>

const matchMessage = (patterns: readonly string[], { texts }: Subject): Said | undefined => {
  for (const source of patterns) {
    const pattern = patternOf(source)
    const said = texts.filter(({ text }) => pattern.test(text))
    const [first] = said
    if (!first) continue
    // A text that fills every group is worth more than the first that matches.
    const groups = said.map(({ text }) => pattern.exec(text)?.groups ?? {})
    const filled = (g: Record<string, string | undefined>): number =>
      Object.values(g).filter((v) => v !== undefined && v !== '').length
    const best = groups.reduce((a, b) => (filled(b) > filled(a) ? b : a), groups[0] ?? {})
    const captures = Object.fromEntries(
      Object.entries(best).filter(([, v]) => v !== undefined && v !== ''),
    )
    return { captures, support: idsOf(said) }
  }
  return undefined
}

/** Evidence that names one of these words (a reason, a state). */
const naming = (words: readonly string[], { texts }: Subject): string[] =>
  idsOf(texts.filter(({ text }) => words.some((w) => text.includes(w))))

const some = (wanted: readonly string[] | undefined, have: readonly string[]): boolean =>
  wanted === undefined || wanted.some((w) => have.includes(w))

const plainConditionsHold = (condition: KnownCondition, { context, texts }: Subject): boolean => {
  const { states, reasons, owner, problem } = context
  const { exitCodes, notMessage } = condition
  if (!some(condition.problem, [problem])) return false
  if (!some(condition.ownerKind, [owner.kind])) return false
  if (
    !some(
      condition.reasons,
      reasons.map((r) => r.reason),
    )
  )
    return false
  if (
    !some(
      condition.waiting,
      states.waiting.map((w) => w.reason),
    )
  )
    return false
  if (
    !some(
      condition.terminated,
      states.terminations.map((t) => t.reason),
    )
  )
    return false
  if (exitCodes && !states.terminations.some((t) => exitCodes.includes(t.exitCode))) return false
  if (!notMessage) return true
  return !texts.some(({ text }) => notMessage.some((p) => patternOf(p).test(text)))
}

const byName = (condition: KnownCondition, subject: Subject): string[] => {
  const { waiting = [], terminated = [], reasons = [], exitCodes = [] } = condition
  const codes = exitCodes.map((code) => `exit code ${code}`)
  return naming([...terminated, ...waiting, ...reasons, ...codes], subject)
}

type Part<T> = { readonly holds: true; readonly found?: T | undefined } | { readonly holds: false }
const HOLDS = { holds: true } as const
const FAILS = { holds: false } as const

const changePart = (wanted: KnownCondition['change'], context: Context): Part<FoundChange> => {
  if (wanted === undefined) return HOLDS
  if (wanted === 'none') return hasRecentChange(context) ? FAILS : HOLDS
  const found = findChange(wanted, context)
  return found === undefined ? FAILS : { holds: true, found }
}

const messagePart = (wanted: KnownCondition['message'], subject: Subject): Part<Said> => {
  if (wanted === undefined) return HOLDS
  const found = matchMessage(wanted, subject)
  return found === undefined ? FAILS : { holds: true, found }
}

/** Whether all of a condition holds in a context, and by what; undefined when it does not. */
export const matchCondition = (condition: KnownCondition, subject: Subject): Match | undefined => {
  if (!plainConditionsHold(condition, subject)) return undefined
  const message = messagePart(condition.message, subject)
  const change = changePart(condition.change, subject.context)
  if (!message.holds || !change.holds) return undefined
  const { captures = {}, support = [] } = message.found ?? {}
  const cited = change.found === undefined ? [] : [change.found.change.evidence]
  const all = [...support, ...cited, ...byName(condition, subject)]
  return { captures, change: change.found, support: [...new Set(all)] }
}
