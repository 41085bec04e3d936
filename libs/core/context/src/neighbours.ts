import type { Facts } from './facts.ts'
import type { ObjectFact } from './object-fact.ts'
import { matchesSelector } from './pod-selector.ts'
import { templateRefs } from './template-refs.ts'

/** Something of the namespace that is not of the owner and concerns it. */
export interface Neighbour {
  readonly fact: ObjectFact
  /** How it concerns the owner. */
  readonly via: string
}

const MAX_PER_KIND = 32

type Template = Readonly<Record<string, string>>

/** All templates that are known of an owner: a broken one may no longer name what the working one did. */
export const templatesOf = (own: readonly ObjectFact[]): Template[] =>
  own.flatMap((fact) => [
    ...fact.revisions.map(({ template }) => template),
    ...(fact.object.job === undefined ? [] : (fact.settings ?? []).map(({ values }) => values)),
  ])

const referenced = (
  own: readonly ObjectFact[],
  pods: readonly ObjectFact[],
  facts: Facts,
): Neighbour[] => {
  const found = new Map<string, Neighbour[]>()
  const add = (kind: string, name: string, via: string): void => {
    const id = `${kind}/${name}`
    if (found.has(id) || found.size >= 3 * MAX_PER_KIND) return
    const named = facts.named(kind, name).sort((a, b) => (a.uid < b.uid ? -1 : 1))
    found.set(
      id,
      named.map((fact) => ({ fact, via })),
    )
  }
  for (const { kind, name, where } of templateRefs(templatesOf(own)))
    add(kind, name, `${where} takes it`)
  const by = pods.flatMap(({ object: { pod } }) => pod ?? [])
  const names = (list: readonly string[]): string[] => [...new Set(list)].sort()
  for (const name of names(by.flatMap((p) => p.configMaps)))
    add('ConfigMap', name, 'its pods take it')
  for (const name of names(by.flatMap((p) => p.secrets))) add('Secret', name, 'its pods take it')
  for (const name of names(by.flatMap((p) => p.claims)))
    add('PersistentVolumeClaim', name, 'its pods mount it')
  return [...found.values()].flat()
}

const LABEL = 'labels.'

/** The labels of its pods: of those that are known, else by its templates. */
const podLabels = (own: readonly ObjectFact[], pods: readonly ObjectFact[]): Template[] =>
  pods.length > 0
    ? pods.slice(-MAX_PER_KIND).map(({ object }) => object.labels)
    : templatesOf(own).map((template) =>
        Object.fromEntries(
          Object.entries(template)
            .filter(([path]) => path.startsWith(LABEL))
            .map(([path, value]) => [path.slice(LABEL.length), value]),
        ),
      )

/** What of the namespace concerns an owner, by rules of its kind; bounded. */
export const neighboursOf = (
  owner: { readonly kind: string; readonly name: string },
  { own, pods }: { readonly own: readonly ObjectFact[]; readonly pods: readonly ObjectFact[] },
  facts: Facts,
): Neighbour[] => {
  const all = (kind: string): ObjectFact[] =>
    facts
      .ofKind(kind)
      .filter(({ object }) => object.kind !== owner.kind || object.name !== owner.name)
  const ofNamespace = ['ResourceQuota', 'LimitRange'].flatMap((kind) =>
    all(kind)
      .slice(0, MAX_PER_KIND)
      .map((fact) => ({ fact, via: 'it holds for all pods of the namespace' })),
  )
  const labels = podLabels(own, pods)
  const policies = all('NetworkPolicy')
    .filter((fact) => labels.some((of) => matchesSelector(fact, of)))
    .slice(0, MAX_PER_KIND)
    .map((fact) => ({ fact, via: 'it selects its pods' }))
  const target = `${owner.kind}/${owner.name}`
  const scalers = all('HorizontalPodAutoscaler')
    .filter(({ object }) => object.settings?.['target'] === target)
    .slice(0, MAX_PER_KIND)
    .map((fact) => ({ fact, via: 'it scales it' }))
  return [...ofNamespace, ...policies, ...scalers, ...referenced(own, pods, facts)]
}
