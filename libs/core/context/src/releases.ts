import type { Change, Deployment, ObjectRef, Release } from '@kubesift/contracts'
import type { Revision } from './object-fact.ts'
import type { ReleaseFact } from './release-fact.ts'

/** Labels and annotations by which a tool marks what it delivers: name, and namespace where it is told. */
const MARKS: readonly (readonly [kind: string, name: string, namespace?: string])[] = [
  ['Kustomization', 'kustomize.toolkit.fluxcd.io/name', 'kustomize.toolkit.fluxcd.io/namespace'],
  ['HelmRelease', 'helm.toolkit.fluxcd.io/name', 'helm.toolkit.fluxcd.io/namespace'],
  ['Application', 'argocd.argoproj.io/instance'],
]

interface Marked {
  readonly labels: Readonly<Record<string, string>>
  readonly annotations: Readonly<Record<string, string>>
}

/** Whether a release delivers the owner: it lists it, or the owner bears its mark. */
export const delivers = (
  { involved, members }: ReleaseFact,
  owner: { readonly kind: string; readonly name: string },
  own: readonly Marked[],
): boolean => {
  if (members.includes(`${owner.kind}/${owner.name}`)) return true
  return own.some(({ labels, annotations }) =>
    MARKS.some(([kind, name, namespace]) => {
      const marked = labels[name] ?? annotations[name]
      const home =
        namespace === undefined ? undefined : (labels[namespace] ?? annotations[namespace])
      return (
        kind === involved.kind &&
        marked === involved.name &&
        (home === undefined || home === involved.namespace)
      )
    }),
  )
}

const TOOLS: ReadonlyMap<string, string> = new Map([
  ['argocd', 'Argo CD'],
  ['flux', 'Flux'],
])

/** A commit by its first letters, as people quote it; Flux writes `branch@sha1:commit`. */
const short = (revision: string): string =>
  revision.replace(/\b([0-9a-f]{7})[0-9a-f]{13,}\b/g, '$1')

const summaryOf = (fact: ReleaseFact, now: Deployment, before: Deployment | undefined): string => {
  const chart = now.package === undefined ? '' : `chart ${now.package} `
  const from = before === undefined ? '' : `${short(before.revision)} -> `
  const where = [now.repository, now.path].filter((part) => part !== undefined).join(' ')
  return `${TOOLS.get(fact.tool) ?? fact.tool} deployed ${chart}${from}${short(now.revision)}${where === '' ? '' : ` of ${where}`}`
}

export const releaseOf = ({ tool, involved }: ReleaseFact, now: Deployment): Release => {
  const { at, repository, path, revision, package: chart, by } = now
  return {
    tool,
    name: involved.name,
    ...(repository === undefined ? {} : { repository }),
    ...(path === undefined ? {} : { path }),
    revision,
    ...(chart === undefined ? {} : { package: chart }),
    ...(by === undefined ? {} : { by }),
    at,
  }
}

type Draft = Omit<Change, 'distanceMs' | 'failingPodsAreNew' | 'evidence'>

/** One deployment of a release: its change, and when the tool was at work. */
export interface ReleaseDraft {
  readonly draft: Draft
  readonly release: Release
  readonly from: number
  readonly to: number
  readonly fact: ReleaseFact
}

/** How long a tool may take where it does not say when it began, and how far clocks may be apart. */
const UNTOLD_MS = 120_000
const SLACK_MS = 5_000

const refOf = ({ kind, namespace, name, uid }: ObjectRef): ObjectRef => ({
  kind,
  namespace,
  name,
  ...(uid === undefined ? {} : { uid }),
})

export const releaseDrafts = (facts: readonly ReleaseFact[]): ReleaseDraft[] =>
  facts.flatMap((fact) =>
    fact.deployments.map((now, i): ReleaseDraft => {
      const before = fact.deployments[i - 1]
      const release = releaseOf(fact, now)
      const isNew = before === undefined || before.revision !== now.revision
      return {
        fact,
        release,
        from: (now.from ?? now.at - UNTOLD_MS) - SLACK_MS,
        to: now.at + (now.from === undefined ? UNTOLD_MS : SLACK_MS),
        draft: {
          kind: 'config',
          object: refOf(fact.involved),
          at: now.at,
          ...(now.by === undefined ? {} : { by: now.by }),
          ...(before === undefined || !isNew ? {} : { fromRevision: before.revision }),
          toRevision: now.revision,
          summary: summaryOf(fact, now, isNew ? before : undefined),
          fields: [],
          release,
        },
      }
    }),
  )

/** What Helm says of itself: the release, and the chart with its version in one word. */
export const helmRelease = ({ name, chart }: NonNullable<Revision['helm']>): Release => {
  const version = /^(.+)-(v?\d[\w.+-]*)$/.exec(chart ?? '')
  return {
    tool: 'helm',
    name,
    ...(chart === undefined ? {} : { package: version?.[1] ?? chart }),
    ...(version === null ? {} : { revision: version[2]! }),
  }
}

/**
 * Roll-outs with the release that they were part of, where a tool was at work then; else they keep what Helm wrote on the object. A release
 * that shows as a roll-out is that roll-out; the others are changes of their own.
 */
export const withReleases = <D extends Draft>(
  changes: readonly D[],
  releases: readonly ReleaseDraft[],
): { readonly drafts: D[]; readonly alone: readonly ReleaseDraft[] } => {
  const shown = new Set<ReleaseDraft>()
  const drafts = changes.map((draft): D => {
    if (draft.kind !== 'rollout' && draft.kind !== 'created') return draft
    const apart = (release: ReleaseDraft): number => Math.abs(release.draft.at - draft.at)
    const [nearest] = releases
      .filter((r) => draft.at >= r.from && draft.at <= r.to)
      .sort((a, b) => apart(a) - apart(b))
    if (nearest === undefined) return draft
    shown.add(nearest)
    return { ...draft, release: nearest.release }
  })
  return { drafts, alone: releases.filter((release) => !shown.has(release)) }
}
