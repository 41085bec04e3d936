import type { Catalogue, EventMatch, IgnoreRule, Opening, ProblemRule } from '@kubesift/contracts'
import { AlertRules } from './alerts.ts'
import type { EventFact } from './event-fact.ts'
import { MetricRules } from './metrics.ts'
import { Tiers } from './sensitivity.ts'
import { NO_IGNORES, type IgnoreRules } from './ignores.ts'

export type Classified =
  /** `opens` where what was said must insist in its own way. */
  | { readonly as: 'problem'; readonly rule: ProblemRule; readonly opens?: Opening }
  | { readonly as: 'ignored'; readonly why: string }
  | { readonly as: 'context' }

interface Matcher {
  matches(fact: EventFact): boolean
}

const matcher = (match: EventMatch): Matcher => {
  const message = match.message === undefined ? undefined : new RegExp(match.message, 'i')
  const kinds = match.kind === undefined ? undefined : new Set(match.kind)
  const components = match.component === undefined ? undefined : new Set(match.component)
  return {
    matches: (fact) =>
      (match.type === undefined || match.type === fact.type) &&
      (kinds === undefined || kinds.has(fact.involved.kind)) &&
      (components === undefined ||
        (fact.component !== undefined && components.has(fact.component))) &&
      (message === undefined || message.test(fact.message)),
  }
}

interface Entry {
  readonly order: number
  readonly matcher: Matcher
  readonly result: Classified
}

const ANY = '*'
const CONTEXT: Classified = { as: 'context' }

/** A catalogue, ready to be asked. Ignore rules come first, then problems in file order; the first match decides. */
export class Classifier {
  readonly rules: ReadonlyMap<string, ProblemRule>
  /** The rules in file order. */
  readonly list: readonly ProblemRule[]
  readonly hash: string
  readonly alerts: AlertRules
  readonly metrics: MetricRules
  /** How much namespaces matter. */
  readonly tiers: Tiers
  /** What operators do not want to be told. */
  readonly ignores: IgnoreRules
  readonly #byReason = new Map<string, Entry[]>()
  /** Facts are never changed, and an owner's are asked about each time that it is looked at. */
  readonly #known = new WeakMap<EventFact, Classified>()

  constructor(catalogue: Catalogue, ignores: IgnoreRules = NO_IGNORES) {
    this.ignores = ignores
    this.hash = ignores.rules.length === 0 ? catalogue.hash : `${catalogue.hash}+${ignores.hash}`
    this.tiers = new Tiers(catalogue.tiers ?? [])
    this.alerts = new AlertRules(catalogue)
    this.metrics = new MetricRules(catalogue)
    this.list = catalogue.problems
    this.rules = new Map(catalogue.problems.map((rule) => [rule.problem, rule]))
    let order = 0
    const add = (match: EventMatch | IgnoreRule, result: Classified): void => {
      for (const reason of match.reason) {
        const entries = this.#byReason.get(reason) ?? []
        entries.push({ order: order++, matcher: matcher(match), result })
        this.#byReason.set(reason, entries)
      }
    }
    for (const rule of catalogue.ignore) add(rule, { as: 'ignored', why: rule.why })
    for (const rule of catalogue.problems) {
      for (const match of rule.events) {
        const { opens } = match
        add(match, { as: 'problem', rule, ...(opens === undefined ? {} : { opens }) })
      }
    }
  }

  /** What an event is: a symptom of a problem, known noise, or mere context (most Normal events). */
  classify(fact: EventFact): Classified {
    let known = this.#known.get(fact)
    if (known === undefined) {
      known = this.#match(fact)
      this.#known.set(fact, known)
    }
    return known
  }

  #match(fact: EventFact): Classified {
    const named = this.#byReason.get(fact.reason) ?? []
    const any = this.#byReason.get(ANY) ?? []
    for (const entry of any.length === 0
      ? named
      : [...named, ...any].sort((a, b) => a.order - b.order)) {
      if (entry.matcher.matches(fact)) return entry.result
    }
    return fact.type === 'Warning'
      ? { as: 'ignored', why: 'no rule of the catalogue knows this reason' }
      : CONTEXT
  }
}
