import type { PatternSignal, Signal, SourcePartition } from '@kubesift/contracts'
import { alertFact, joinAlert, type AlertFact } from './alert-fact.ts'
import { joinMetric, metricFact, type MetricFact } from './metric-fact.ts'
import { hear, noPattern, type PatternFact } from './pattern-fact.ts'
import { joinRelease, releaseFact, type ReleaseFact } from './release-fact.ts'

/** What is neither an Event nor an object. */
export type OtherFact = AlertFact | ReleaseFact | PatternFact | MetricFact
export type OtherSignal = Extract<Signal, { readonly t: OtherFact['t'] }>

export const isOther = (signal: Signal): signal is OtherSignal =>
  signal.t === 'alert' || signal.t === 'release' || signal.t === 'pattern' || signal.t === 'metric'

/** Patterns of one thing and source; what comes beyond them is one more, that stands for the rest. */
const MAX_OF_ONE = 20
/** Patterns of a namespace; then those that were not heard of for longest are forgotten. */
const MAX_OF_ALL = 2_000
/** The same for what metrics told. */
const MAX_METRICS = 2_000
const FORGOTTEN_AT_ONCE = 200

/** What a signal has changed. */
export interface Changed {
  readonly id: string
  /** What was known of it; absent: nothing. */
  readonly before?: OtherFact | undefined
  /** Those that were forgotten for it. */
  readonly gone: readonly string[]
}

/** Facts of one namespace by their id, each kind with a join of its own. */
export class OtherFacts {
  readonly #facts = new Map<string, OtherFact>()
  /** How many patterns there are of each thing and source. */
  readonly #patternsOf = new Map<string, number>()
  #patterns = 0
  #metrics = 0

  get(id: string): OtherFact | undefined {
    return this.#facts.get(id)
  }

  keys(): Iterable<string> {
    return this.#facts.keys()
  }

  alerts(): (readonly [string, AlertFact])[] {
    return [...this.#facts].flatMap(([id, fact]) => (fact.t === 'alert' ? [[id, fact]] : []))
  }

  /** UIDs of the things that metrics tell of. */
  measured(): ReadonlySet<string> {
    const facts = [...this.#facts.values()]
    return new Set(facts.flatMap((fact) => (fact.t === 'metric' ? (fact.involved.uid ?? []) : [])))
  }

  /** By id: what is derived must not depend on the order in which things became known. */
  releases(): ReleaseFact[] {
    return [...this.#facts]
      .filter((entry): entry is [string, ReleaseFact] => entry[1].t === 'release')
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([, fact]) => fact)
  }

  /** Takes up a stored fact. */
  recall(id: string, fact: OtherFact): void {
    this.#put(id, fact)
  }

  /** Forgets an alert that is retired. */
  delete(id: string): void {
    if (this.#facts.get(id)?.t === 'alert') this.#facts.delete(id)
  }

  /** Joins what a signal says; undefined where nothing in it is new. */
  apply(signal: OtherSignal, source: SourcePartition): Changed | undefined {
    if (signal.t === 'pattern') return this.#hear(signal, source)
    const fact = factOf(signal, source)
    const id = idOf(fact)
    const before = this.#facts.get(id)
    const after = joined(before, fact)
    if (before !== undefined && sameRelease(before, after)) return undefined
    const isTooMany = fact.t === 'metric' && before === undefined && this.#metrics >= MAX_METRICS
    const gone = isTooMany ? this.#forgetMetrics() : []
    this.#put(id, after)
    return { id, before, gone }
  }

  #put(id: string, fact: OtherFact): void {
    if (fact.t === 'pattern' && !this.#facts.has(id)) {
      this.#patterns += 1
      const of = thingOf(fact)
      this.#patternsOf.set(of, (this.#patternsOf.get(of) ?? 0) + 1)
    }
    if (fact.t === 'metric' && !this.#facts.has(id)) this.#metrics += 1
    this.#facts.set(id, fact)
  }

  #forgetMetrics(): string[] {
    const oldest = [...this.#facts]
      .filter((entry): entry is [string, MetricFact] => entry[1].t === 'metric')
      .sort(([a, x], [b, y]) => x.toldAt - y.toldAt || (a < b ? -1 : 1))
      .slice(0, FORGOTTEN_AT_ONCE)
    for (const [id] of oldest) this.#facts.delete(id)
    this.#metrics -= oldest.length
    return oldest.map(([id]) => id)
  }

  #hear(signal: PatternSignal, source: SourcePartition): Changed | undefined {
    const own = `pattern/${signal.pattern.id}`
    const known = this.#facts.get(own)
    if (known?.t === 'pattern') return this.#changed(own, known, hear(known, signal, source))
    const fact = noPattern(signal.pattern, false)
    if ((this.#patternsOf.get(thingOf(fact)) ?? 0) < MAX_OF_ONE) {
      const gone = this.#patterns >= MAX_OF_ALL ? this.#forget() : []
      this.#put(own, hear(fact, signal, source))
      return { id: own, gone }
    }
    const id = `pattern/others/${thingOf(fact)}`
    const others = this.#facts.get(id)
    const before = others?.t === 'pattern' ? others : noPattern(theRest(signal, id), true)
    return this.#changed(id, before, hear(before, signal, source))
  }

  #changed(id: string, before: PatternFact, after: PatternFact): Changed | undefined {
    if (after === before) return undefined
    this.#put(id, after)
    return { id, gone: [] }
  }

  #forget(): string[] {
    const oldest = [...this.#facts]
      .filter((entry): entry is [string, PatternFact] => entry[1].t === 'pattern')
      .sort(([a, x], [b, y]) => x.top.at - y.top.at || (a < b ? -1 : 1))
      .slice(0, FORGOTTEN_AT_ONCE)
    for (const [id, fact] of oldest) {
      this.#facts.delete(id)
      this.#patterns -= 1
      const of = thingOf(fact)
      this.#patternsOf.set(of, (this.#patternsOf.get(of) ?? 1) - 1)
    }
    return oldest.map(([id]) => id)
  }
}

const thingOf = ({ pattern, involved }: PatternFact): string =>
  `${pattern.source}/${involved.kind}/${involved.name}/${involved.uid ?? ''}`

const theRest = ({ pattern }: PatternSignal, id: string): PatternSignal['pattern'] => ({
  id,
  source: pattern.source,
  reason: 'Others',
  involved: pattern.involved,
  text: `further patterns, beyond the first ${MAX_OF_ONE}`,
})

const factOf = (
  signal: Exclude<OtherSignal, PatternSignal>,
  source: SourcePartition,
): AlertFact | ReleaseFact | MetricFact =>
  signal.t === 'alert'
    ? alertFact(signal, source)
    : signal.t === 'metric'
      ? metricFact(signal, source)
      : releaseFact(signal, source)

const idOf = (fact: AlertFact | ReleaseFact | MetricFact): string => {
  if (fact.t === 'metric') return `metric/${fact.id}`
  if (fact.t === 'alert') return `alert/${fact.fingerprint}`
  const { kind, namespace, name } = fact.involved
  return `release/${kind}/${namespace}/${name}`
}

const joined = (before: OtherFact | undefined, fact: OtherFact): OtherFact => {
  if (before?.t === 'alert' && fact.t === 'alert') return joinAlert(before, fact)
  if (before?.t === 'metric' && fact.t === 'metric') return joinMetric(before, fact)
  return before?.t === 'release' && fact.t === 'release' ? joinRelease(before, fact) : fact
}

/** A delivery tool looks at its objects every few minutes, and mostly finds what it found before. */
const sameRelease = (a: OtherFact, b: OtherFact): boolean =>
  a.t === 'release' &&
  b.t === 'release' &&
  JSON.stringify([a.members, a.deployments]) === JSON.stringify([b.members, b.deployments])
