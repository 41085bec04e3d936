import type { Change, SignalChunk } from '@kubesift/contracts'
import {
  baselineOf,
  score,
  type Filed,
  type Findings,
  type Found,
  type Input,
  type Judges,
  type Scenario,
  type WarningEvent,
} from '@kubesift/core-evaluation'
import { SETTLE } from '@kubesift/core-notice'
import { parseInstant } from '@kubesift/core-signal'
import type { Intake } from '../triage/intake.ts'
import { placeText } from '../triage/input/place.ts'
import {
  decide,
  takeIn,
  type Decided,
  type Explained,
  type TriageOptions,
} from '../triage/triage.ts'
import { NotJudged, type FoundFolder, type ScenarioFolder } from './scenario-folder.ts'

/** What an evaluation runs with: the same rules as the product. */
export type EvaluationOptions = Pick<TriageOptions, 'catalogue' | 'knowns' | 'clock'>

/** Longer than the longest stability window of a problem that has a positive recovery signal. */
export const SETTLE_MS = 15 * 60_000
const CLUSTER = 'evaluated'
const JUDGES: Judges = {
  instantOf: (text) => parseInstant(text) ?? Number.NaN,
  settleMs: (severity) => (severity === 'P1' ? SETTLE.P1 : SETTLE.other),
}

/** Runs one scenario through the core and scores it; what cannot be run or judged is told as such, never thrown. */
export const runScenario = async (
  found: FoundFolder,
  options: EvaluationOptions,
): Promise<Scenario> => {
  if (!found.ok) return { name: found.name, kind: 'none', status: found.status, why: found.why }
  const { name, kind } = found.folder
  try {
    return await evaluated(found.folder, options)
  } catch (why) {
    const status = why instanceof NotJudged ? 'not-judged' : 'error'
    return { name, kind, status, why: why instanceof Error ? why.message : String(why) }
  }
}

const evaluated = async (folder: ScenarioFolder, options: EvaluationOptions): Promise<Scenario> => {
  const { name, kind } = folder
  const intake = await takeIn(folder.inputs, {
    cluster: CLUSTER,
    clock: options.clock,
    onRejected: () => undefined,
  })
  if (intake.nothing !== undefined) {
    const { place, why } = intake.nothing
    return { name, kind, status: 'error', why: `${placeText(place)}: ${why}` }
  }
  const input = inputOf(intake)
  const expectation = folder.expect(input)
  const { findings, ownerOf } = findingsOf(intake.chunks, options)
  return {
    name,
    kind,
    status: 'evaluated',
    ours: score(expectation, input, findings, JUDGES),
    baseline: score(expectation, input, baselineOf(input.warnings, ownerOf), JUDGES),
  }
}

const full = (ref: { readonly namespace: string; readonly kind: string; readonly name: string }) =>
  `${ref.namespace}/${ref.kind}/${ref.name}`

const inputOf = ({ chunks, stats }: Intake): Input => {
  const warnings = new Map<string, WarningEvent>()
  for (const { signals } of chunks)
    for (const signal of signals) {
      if (signal.t !== 'event' || signal.event.type !== 'Warning') continue
      const { uid, involved, reason } = signal.event
      warnings.set(uid, { uid, object: full(involved), reason })
    }
  return { events: stats.events, warnings: [...warnings.values()] }
}

const findingsOf = (
  chunks: readonly SignalChunk[],
  options: EvaluationOptions,
): { findings: Findings; ownerOf: (object: string) => string } => {
  const now = decide(chunks, options)
  const later =
    now.newest === undefined ? now : decide(chunks, { ...options, now: now.newest + SETTLE_MS })
  return {
    findings: {
      incidents: now.incidents.map(foundOf),
      settled: later.incidents.map(foundOf),
      filed: filedOf(now),
    },
    ownerOf: ownersOf(now, chunks),
  }
}

const ownerText = ({ namespace, resourceKind, resourceName }: Explained['incident']): string =>
  full({ namespace, kind: resourceKind, name: resourceName })

const foundOf = ({ incident, analysis }: Explained): Found => {
  const { problem, episode } = incident
  const owner = ownerText(incident)
  return {
    owner,
    problem,
    status: incident.status,
    cause: analysis?.cause,
    objects: incident.context.objects.map(full),
    label: `${owner} ${problem}${episode > 1 ? ` (${episode})` : ''}`,
    group: incident.group,
    severity: incident.severity,
    told: {
      primary: (incident.primary ?? incident.id) === incident.id,
      openedAt: incident.openedAt,
      endedAt: incident.resolution?.at ?? null,
    },
    changes: incident.context.changes.map(changeOf),
  }
}

const changeOf = ({ kind, object, at }: Change): Found['changes'][number] => ({
  kind,
  object: full(object),
  at,
})

const filedOf = ({ incidents, ignored }: Decided): Filed[] => [
  ...incidents.flatMap(({ incident }) =>
    incident.context.reasons
      .filter(({ source }) => source === 'event')
      .map(({ reason }) => ({
        owner: ownerText(incident),
        reason,
      })),
  ),
  ...ignored.map(({ owner, reason }) => ({ owner, reason })),
]

const MAX_DEPTH = 8

/** The owner of an object as the baseline is lent it: by the references of the recorded objects, else by what an incident made of it. */
const ownersOf = (
  { incidents }: Decided,
  chunks: readonly SignalChunk[],
): ((object: string) => string) => {
  const above = new Map<string, string>()
  for (const { incident } of incidents)
    for (const object of incident.context.objects) above.set(full(object), ownerText(incident))
  for (const { signals } of chunks)
    for (const signal of signals) {
      if (signal.t !== 'object') continue
      const { object } = signal
      const owner = object.owners.find(({ controller }) => controller) ?? object.owners[0]
      if (owner !== undefined && owner.kind !== 'Node')
        above.set(full(object), full({ ...owner, namespace: object.namespace }))
    }
  const climb = (object: string, depth: number): string => {
    const next = above.get(object)
    return next === undefined || next === object || depth === MAX_DEPTH
      ? object
      : climb(next, depth + 1)
  }
  return (object) => climb(object, 0)
}
