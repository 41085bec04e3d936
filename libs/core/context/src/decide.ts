import type { Context } from '@kubesift/contracts'
import type { Classifier } from './classify.ts'
import { deriveOwner, NOTHING, type Derived, type OwnerResult } from './derive.ts'
import type { Facts } from './facts.ts'
import { movedToHeir } from './heirs.ts'
import { ignoredBy, sortOut } from './ignores.ts'
import { movedOf } from './moved.ts'
import { memoryAfter, NO_MEMORY, type OwnerMemory } from './owner-memory.ts'
import { currentOf } from './owner-view.ts'
import type { Surroundings } from './spells.ts'
import { viewOf } from './view-of.ts'

/** What is known of a namespace when it is decided about one of its owners. */
export interface Standing {
  readonly cluster: string
  readonly namespace: string
  readonly facts: Facts
  readonly classifier: Classifier
  readonly memoryOf: (id: string) => OwnerMemory | undefined
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

/** The contexts of one owner. */
export const derive = (standing: Standing, id: string, { watermark, gaps }: AsOf): OwnerResult => {
  const { facts, classifier } = standing
  const view = viewOf(standing, facts, classifier, id)
  if (view === undefined) return NOTHING
  const memory = standing.memoryOf(id)
  return deriveOwner(view, {
    saidUntil: memory?.saidUntil ?? null,
    rules: classifier.list,
    watermark,
    gaps,
    frozen: new Map(Object.entries(memory?.frozen ?? {})),
    objectByUid: (uid) => facts.objects.get(uid),
  })
}

/** What to publish of one owner, and what to remember; `moved` are the owners to which facts of this one have just gone. */
export const decide = (
  standing: Standing,
  id: string,
  at: AsOf,
  moved: ReadonlySet<string> = new Set(),
): { contexts: Published[]; memory: OwnerMemory; signs: number } => {
  const before = standing.memoryOf(id) ?? NO_MEMORY
  const result = derive(standing, id, at)
  const opened = result.contexts.filter((c) => c.spells.some((s) => s.openedAt !== null))
  const { open, withdrawn, shut, told } = sortOut(opened, (c) => ignoreRuleFor(standing, c), before)
  const keys = new Set(open.map((c) => c.key))
  const heirs = before.published.length === 0 ? [] : union(before.heirs ?? [], moved)
  const others = heirs.map((heir) => derive(standing, heir, at))
  const gone = before.published
    .filter((key) => !told.has(key))
    .flatMap((key) => {
      const within = movedOf(key, result)
      return within.length > 0 ? within : movedToHeir(key, others)
    })
  return {
    signs: result.signs,
    contexts: [...open, ...withdrawn, ...gone],
    memory: memoryAfter(before, result, { published: keys, shut, heirs }, at.watermark),
  }
}

const union = (a: readonly string[], b: ReadonlySet<string>): string[] =>
  [...new Set([...a, ...b])].sort()
