import type { SlimObject } from '@kubesift/contracts'

/** Something that a status says without saying since when: as of when it was first seen. */
export interface Lasting {
  readonly state: 'waiting' | 'phase'
  readonly container: string
  readonly reason: string
  readonly restarts: number
  readonly at: number
}

const KEPT = 16
/** What every starting container waits for says nothing. */
const STARTING: ReadonlySet<string> = new Set(['ContainerCreating', 'PodInitializing'])

const PHASES: ReadonlySet<string> = new Set([
  'Failed',
  'Lost',
  'PartiallyFailed',
  'FailedValidation',
  'Unavailable',
])

const phaseOf = ({ pod, conditions }: SlimObject): string => {
  if (pod === undefined) return conditions?.['Phase']?.status ?? ''
  return pod.reason === undefined ? pod.phase : `${pod.phase}:${pod.reason}`
}

/** What one version of an object says. */
export const lastingOf = (object: SlimObject, at: number): readonly Lasting[] => {
  const phase = phaseOf(object)
  const waiting = (object.pod?.containers ?? []).flatMap(
    ({ name, restarts, waiting: w }): Lasting[] =>
      w === undefined || STARTING.has(w.reason)
        ? []
        : [{ state: 'waiting', container: name, reason: w.reason, restarts, at }],
  )
  return joinLasting(
    waiting,
    PHASES.has(phase.replace(/:.*/, ''))
      ? [{ state: 'phase', container: '', reason: phase, restarts: 0, at }]
      : [],
  )
}

const keyOf = (l: Lasting): string => `${l.state}/${l.container}/${l.reason}/${l.restarts}`

const byRestarts = (x: Lasting, y: Lasting): number =>
  x.restarts - y.restarts || (keyOf(x) < keyOf(y) ? -1 : 1)

/** The first sight of each; of too many those with the most restarts. Both steps commute with further joins. */
export const joinLasting = (
  a: readonly Lasting[] = [],
  b: readonly Lasting[] = [],
): readonly Lasting[] => {
  if (a.length + b.length === 0) return a
  const byKey = new Map<string, Lasting>()
  for (const seen of [...a, ...b]) {
    const before = byKey.get(keyOf(seen))
    if (before === undefined || seen.at < before.at) byKey.set(keyOf(seen), seen)
  }
  return [...byKey.values()].sort(byRestarts).slice(-KEPT)
}
