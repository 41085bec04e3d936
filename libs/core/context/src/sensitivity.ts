import type { Context, SlimObject, Tier, TierRule } from '@kubesift/contracts'
import { currentOf, type OwnerView } from './owner-view.ts'

/** How much a namespace matters, and who says so. */
export interface Sensitivity {
  readonly tier: Tier
  readonly why: string
}

/** Where a namespace says itself how much it matters: as a label, else as an annotation. */
const TIER_KEY = 'kubesift.dev/tier'
const TIERS: ReadonlySet<string> = new Set<Tier>(['critical', 'high', 'standard', 'low'])

const POINTS: Readonly<Record<Tier, number>> = { critical: 20, high: 10, standard: 0, low: -15 }
/** Of a workload with state of its own: what it does not serve, nobody else can. */
const STATEFUL_POINTS = 10
const HOUR = 3_600_000
const PERSISTENCE = [
  { ms: 6 * HOUR, points: 10 },
  { ms: HOUR, points: 5 },
] as const

const isTier = (text: string | undefined): text is Tier => text !== undefined && TIERS.has(text)

/**
 * `*` stands for any run of characters; everything else for itself, whatever its case. Each part is taken where it comes first, which
 * finds a fit where there is one: a regular expression tries all ways, and of several stars there are more than anybody waits for.
 */
const globOf = (glob: string): ((name: string) => boolean) => {
  const parts = glob.toLowerCase().split('*')
  const [head = '', tail = ''] = [parts[0], parts.at(-1)]
  if (parts.length === 1) return (name) => name.toLowerCase() === head
  return (name) => {
    const text = name.toLowerCase()
    const end = text.length - tail.length
    let at = head.length
    if (end < at || !text.startsWith(head) || !text.endsWith(tail)) return false
    for (const part of parts.slice(1, -1)) {
      const found = text.indexOf(part, at)
      if (found < 0) return false
      at = found + part.length
    }
    return at <= end
  }
}

/** The tiers of a catalogue, ready to be asked: the first pattern that fits decides. */
export class Tiers {
  readonly #rules: readonly {
    readonly tier: Tier
    readonly globs: readonly (readonly [string, (name: string) => boolean])[]
  }[]

  constructor(rules: readonly TierRule[]) {
    this.#rules = rules.map(({ tier, namespaces }) => ({
      tier,
      globs: namespaces.map((glob) => [glob, globOf(glob)] as const),
    }))
  }

  /** What the namespace says of itself outweighs any pattern. */
  of(
    namespace: string,
    object: Pick<SlimObject, 'labels' | 'annotations'> | undefined,
  ): Sensitivity {
    const label = object?.labels[TIER_KEY]
    if (isTier(label)) return { tier: label, why: `namespace ${namespace} is labelled ${label}` }
    const annotation = object?.annotations[TIER_KEY]
    if (isTier(annotation))
      return { tier: annotation, why: `namespace ${namespace} is annotated ${annotation}` }
    for (const { tier, globs } of this.#rules) {
      const hit = globs.find(([, fits]) => fits(namespace))
      if (hit !== undefined)
        return { tier, why: `namespace ${namespace} is ${tier} by the pattern ${hit[0]}` }
    }
    return { tier: 'standard', why: '' }
  }
}

/** What of a Namespace decides about severities in it. */
export const tierOf = ({ labels, annotations }: SlimObject): string =>
  `${labels[TIER_KEY] ?? ''}/${annotations[TIER_KEY] ?? ''}`

type Terms = Context['severityTerms']

export const sensitivityTerms = ({ sensitivity: { tier, why } }: OwnerView): Terms =>
  POINTS[tier] === 0 ? [] : [{ term: 'sensitivity', points: POINTS[tier], why }]

/** A StatefulSet, or a workload whose pods hold claims. */
export const stateTerms = (view: OwnerView): Terms => {
  const holds = view.pods.some(({ object }) => (object.pod?.claims.length ?? 0) > 0)
  if (view.owner.kind !== 'StatefulSet' && !holds) return []
  const why = holds ? 'its pods hold volumes of their own' : 'it is a StatefulSet'
  return [{ term: 'state', points: STATEFUL_POINTS, why }]
}

/** How long its last stretch has gone on, by its occurrences. */
export const persistenceTerms = ({ spells }: Pick<Context, 'spells'>): Terms => {
  const last = spells.at(-1)
  if (last === undefined) return []
  const lasted = last.to - last.from
  const step = PERSISTENCE.find(({ ms }) => lasted >= ms)
  if (step === undefined) return []
  return [
    {
      term: 'persistence',
      points: step.points,
      why: `it has gone on for ${step.ms / HOUR} h or more`,
    },
  ]
}

/** The Namespace object of an owner's namespace, where it has been seen. */
export const namespaceObject = (facts: Parameters<typeof currentOf>[0]): SlimObject | undefined =>
  currentOf(facts)?.object
