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

/** What of a fact an entry asks for besides its reason and its text. */
type Shape = Pick<EventFact, 'type' | 'component'> & { readonly kind: string }

interface Matcher {
  readonly fits: (shape: Shape) => boolean
  readonly message: RegExp | undefined
}

const matcher = (match: EventMatch): Matcher => {
  const kinds = match.kind === undefined ? undefined : new Set(match.kind)
  const components = match.component === undefined ? undefined : new Set(match.component)
  return {
    message: match.message === undefined ? undefined : new RegExp(match.message, 'i'),
    fits: ({ type, kind, component }) =>
      (match.type === undefined || match.type === type) &&
      (kinds === undefined || kinds.has(kind)) &&
      (components === undefined || (component !== undefined && components.has(component))),
  }
}

interface Entry {
  readonly order: number
  readonly matcher: Matcher
  readonly result: Classified
}

/** The entries that fit a shape, in their order; after the first that asks for no text none is asked. */
interface Candidates {
  readonly shape: Shape
  readonly entries: readonly Entry[]
  readonly otherwise: Classified
}

const ANY = '*'
/** So many reasons, and so many shapes of one, are remembered: more are hostile input. */
const MAX_REASONS = 2_048
const MAX_SHAPES = 32
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
  /** Per reason what fits: an owner's Events are asked about each time that it is looked at, and few differ in more than their text. */
  readonly #candidates = new Map<string, Candidates[]>()

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
    const { entries, otherwise } = this.#candidatesOf(fact)
    for (const { matcher: by, result } of entries)
      if (by.message === undefined || by.message.test(fact.message)) return result
    return otherwise
  }

  #candidatesOf({ reason, type, component, involved: { kind } }: EventFact): Candidates {
    let known = this.#candidates.get(reason)
    for (const candidates of known ?? []) {
      const { shape } = candidates
      if (shape.kind === kind && shape.type === type && shape.component === component)
        return candidates
    }
    const found = this.#find(reason, {
      kind,
      type,
      ...(component === undefined ? {} : { component }),
    })
    if (known === undefined) {
      if (this.#candidates.size >= MAX_REASONS) this.#candidates.clear()
      this.#candidates.set(reason, (known = []))
    }
    if (known.length >= MAX_SHAPES) known.shift()
    known.push(found)
    return found
  }

  #find(reason: string, shape: Shape): Candidates {
    const fitting = [...(this.#byReason.get(reason) ?? []), ...(this.#byReason.get(ANY) ?? [])]
      .sort((a, b) => a.order - b.order)
      .filter((entry) => entry.matcher.fits(shape))
    const last = fitting.findIndex((entry) => entry.matcher.message === undefined)
    return {
      shape,
      entries: last < 0 ? fitting : fitting.slice(0, last + 1),
      otherwise:
        shape.type === 'Warning'
          ? { as: 'ignored', why: 'no rule of the catalogue knows this reason' }
          : CONTEXT,
    }
  }
}
