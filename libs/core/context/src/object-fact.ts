import type {
  Condition,
  ObjectSignal,
  Position,
  SlimObject,
  Termination,
} from '@kubesift/contracts'
import { firstAndLast } from './event-fact.ts'
import { healthOf } from './health.ts'
import { joinLasting, lastingOf, type Lasting } from './lasting.ts'
import { compareRv } from './resource-version.ts'
import { joinSettings, settingsAt, type Setting } from './settings.ts'
import { union } from './union.ts'

/** A condition as it was from an instant on. */
export interface Transition {
  readonly type: string
  readonly status: string
  readonly reason: string
  readonly message: string
  readonly at: number
  /** Of one that is Unknown: when its reporter was last heard of. */
  readonly heardAt?: number
}

export interface HealthPoint {
  readonly rv: string
  readonly at: number
  readonly ok: boolean
  readonly why: string
  readonly down: number
}

/** A spec that was in force from `at` on. */
export interface Revision {
  readonly generation: number
  readonly at: number
  readonly desired: number
  readonly template: Readonly<Record<string, string>>
  readonly manager?: string
  readonly revision?: string
  /** How it rolls out, beside its template; absent of what was stored without. */
  readonly rollingOut?: Readonly<Record<string, string>>
  /** What its author wrote beside it (`kubernetes.io/change-cause`). */
  readonly note?: string
  readonly hostNetwork?: boolean
  readonly calls?: readonly string[]
  readonly listens?: readonly string[]
  /** The Helm release that its object said it was of. */
  readonly helm?: { readonly name: string; readonly chart?: string }
}

/** What is known of one object, by UID. Grows by {@link joinObject} only. */
export interface ObjectFact {
  readonly uid: string
  readonly object: SlimObject
  readonly observedAt: number
  readonly firstAt: number
  readonly deletedAt?: number
  readonly terminations: readonly Termination[]
  readonly transitions: readonly Transition[]
  readonly health: readonly HealthPoint[]
  readonly revisions: readonly Revision[]
  /** Absent where there is none. */
  readonly lasting?: readonly Lasting[]
  /** What was set in it, by time; absent of workloads, whose revisions say it, and of kinds of which nothing is read. */
  readonly settings?: readonly Setting[]
  readonly records: readonly Position[]
}

const KEPT = { terminations: 32, transitions: 32, health: 256, revisions: 10 } as const

const text = (value: unknown): string => JSON.stringify(value)
const largest = <T>(x: T, y: T): T => (text(x) >= text(y) ? x : y)

/** The controller numbers a revision after its spec is stored: the first sight of a generation still has the number before. */
const laterNumber = (x: string | undefined, y: string | undefined): string | undefined => {
  if (x === undefined || y === undefined) return x ?? y
  const order = Number(x) - Number(y)
  return (Number.isNaN(order) || order === 0 ? x >= y : order > 0) ? x : y
}

/** Two sights of one generation: in force since the first, numbered by the last. */
const oneRevision = (x: Revision, y: Revision): Revision => {
  const { revision: ofX, ...specX } = x
  const { revision: ofY, ...specY } = y
  const spec = specX.at === specY.at ? largest(specX, specY) : specX.at < specY.at ? specX : specY
  const revision = laterNumber(ofX, ofY)
  return revision === undefined ? spec : { ...spec, revision }
}

const terminationKey = (t: Termination): string =>
  `${t.container}/${t.finishedAt ?? 0}/${t.exitCode}/${t.reason}`
const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

const withLasting = (lasting: readonly Lasting[]): Pick<ObjectFact, 'lasting'> =>
  lasting.length === 0 ? {} : { lasting }

const withSettings = (settings: readonly Setting[]): Pick<ObjectFact, 'settings'> =>
  settings.length === 0 ? {} : { settings }

export const joinObject = (a: ObjectFact, b: ObjectFact): ObjectFact => {
  const order =
    compareRv(a.object.rv, b.object.rv) ||
    a.observedAt - b.observedAt ||
    byText(text(a.object), text(b.object))
  const newest = order >= 0 ? a : b
  const deletions = [a.deletedAt, b.deletedAt].filter((at) => at !== undefined)
  return {
    uid: a.uid,
    object: newest.object,
    observedAt: newest.observedAt,
    firstAt: Math.min(a.firstAt, b.firstAt),
    ...(deletions.length === 0 ? {} : { deletedAt: Math.min(...deletions) }),
    terminations: union(a.terminations, b.terminations, {
      key: terminationKey,
      order: (x, y) =>
        (x.finishedAt ?? 0) - (y.finishedAt ?? 0) || byText(terminationKey(x), terminationKey(y)),
      pick: largest,
      keep: KEPT.terminations,
    }),
    transitions: union(a.transitions, b.transitions, {
      key: (t) => `${t.type}=${t.status}:${t.reason}@${t.at}`,
      order: (x, y) => x.at - y.at || byText(text(x), text(y)),
      pick: largest,
      keep: KEPT.transitions,
    }),
    health: union(a.health, b.health, {
      key: (h) => h.rv,
      order: (x, y) => compareRv(x.rv, y.rv),
      pick: (x, y) => (x.at === y.at ? largest(x, y) : x.at < y.at ? x : y),
      keep: KEPT.health,
    }),
    revisions: union(a.revisions, b.revisions, {
      key: (r) => String(r.generation),
      order: (x, y) => x.generation - y.generation,
      pick: oneRevision,
      keep: KEPT.revisions,
    }),
    ...withLasting(joinLasting(a.lasting, b.lasting)),
    ...withSettings(joinSettings(a.settings, b.settings)),
    records: firstAndLast([...a.records, ...b.records]),
  }
}

const transitionsOf = (object: SlimObject): Transition[] => {
  const sets = [
    object.conditions,
    object.workload?.conditions,
    object.job?.conditions,
    object.pod?.conditions,
  ]
  return sets.flatMap((conditions) =>
    Object.entries(conditions ?? {}).flatMap(([type, c]: [string, Condition]) =>
      c.at === undefined
        ? []
        : [
            {
              type,
              status: c.status,
              reason: c.reason ?? '',
              message: c.message ?? '',
              at: c.at,
              ...(c.heardAt === undefined ? {} : { heardAt: c.heardAt }),
            },
          ],
    ),
  )
}

/** Helm writes the release on everything it installs, and by its own convention the chart with its version as a label. */
const helmOf = ({ annotations, labels }: SlimObject): Pick<Revision, 'helm'> => {
  const name = annotations['meta.helm.sh/release-name']
  const chart = labels['helm.sh/chart']
  if (name === undefined && chart === undefined) return {}
  const release = name ?? labels['app.kubernetes.io/instance'] ?? ''
  return { helm: { name: release, ...(chart === undefined ? {} : { chart }) } }
}

const revisionsOf = (object: SlimObject, at: number): Revision[] => {
  const w = object.workload
  if (w?.template === undefined || object.generation === undefined) return []
  const note = object.annotations['kubernetes.io/change-cause']
  return [
    {
      generation: object.generation,
      // The first generation was there from the creation on, whenever we first saw it.
      at: object.generation === 1 ? (object.createdAt ?? at) : at,
      desired: w.desired,
      template: w.template,
      ...(object.writer === undefined ? {} : { manager: object.writer.manager }),
      ...(w.revision === undefined ? {} : { revision: w.revision }),
      ...(object.kind === 'ReplicaSet' ? {} : { rollingOut: object.settings ?? {} }),
      ...(note === undefined ? {} : { note }),
      ...helmOf(object),
      ...(w.hostNetwork === undefined ? {} : { hostNetwork: w.hostNetwork }),
      ...(w.calls === undefined ? {} : { calls: w.calls }),
      ...(w.listens === undefined ? {} : { listens: w.listens }),
    },
  ]
}

const healthPoints = (object: SlimObject, at: number): HealthPoint[] => {
  const health = healthOf(object)
  return health === undefined
    ? []
    : [{ rv: object.rv, at, ok: health.ok, why: health.why, down: health.down ?? 0 }]
}

export const objectFact = (
  signal: ObjectSignal,
  position: (offset: number) => Position,
): ObjectFact => {
  const { object, observedAt } = signal
  const ended = (object.pod?.containers ?? []).flatMap((c) =>
    [c.terminated, c.last].filter((t) => t !== undefined),
  )
  return {
    uid: object.uid,
    object,
    observedAt,
    firstAt: observedAt,
    ...withLasting(lastingOf(object, observedAt)),
    ...withSettings(settingsAt(object, observedAt)),
    ...(signal.deleted === true ? { deletedAt: observedAt } : {}),
    terminations: ended,
    transitions: transitionsOf(object),
    health: healthPoints(object, observedAt),
    revisions: revisionsOf(object, observedAt),
    records: firstAndLast(signal.offsets.map(position)),
  }
}

/**
 * Forgets, before the watermark, all but the ends of each stretch of equal health; what is before it is complete, so nothing can come
 * between. The worst share of lost replicas of a stretch stays with its first point.
 */
export const compactHealth = (points: readonly HealthPoint[], watermark: number): HealthPoint[] => {
  const out: HealthPoint[] = []
  for (const [i, point] of points.entries()) {
    const before = out.at(-1)
    const next = points[i + 1]
    const inside = before?.ok === point.ok && next?.ok === point.ok && next.at <= watermark
    if (inside && before !== undefined)
      out[out.length - 1] = { ...before, down: Math.max(before.down, point.down) }
    else out.push(point)
  }
  return out
}
