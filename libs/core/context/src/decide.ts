import type { Context } from '@kubesift/contracts'
import type { Classifier } from './classify.ts'
import { deriveOwner, NOTHING, type Derived, type OwnerResult } from './derive.ts'
import type { Facts } from './facts.ts'
import { movedToHeir } from './heirs.ts'
import { ignoredBy, sortOut } from './ignores.ts'
import { movedOf } from './moved.ts'
import { memoryAfter, NO_MEMORY, type OwnerMemory } from './owner-memory.ts'
import { currentOf } from './owner-view.ts'
import { retiredKey, toldAgain, withRetired, type Retired } from './retired.ts'
import type { Surroundings } from './spells.ts'
import { unheardOf } from './underway.ts'
import { viewOf } from './view-of.ts'

/** What is known of a namespace when it is decided about one of its owners. */
export interface Standing {
  readonly cluster: string
  readonly namespace: string
  readonly facts: Facts
  readonly classifier: Classifier
  readonly memoryOf: (id: string) => OwnerMemory | undefined
  /** What is left of an owner whose facts were retired. */
  readonly retiredOf: (id: string) => Retired | undefined
}

/** As of when. */
export type AsOf = Pick<Surroundings, 'watermark' | 'gaps'>

/** A context to publish, without version. */
export type Published = Derived & Pick<Context, 'movedTo' | 'ignored'>

/** The operators' rule that says that this is no incident. */
export const ignoreRuleFor = (
  { facts, classifier: { ignores } }: Standing,
  context: Derived,
): Context['ignored'] => {
  if (ignores.rules.length === 0) return undefined
  const { kind, name } = context.owner
  const labels = currentOf(facts.named(kind, name))?.object.labels ?? {}
  return ignoredBy(ignores, { context, labels })
}

/** What the facts that are there say of one owner, beside what is retired. */
export const deriveLive = (standing: Standing, id: string, at: AsOf): OwnerResult => {
  const { cluster, namespace, facts, classifier } = standing
  const { watermark, gaps } = at
  const retired = standing.retiredOf(id)
  const unheard = retired && unheardOf(retired)
  const place = { cluster, namespace, unheard, counted: retired?.series }
  const view = viewOf(place, facts, classifier, id)
  if (view === undefined) return NOTHING
  const memory = standing.memoryOf(id)
  return deriveOwner(view, {
    retired,
    saidUntil: memory?.saidUntil ?? null,
    rules: classifier.list,
    watermark,
    gaps,
    frozen: new Map(Object.entries(memory?.frozen ?? {})),
    objectByUid: (uid) => facts.objects.get(uid),
  })
}

/** The contexts of one owner. */
export const derive = (standing: Standing, id: string, at: AsOf): OwnerResult => {
  const retired = standing.retiredOf(id)
  const result = deriveLive(standing, id, at)
  return retired === undefined ? result : withRetired(result, retired)
}

/** What to publish of one owner, and what to remember; `moved` are the owners to which facts of this one have just gone. */
export const decide = (
  standing: Standing,
  id: string,
  at: AsOf,
  moved: ReadonlySet<string> = new Set(),
): { contexts: Published[]; memory: OwnerMemory; result: OwnerResult } => {
  const before = standing.memoryOf(id) ?? NO_MEMORY
  const retired = standing.retiredOf(id)
  const isRetired = (key: string): boolean => retiredKey(retired, key) !== undefined
  const result = derive(standing, id, at)
  const opened = result.contexts.filter((c) => c.spells.some((s) => s.openedAt !== null))
  const { open, withdrawn, shut, told } = sortOut(opened, (c) => ignoreRuleFor(standing, c), before)
  const keys = new Set(open.map((c) => c.key))
  const heirs = before.published.length === 0 ? [] : union(before.heirs ?? [], moved)
  const others = heirs.map((heir) => derive(standing, heir, at))
  const gone = before.published
    // What was said last of a key that is retired holds until there is more to say.
    .filter((key) => !told.has(key) && !isRetired(key))
    .flatMap((key) => {
      const within = movedOf(key, result)
      return within.length > 0 ? within : movedToHeir(key, others)
    })
  const anew = union(before.anew ?? [], new Set([...told].filter(isRetired)))
  const quiet = before.published.filter((key) => !told.has(key))
  const back = toldAgain(retired, quiet, { anew, absorbed: result.absorbed })
  const kept = Object.entries(before.ignored ?? {}).filter(([key]) => isRetired(key))
  const now = { published: keys, shut: { ...Object.fromEntries(kept), ...shut }, heirs, anew }
  return {
    result,
    contexts: [...open, ...withdrawn, ...back, ...gone],
    memory: memoryAfter(before, result, now, at.watermark),
  }
}

const union = (a: readonly string[], b: ReadonlySet<string>): string[] =>
  [...new Set([...a, ...b])].sort()
